"""The environment that a Terraform child sees: built from an allow-list, never handed down whole.

A shell may hold an AWS_PROFILE of another employer, a TF_VAR_team of yesterday, an AWS_CA_BUNDLE that breaks the
provider. Against local AWS nothing named AWS_* passes; against real AWS only what finds credentials does, since
there the person who types the command decides who acts.
"""

import os
import shlex
from collections.abc import Iterable, Mapping
from typing import Protocol

# What any program needs to run. HOME: Terraform's own configuration of the user.
BASIC = (
    *("HOME", "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "PATH", "SYSTEMROOT", "TMPDIR", "TZ", "USER"),
    "TF_PLUGIN_CACHE_DIR",
)

# How this machine reaches the outside: the registry, and real AWS.
NETWORK = (
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    *("SSL_CERT_DIR", "SSL_CERT_FILE"),
)

# How the AWS SDK finds credentials (https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html).
# Not AWS_ENDPOINT_URL*: left over from local AWS, it would send real credentials somewhere else.
CREDENTIALS = (
    *("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_SDK_LOAD_CONFIG"),
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
    *("AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE"),
    *("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
    *("AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
    *("AWS_EC2_METADATA_DISABLED", "AWS_CA_BUNDLE", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"),
)

# A variable with one of these beginnings changes what Terraform or the SDK does.
_MEANINGFUL = ("AWS_", "TF_")


class Access(Protocol):
    """Who Terraform acts as, and where."""

    @property
    def local(self) -> bool:
        """Is this local AWS?"""
        ...

    def variables(self) -> dict[str, str]:
        """Environment variables that name credentials and endpoint."""
        ...


class AmbientAccess:
    """Real AWS, as whoever the shell is: its AWS_* variables that find credentials."""

    local = False

    def __init__(self, parent: Mapping[str, str]) -> None:
        self._parent = parent

    def variables(self) -> dict[str, str]:
        return _pick(self._parent, CREDENTIALS)


def session_variables(endpoint: str, credentials: Mapping[str, str]) -> dict[str, str]:
    """Environment variables that make a child act with `credentials`, as STS returns them, at a local AWS."""
    return {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
        "AWS_ENDPOINT_URL": endpoint,
        # The S3 backend looks for its own variable first; both lead to the same place.
        "AWS_ENDPOINT_URL_S3": endpoint,
        # Names of buckets and accounts before the endpoint's resolve nowhere; local AWS is their proxy.
        "HTTP_PROXY": endpoint,
        # The user's files could name a profile, a proxy or an endpoint of their own.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost,::1",
    }


def child_environment(
    parent: Mapping[str, str], *, access: Access | None, region: str | None, registry: bool, extra: Mapping[str, str]
) -> dict[str, str]:
    """All that a Terraform child sees. No `access`: it reaches no AWS. `registry`: it may download a provider."""
    network = registry or (access is not None and not access.local)
    variables = _pick(parent, (*BASIC, *NETWORK) if network else BASIC)
    variables |= {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"}
    if region is not None:
        variables |= {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    if access is not None:
        variables |= access.variables()
    return {**variables, **extra}


def shell_lines(parent: Mapping[str, str], variables: Mapping[str, str], hidden: Iterable[str] = BASIC) -> list[str]:
    """Lines for a shell's `eval` that turn `parent`'s environment into one that means the same as `variables`.

    Names are printed in alphabetical order, values quoted. What is in `hidden` stays as the shell has it.
    """
    unset = [name for name in parent if name.startswith(_MEANINGFUL) and name not in variables]
    keep = set(hidden) | set(NETWORK) - {"NO_PROXY"}
    export = {name: value for name, value in variables.items() if name not in keep or name not in parent}
    return [
        *(f"unset {name}" for name in sorted(unset) if name.isidentifier()),
        *(f"export {name}={shlex.quote(value)}" for name, value in sorted(export.items())),
    ]


def _pick(parent: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    return {name: parent[name] for name in names if name in parent}
