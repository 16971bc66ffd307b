"""Keys whose material their owner brings, which moto lacks: a wrapping key, an import, and its deletion.

https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys.html
"""

import secrets
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from moto.core.utils import utcnow
from moto.kms.models import kms_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.patches.kms import EXPIRY

_WRAPPING, _FIRST = "featureshare-wrapping-keys", "featureshare-first-material"
_BYTES = 32
_PADDINGS = {
    "RSAES_OAEP_SHA_1": padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None),
    "RSAES_OAEP_SHA_256": padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None),
}
_SIZES = {"RSA_2048": 2048, "RSA_3072": 3072, "RSA_4096": 4096}


def get_parameters(call: Invocation) -> dict[str, Any]:
    """A public key to wrap material with, and the token that names it; both for a day."""
    key = _external(call)
    algorithm, size = str(call.params["WrappingAlgorithm"]), _SIZES.get(str(call.params["WrappingKeySpec"]))
    if algorithm not in _PADDINGS or size is None:
        raise ServiceError("UnsupportedOperationException", f"{algorithm} with this wrapping key is not offered here.")
    token, wrapping = secrets.token_bytes(64), rsa.generate_private_key(65537, size)
    _kept(call)[token] = (key.id, algorithm, wrapping)
    return {
        **{"KeyId": key.arn, "ImportToken": token, "ParametersValidTo": utcnow() + timedelta(days=1)},
        "PublicKey": wrapping.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    }


def import_material(call: Invocation) -> dict[str, Any]:
    """Takes 32 bytes as the key's material, and only ever the same ones again; the key is enabled by it."""
    key = _external(call)
    owner, algorithm, wrapping = _kept(call).get(bytes(call.params["ImportToken"]), ("", "", None))
    if owner != key.id:
        raise ServiceError("InvalidImportTokenException", "The import token is not one of this key.")
    try:
        material = wrapping.decrypt(bytes(call.params["EncryptedKeyMaterial"]), _PADDINGS[algorithm])
    except ValueError:
        raise ServiceError("InvalidCiphertextException", "The key material cannot be unwrapped.") from None
    if len(material) != _BYTES:
        raise ServiceError("IncorrectKeyMaterialException", f"The key material is not {_BYTES} bytes long.")
    expires, until = call.params.get("ExpirationModel") or "KEY_MATERIAL_EXPIRES", call.params.get("ValidTo")
    if (expires == "KEY_MATERIAL_EXPIRES") != (until is not None):
        raise ServiceError("ValidationException", "ValidTo goes with key material that expires.")
    first = getattr(key, _FIRST, None)
    if first is not None and first != material:
        raise ServiceError("IncorrectKeyMaterialException", "The key material is not what was imported first.")
    setattr(key, _FIRST, material)
    key.key_material, key.key_state, key.enabled = material, "Enabled", True
    key.__dict__[EXPIRY] = {"ExpirationModel": expires, **({"ValidTo": until.timestamp()} if until is not None else {})}
    return {"KeyId": key.arn}


def delete_material(call: Invocation) -> dict[str, Any]:
    key = _external(call)
    key.key_state, key.enabled = "PendingImport", False
    key.__dict__[EXPIRY] = {}
    return {"KeyId": key.arn}


def _external(call: Invocation) -> Any:
    name = str(call.params["KeyId"]).rpartition("key/")[2]
    key = kms_backends[call.account][call.region].keys.get(name)
    if key is None:
        raise ServiceError("NotFoundException", f"Key '{call.params['KeyId']}' does not exist")
    if key.origin != "EXTERNAL":
        raise ServiceError("UnsupportedOperationException", f"{key.arn} origin is {key.origin} which is not valid.")
    if key.key_state == "PendingDeletion":
        raise ServiceError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    return key


def _kept(call: Invocation) -> dict[bytes, tuple[str, str, Any]]:
    held: dict[bytes, tuple[str, str, Any]] = kms_backends[call.account][call.region].__dict__.setdefault(_WRAPPING, {})
    return held


HANDLERS: dict[tuple[str, str], Handler] = {
    ("kms", "DeleteImportedKeyMaterial"): delete_material,
    ("kms", "GetParametersForImport"): get_parameters,
    ("kms", "ImportKeyMaterial"): import_material,
}
