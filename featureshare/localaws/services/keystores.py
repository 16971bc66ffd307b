"""KMS's custom key stores as things: made, described, connected, changed. No key lies in one here.

https://docs.aws.amazon.com/kms/latest/developerguide/key-store-overview.html
"""

import secrets
from typing import Any

from moto.core.utils import utcnow
from moto.kms.models import kms_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services.paging import page

_KEPT = "featureshare_key_stores"
_HSM, _XKS = "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"
_PROXY = {
    "XksProxyConnectivity": "Connectivity",
    "XksProxyUriEndpoint": "UriEndpoint",
    "XksProxyUriPath": "UriPath",
    "XksProxyVpcEndpointServiceName": "VpcEndpointServiceName",
    "XksProxyVpcEndpointServiceOwner": "VpcEndpointServiceOwner",
}
_CONNECTED = ("CONNECTED", "CONNECTING")


def create(call: Invocation) -> dict[str, Any]:
    """A store of a CloudHSM cluster, or of a manager outside behind a proxy. Raises ServiceError for half of one."""
    held, given = _held(call), call.params
    _free(call, str(given["CustomKeyStoreName"]))
    kind = given.get("CustomKeyStoreType") or _HSM
    wanted = (
        ("CloudHsmClusterId", "TrustAnchorCertificate", "KeyStorePassword")
        if kind == _HSM
        else (
            *("XksProxyUriEndpoint", "XksProxyUriPath", "XksProxyAuthenticationCredential", "XksProxyConnectivity"),
            *(
                ("XksProxyVpcEndpointServiceName",)
                if given.get("XksProxyConnectivity") == "VPC_ENDPOINT_SERVICE"
                else ()
            ),
        )
    )
    if missing := [member for member in wanted if not given.get(member)]:
        raise ServiceError("ValidationException", f"A custom key store of type {kind} needs {missing[0]}.")
    name = f"cks-{secrets.token_hex(9)[:17]}"
    held[name] = {
        "CustomKeyStoreId": name,
        "CustomKeyStoreName": given["CustomKeyStoreName"],
        "CustomKeyStoreType": kind,
        "ConnectionState": "DISCONNECTED",
        "CreationDate": utcnow(),
    }
    if kind == _HSM:
        held[name] |= {member: given[member] for member in ("CloudHsmClusterId", "TrustAnchorCertificate")}
    else:
        held[name]["XksProxyConfiguration"] = _proxy(call, {"VpcEndpointServiceOwner": call.account})
    return {"CustomKeyStoreId": name}


def describe(call: Invocation) -> dict[str, Any]:
    """Stores, the one of an id or a name where the call gives it. Raises ServiceError when there is no such one."""
    wanted = {
        member: call.params[member] for member in ("CustomKeyStoreId", "CustomKeyStoreName") if call.params.get(member)
    }
    found = [one for one in _held(call).values() if wanted.items() <= one.items()]
    if wanted and not found:
        raise _unknown(next(iter(wanted.values())))
    shown, token = page(found, call.params.get("Marker"), call.params.get("Limit") or 100, "InvalidMarkerException")
    return {"CustomKeyStores": list(shown), "Truncated": bool(token), **({"NextMarker": token} if token else {})}


def update(call: Invocation) -> dict[str, Any]:
    """Changes name, cluster or proxy; what a connected store is connected by stays."""
    found, given = _found(call), call.params
    if name := given.get("NewCustomKeyStoreName"):
        _free(call, str(name), but=found)
    renamed = {"NewCustomKeyStoreName", "CustomKeyStoreId", "XksProxyAuthenticationCredential"}
    if found["ConnectionState"] in _CONNECTED and {key for key, value in given.items() if value is not None} - renamed:
        raise ServiceError("CustomKeyStoreInvalidStateException", "The custom key store is connected.")
    found["CustomKeyStoreName"] = name or found["CustomKeyStoreName"]
    if given.get("CloudHsmClusterId"):
        found["CloudHsmClusterId"] = given["CloudHsmClusterId"]
    if found["CustomKeyStoreType"] == _XKS:
        found["XksProxyConfiguration"] = _proxy(call, found["XksProxyConfiguration"])
    return {}


def connect(call: Invocation) -> dict[str, Any]:
    _found(call)["ConnectionState"] = "CONNECTED"
    return {}


def disconnect(call: Invocation) -> dict[str, Any]:
    _found(call)["ConnectionState"] = "DISCONNECTED"
    return {}


def delete(call: Invocation) -> dict[str, Any]:
    """Takes a store away. Raises ServiceError while it is connected."""
    found = _found(call)
    if found["ConnectionState"] in _CONNECTED:
        raise ServiceError("CustomKeyStoreInvalidStateException", "The custom key store is connected.")
    del _held(call)[found["CustomKeyStoreId"]]
    return {}


def _proxy(call: Invocation, old: dict[str, Any]) -> dict[str, Any]:
    """How the proxy is reached; of its credential only the id is ever shown."""
    given = {shown: call.params[member] for member, shown in _PROXY.items() if call.params.get(member)}
    credential = call.params.get("XksProxyAuthenticationCredential") or {}
    made = {**old, **given, **({"AccessKeyId": credential["AccessKeyId"]} if credential else {})}
    if made.get("Connectivity") != "VPC_ENDPOINT_SERVICE":
        made = {member: value for member, value in made.items() if not member.startswith("VpcEndpoint")}
    return made


def _free(call: Invocation, name: str, but: dict[str, Any] | None = None) -> None:
    if any(one["CustomKeyStoreName"] == name and one is not but for one in _held(call).values()):
        raise ServiceError("CustomKeyStoreNameInUseException", f"The name {name} is in use.")


def _found(call: Invocation) -> dict[str, Any]:
    name = str(call.params["CustomKeyStoreId"])
    found: dict[str, Any] | None = _held(call).get(name)
    if found is None:
        raise _unknown(name)
    return found


def _unknown(name: Any) -> ServiceError:
    return ServiceError("CustomKeyStoreNotFoundException", f"There is no custom key store {name}.")


def _held(call: Invocation) -> dict[str, Any]:
    held: dict[str, Any] = kms_backends[call.account][call.region].__dict__.setdefault(_KEPT, {})
    return held


HANDLERS: dict[tuple[str, str], Handler] = {
    ("kms", "ConnectCustomKeyStore"): connect,
    ("kms", "CreateCustomKeyStore"): create,
    ("kms", "DeleteCustomKeyStore"): delete,
    ("kms", "DescribeCustomKeyStores"): describe,
    ("kms", "DisconnectCustomKeyStore"): disconnect,
    ("kms", "UpdateCustomKeyStore"): update,
}
