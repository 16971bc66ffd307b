"""Which key a ciphertext is of: a caller of Decrypt need not say it, since the ciphertext does.

https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html (KeyId)
"""

from dataclasses import replace

from moto.kms.models import kms_backends
from moto.kms.utils import KEY_ID_LEN

from featureshare.localaws.gateway.estate import MotoEstate
from featureshare.localaws.gateway.protocol import ParsedCall
from featureshare.localaws.invocation import ServiceError

_MEMBER = {"Decrypt": "KeyId", "ReEncrypt": "SourceKeyId"}


def named(call: ParsedCall, account: str, region: str) -> ParsedCall:
    """The call with the key of its ciphertext where the caller names none: policies are asked about that key.

    What is no ciphertext of a symmetric key that exists in the Region stays as it came: no single key is meant then.
    """
    key = _key(call, account, region)
    if key is None or call.params.get(_MEMBER[call.operation]) is not None:
        return call
    return replace(call, params={**call.params, _MEMBER[call.operation]: key})


def verify(call: ParsedCall, account: str, region: str, estate: MotoEstate) -> None:
    """The key that a permitted caller names is that of the ciphertext.

    Raises ServiceError IncorrectKeyException where it is another.
    """
    key = _key(call, account, region)
    if key is None:
        return
    facts = estate.at(region).key(account, str(call.params[_MEMBER[call.operation]]))
    if facts is not None and facts.arn != key:
        raise ServiceError(
            "IncorrectKeyException",
            "The key ID in the request does not identify a CMK that can perform this operation.",
        )


def _key(call: ParsedCall, account: str, region: str) -> str | None:
    """The ARN of the key whose id moto wrote before a call's ciphertext, the caller's own account first."""
    blob = call.params.get("CiphertextBlob") if call.service == "kms" and call.operation in _MEMBER else None
    if not isinstance(blob, bytes):
        return None
    name = blob[:KEY_ID_LEN].decode("latin-1")
    for owner in (account, *(other for other in tuple(kms_backends) if other != account)):
        found = kms_backends[owner][region].keys.get(name)
        if found is not None:
            return str(found.arn)
    return None
