"""botocore without the shell: for clients that have their keys and their endpoint, whatever AWS_* says."""

import os
from typing import Any

import botocore.session
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES


def deaf_session() -> Any:
    """A botocore session that hears none of the shell's AWS_* variables and reads no file of the user's.

    A profile that is not there, or a CA bundle of somebody else's, would else fail a client that needs neither.
    """
    variables = {
        name: (in_file, None, default, convert)
        for name, (in_file, _, default, convert) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
    }
    for name in ("config_file", "credentials_file"):
        variables[name] = (None, None, os.devnull, None)
    return botocore.session.Session(session_vars=variables)
