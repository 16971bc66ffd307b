"""The gateway: who calls, what that needs, whether the applied policies allow it; then our services or moto answer."""

import os

# Read by moto when it is imported, hence here. The managed policies of AWS are attached by real configurations; CORS
# headers only cost time; an account named by the shell would override the one the gateway names for each request.
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
os.environ["MOTO_DISABLE_GLOBAL_CORS"] = "true"
os.environ.pop("MOTO_ACCOUNT_ID", None)
