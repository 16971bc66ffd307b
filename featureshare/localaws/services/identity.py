"""IAM operations in which moto forgets what was not given, or which it lacks."""

import re
from datetime import timedelta
from typing import Any

from moto.core.exceptions import ServiceException
from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

from featureshare.localaws.invocation import Handler, Invocation, ServiceError

_POLICY = re.compile(r"arn:[\w-]+:iam::(\d{12}|aws):policy/.+")
# Where the gateway looks for the boundary of moto's users.
_BOUNDARY = "permissions_boundary_arn"
_USER = {
    "Path": "path",
    "UserName": "name",
    "UserId": "id",
    "Arn": "arn",
    "CreateDate": "create_date",
    "PermissionsBoundary": "permissions_boundary",
}
_KEPT = "featureshare_tags"
_SAML_LIFE = timedelta(days=36500)  # the metadata would say


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


def create_user(call: Invocation) -> dict[str, Any]:
    """A user with its permissions boundary, which moto drops."""
    given, backend = call.params, iam_backends[call.account][get_partition(call.region)]
    tags, boundary = list(given.get("Tags") or ()), _boundary(given.get("PermissionsBoundary"))
    try:
        path = given.get("Path") or "/"
        user = backend.create_user(call.region, user_name=given["UserName"], path=path, tags=tags)
    except ServiceException as error:
        raise ServiceError(error.code, error.message, 409 if error.code == "EntityAlreadyExists" else 400) from None
    setattr(user, _BOUNDARY, boundary)
    shown = {member: getattr(user, attribute) for member, attribute in _USER.items()}
    return {"User": {**shown, "Tags": tags}}


def update_user(call: Invocation) -> dict[str, Any]:
    """Renames or moves a user together with its tags, which moto keeps under the old ARN."""
    backend = iam_backends[call.account][get_partition(call.region)]
    user = _known(call, "get_user", call.params["UserName"])
    name = call.params.get("NewUserName")
    if name and name != user.name and name in backend.users:
        raise ServiceError("EntityAlreadyExists", f"User with name {name} already exists.", 409)
    before = user.arn
    tags = backend.tagger.list_tags_for_resource(before)["Tags"]
    backend.update_user(user.name, call.params.get("NewPath"), name)
    backend.tagger.delete_all_tags_for_resource(before)
    backend.tagger.tag_resource(user.arn, tags)
    return {}


def put_user_boundary(call: Invocation) -> dict[str, Any]:
    setattr(_known(call, "get_user", call.params["UserName"]), _BOUNDARY, _boundary(call.params["PermissionsBoundary"]))
    return {}


def delete_user_boundary(call: Invocation) -> dict[str, Any]:
    setattr(_known(call, "get_user", call.params["UserName"]), _BOUNDARY, None)
    return {}


def _boundary(arn: str | None) -> str | None:
    """The ARN itself. Raises ServiceError for what is no policy's."""
    if arn is not None and not _POLICY.fullmatch(arn):
        raise ServiceError("ValidationError", f"Value ({arn}) for parameter PermissionsBoundary is invalid.")
    return arn


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


def create_saml_provider(call: Invocation) -> dict[str, Any]:
    """A SAML provider with its tags, which moto drops; the metadata is kept, not read."""
    name, backend = call.params["Name"], iam_backends[call.account][get_partition(call.region)]
    if name in backend.saml_providers:
        raise ServiceError("EntityAlreadyExists", f"Provider with name {name} already exists.", 409)
    document = str(call.params["SAMLMetadataDocument"])
    if not 1000 <= len(document) <= 10_000_000:
        raise ServiceError("ValidationError", "samlMetadataDocument must have length between 1000 and 10000000")
    made = backend.create_saml_provider(name, document)
    tags = {tag["Key"]: tag["Value"] for tag in call.params.get("Tags") or ()}
    setattr(made, _KEPT, tags)
    return {"SAMLProviderArn": made.arn, "Tags": _pairs(made)}


def get_saml_provider(call: Invocation) -> dict[str, Any]:
    found = _saml(call)
    return {
        "SAMLMetadataDocument": found.saml_metadata_document,
        "CreateDate": found.create_date,
        "ValidUntil": found.create_date + _SAML_LIFE,
        "Tags": _pairs(found),
    }


def tag_saml_provider(call: Invocation) -> dict[str, Any]:
    _saml_tags(_saml(call)).update({tag["Key"]: tag["Value"] for tag in call.params["Tags"]})
    return {}


def untag_saml_provider(call: Invocation) -> dict[str, Any]:
    for key in call.params["TagKeys"]:
        _saml_tags(_saml(call)).pop(key, None)
    return {}


def list_saml_provider_tags(call: Invocation) -> dict[str, Any]:
    return {"Tags": _pairs(_saml(call)), "IsTruncated": False}


def _saml(call: Invocation) -> Any:
    return _known(call, "get_saml_provider", call.params["SAMLProviderArn"])


def _pairs(provider: Any) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in _saml_tags(provider).items()]


def _saml_tags(provider: Any) -> dict[str, str]:
    """A provider's tags, kept on moto's own."""
    held: dict[str, str] = provider.__dict__.setdefault(_KEPT, {})
    return held


def _known(call: Invocation, read: str, name: str) -> Any:
    """What moto's backend reads under a name. Raises ServiceError NoSuchEntity."""
    try:
        return getattr(iam_backends[call.account][get_partition(call.region)], read)(name)
    except ServiceException as error:
        raise ServiceError(error.code, error.message, 404 if error.code == "NoSuchEntity" else 400) from None


HANDLERS: dict[tuple[str, str], Handler] = {
    ("iam", "UpdateRole"): update_role,
    ("iam", "CreateUser"): create_user,
    ("iam", "UpdateUser"): update_user,
    ("iam", "PutUserPermissionsBoundary"): put_user_boundary,
    ("iam", "DeleteUserPermissionsBoundary"): delete_user_boundary,
    ("iam", "AddClientIDToOpenIDConnectProvider"): add_client_id,
    ("iam", "RemoveClientIDFromOpenIDConnectProvider"): remove_client_id,
    ("iam", "CreateSAMLProvider"): create_saml_provider,
    ("iam", "GetSAMLProvider"): get_saml_provider,
    ("iam", "TagSAMLProvider"): tag_saml_provider,
    ("iam", "UntagSAMLProvider"): untag_saml_provider,
    ("iam", "ListSAMLProviderTags"): list_saml_provider_tags,
    ("iam", "ListServiceSpecificCredentials"): list_service_specific_credentials,
}
