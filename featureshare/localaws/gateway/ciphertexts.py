"""Which key a ciphertext is of: a caller of Decrypt need not say it, since the ciphertext does.

https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html (KeyId)
"""

from dataclasses import replace
from typing import Any

from moto.kms.models import kms_backends
from moto.kms.utils import KEY_ID_LEN

from featureshare.localaws.gateway.estate import MotoEstate
from featureshare.localaws.gateway.protocol import ParsedCall
from featureshare.localaws.invocation import ServiceError

_MEMBER = {"Decrypt": "KeyId", "ReEncrypt": "SourceKeyId"}


def named(call: ParsedCall, account: str, region: str, estate: MotoEstate) -> ParsedCall:
    """The call with the key of its ciphertext, which policies are asked about and whose account answers.

    Raises ServiceError IncorrectKeyException where the caller names another key. What is no ciphertext of a symmetric
    key that exists in the Region stays as it came: no single key is meant then.
    """
    member = _MEMBER.get(call.operation) if call.service == "kms" else None
    key = _key(call.params.get("CiphertextBlob"), account, region) if member else None
    if member is None or key is None:
        return call
    given = call.params.get(member)
    if given is None:
        return replace(call, params={**call.params, member: key})
    facts = estate.at(region).key(account, str(given))
    if facts is not None and facts.arn != key:
        raise ServiceError(
            "IncorrectKeyException",
            "The key ID in the request does not identify a CMK that can perform this operation.",
        )
    return call


def _key(blob: Any, account: str, region: str) -> str | None:
    """The ARN of the key whose id moto wrote before the ciphertext, the caller's own account first."""
    if not isinstance(blob, bytes):
        return None
    name = blob[:KEY_ID_LEN].decode("latin-1")
    for owner in (account, *(other for other in tuple(kms_backends) if other != account)):
        found = kms_backends[owner][region].keys.get(name)
        if found is not None:
            return str(found.arn)
    return None
