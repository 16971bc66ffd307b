"""IAM operations in which moto forgets what was not given, or which it lacks."""

from typing import Any

from moto.core.exceptions import ServiceException
from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

from featureshare.localaws.invocation import Handler, Invocation, ServiceError


def update_role(call: Invocation) -> dict[str, Any]:
    """Changes description and longest session where given; moto empties the one that is not."""
    role = _known(call, "get_role", call.params["RoleName"])
    longest = call.params.get("MaxSessionDuration")
    if longest is not None and not 3600 <= int(longest) <= 43200:
        bound, limit = ("greater", 3600) if int(longest) < 3600 else ("less", 43200)
        raise ServiceError(
            "ValidationError",
            f"1 validation error detected: Value '{longest}' at 'maxSessionDuration' failed to satisfy constraint: "
            f"Member must have value {bound} than or equal to {limit}",
        )
    if call.params.get("Description") is not None:
        role.description = call.params["Description"]
    if longest is not None:
        role.max_session_duration = str(longest)
    return {}


def add_client_id(call: Invocation) -> dict[str, Any]:
    """Adds a client id to an OpenID Connect provider; one that is there already changes nothing."""
    provider = _known(call, "get_open_id_connect_provider", call.params["OpenIDConnectProviderArn"])
    if call.params["ClientID"] not in provider.client_id_list:
        provider.client_id_list.append(call.params["ClientID"])
    return {}


def remove_client_id(call: Invocation) -> dict[str, Any]:
    provider = _known(call, "get_open_id_connect_provider", call.params["OpenIDConnectProviderArn"])
    provider.client_id_list[:] = [one for one in provider.client_id_list if one != call.params["ClientID"]]
    return {}


def list_service_specific_credentials(call: Invocation) -> dict[str, Any]:
    """None: nobody can make any here."""
    if call.params.get("UserName"):
        _known(call, "get_user", call.params["UserName"])
    return {"ServiceSpecificCredentials": []}


def _known(call: Invocation, read: str, name: str) -> Any:
    """What moto's backend reads under a name. Raises ServiceError NoSuchEntity."""
    try:
        return getattr(iam_backends[call.account][get_partition(call.region)], read)(name)
    except ServiceException as error:
        raise ServiceError(error.code, error.message, 404 if error.code == "NoSuchEntity" else 400) from None


HANDLERS: dict[tuple[str, str], Handler] = {
    ("iam", "UpdateRole"): update_role,
    ("iam", "AddClientIDToOpenIDConnectProvider"): add_client_id,
    ("iam", "RemoveClientIDFromOpenIDConnectProvider"): remove_client_id,
    ("iam", "ListServiceSpecificCredentials"): list_service_specific_credentials,
}
