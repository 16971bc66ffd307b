"""What the state of a key lets one do with it, once the caller may.

https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html, the table of operations and states. S3 passes on
what KMS says, with `KMS.` before the code (API ErrorResponses). Rotation and replication look for themselves.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from featureshare.iam.calls import Check
from featureshare.localaws.gateway.estate import MotoEstate
from featureshare.localaws.gateway.protocol import ParsedCall
from featureshare.localaws.invocation import ServiceError

_NAMES = ("KeyId", "TargetKeyId", "SourceKeyId", "DestinationKeyId")
_USE = frozenset(
    (
        *("CreateGrant", "Decrypt", "DeriveSharedSecret", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair"),
        *("GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext", "GenerateMac", "GetPublicKey"),
        *("ReEncrypt", "Sign", "Verify", "VerifyMac"),
    )
)
_TURNS = frozenset({"DisableKey", "EnableKey"})
_CHANGES = frozenset(
    (*("CreateAlias", "ScheduleKeyDeletion", "TagResource", "UntagResource", "UpdateAlias", "UpdateKeyDescription"),)
)
_S3_USE = frozenset({"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"})
_PENDING = {"PendingDeletion": "deletion", "PendingReplicaDeletion": "replica deletion", "PendingImport": "import"}


def of_absent(call: ParsedCall, checks: Sequence[Check], account: str, estate: MotoEstate) -> Sequence[Check]:
    """The checks of a call of KMS; of a key that the caller's own account has not, as on a key with the default policy.

    Whoever may ask by identity policies then hears from KMS that the key does not exist.
    """
    if call.service != "kms":
        return checks
    return [
        replace(check, new=True)
        if check.account == account and ":key/" in check.resource and estate.key(account, check.resource) is None
        else check
        for check in checks
    ]


def verify(call: ParsedCall, checks: Iterable[Check], account: str, region: str, estate: MotoEstate) -> None:
    """Raises ServiceError DisabledException or KMSInvalidStateException for a call that the state of a key forbids.

    Of KMS's own calls, and of S3's that were decided as a use of a key.
    """
    find = estate.at(region).raw_key
    if call.service == "kms":
        _verify_kms(call, account, find)
    elif call.service == "s3":
        for check in checks:
            key = find(account, check.resource) if check.action in _S3_USE else None
            if key is not None:
                _usable(key, "KMS.")


def _verify_kms(call: ParsedCall, account: str, find: Callable[[str, str], Any]) -> None:
    if call.operation not in _USE | _TURNS | _CHANGES and call.operation != "CancelKeyDeletion":
        return
    keys = [find(account, str(call.params[name])) for name in _NAMES if call.params.get(name)]
    for key in keys:
        if key is None:
            continue
        if call.operation == "CancelKeyDeletion":
            if key.key_state not in ("PendingDeletion", "PendingReplicaDeletion"):
                raise ServiceError("KMSInvalidStateException", f"{key.arn} is not pending deletion.")
        elif call.operation in _USE:
            _usable(key)
        elif key.key_state != "PendingImport" or call.operation in _TURNS:
            _not_pending(key)


def _usable(key: Any, prefix: str = "") -> None:
    if key.key_state == "Disabled":
        raise ServiceError(f"{prefix}DisabledException", f"{key.arn} is disabled.")
    _not_pending(key, prefix)


def _not_pending(key: Any, prefix: str = "") -> None:
    what = _PENDING.get(key.key_state)
    if what:
        raise ServiceError(f"{prefix}KMSInvalidStateException", f"{key.arn} is pending {what}.")
