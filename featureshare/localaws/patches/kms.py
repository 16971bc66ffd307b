"""moto's keys: more services have managed ones, the id of a multi-Region key is `mrk-` and 32 hexadecimal digits, and a
key waits for the material that its owner brings. A key is turned off and on, and deleted, by its ARN too, where moto
wants its bare id.

https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
"""

import re
import uuid
from collections.abc import Callable
from typing import Any

from moto.kms import models
from moto.kms.exceptions import ValidationException
from moto.kms.responses import KmsResponse
from moto.kms.utils import RESERVED_ALIASE_TARGET_KEY_IDS, RESERVED_ALIASES, generate_key_id

_MULTI_REGION = re.compile(r"mrk-[0-9a-f]{32}")
# Services beside moto's that have a managed key, which KMS makes when its alias is first described (API_DescribeKey).
_MANAGED = ("backup", "dms", "ecr", "fsx", "kinesis", "sagemaker", "ses", "sns", "sqs", "workspaces")
EXPIRY = "featureshare_expiry"
"""The attribute of a key that says until when its imported material is valid."""

_default = models.KmsBackend._generate_default_keys
_made, _shown = models.Key.__init__, models.Key.to_dict
_original_check = KmsResponse._validate_cmk_id
_BY_BARE_ID = ("disable_key", "enable_key", "cancel_key_deletion", "schedule_key_deletion")
_BY_USE = {
    "ENCRYPT_DECRYPT": "EncryptionAlgorithms",
    "SIGN_VERIFY": "SigningAlgorithms",
    "GENERATE_VERIFY_MAC": "MacAlgorithms",
    "KEY_AGREEMENT": "KeyAgreementAlgorithms",
}
_SOONEST, _LATEST = 7, 30


def _algorithms(metadata: dict[str, Any]) -> dict[str, Any]:
    """The algorithms of a key for what it is used for, and none for another use (API_KeyMetadata)."""
    usage, spec = metadata["KeyUsage"], str(metadata["KeySpec"])
    others = {name: None for use, name in _BY_USE.items() if use != usage}
    if usage == "GENERATE_VERIFY_MAC":
        return {**others, "MacAlgorithms": [spec.replace("HMAC_", "HMAC_SHA_")]}
    return {**others, "KeyAgreementAlgorithms": ["ECDH"]} if usage == "KEY_AGREEMENT" else others


def _by_arn_too(call: Callable[..., Any]) -> Callable[..., Any]:
    def called(self: Any, key_id: str, *more: Any) -> Any:
        return call(self, self.get_key_id(key_id), *more)

    return called


def _within_window(call: Callable[..., Any]) -> Callable[..., Any]:
    """A deletion is 7 to 30 days ahead (API_ScheduleKeyDeletion); moto does nothing of another one and says null."""

    def called(self: Any, key_id: str, days: int) -> Any:
        if not _SOONEST <= days <= _LATEST:
            bound = f"greater than or equal to {_SOONEST}" if days < _SOONEST else f"less than or equal to {_LATEST}"
            constraint = f"failed to satisfy constraint: Member must have value {bound}"
            raise ValidationException(
                f"1 validation error detected: Value '{days}' at 'pendingWindowInDays' {constraint}"
            )
        return call(self, key_id, days)

    return called


def apply() -> None:
    for name in (f"alias/aws/{service}" for service in _MANAGED):
        RESERVED_ALIASES.append(name)
        RESERVED_ALIASE_TARGET_KEY_IDS[name] = str(uuid.uuid5(uuid.NAMESPACE_URL, name))

    def new_id(multi_region: bool = False) -> str:
        return f"mrk-{uuid.uuid4().hex}" if multi_region else generate_key_id()

    def validate(self: Any, key_id: str) -> None:
        """moto's own check, which takes ids with dashes only, asked about the key's ARN instead."""
        if _MULTI_REGION.fullmatch(key_id) and key_id in self.kms_backend.keys:
            key_id = self.kms_backend.keys[key_id].arn
        _original_check(self, key_id)

    def init(self: Any, *given: Any, **named: Any) -> None:
        _made(self, *given, **named)
        if self.origin == "EXTERNAL":
            self.key_state, self.enabled = "PendingImport", False

    def to_dict(self: Any) -> dict[str, Any]:
        shown = _shown(self)
        metadata = shown["KeyMetadata"]
        metadata.update({**_algorithms(metadata), **self.__dict__.get(EXPIRY, {})})
        return shown

    def default(self: Any, alias_name: str) -> str | None:
        made = _default(self, alias_name)
        if made is not None:
            key = self.keys[made]
            key.key_manager, key.key_rotation_status = "AWS", True
            service = alias_name.removeprefix("alias/aws/")
            key.description = f"Default key that protects my {service} data when no other key is defined"
        return made

    for name in _BY_BARE_ID:
        setattr(models.KmsBackend, name, _by_arn_too(getattr(models.KmsBackend, name)))
    setattr(models.KmsBackend, "schedule_key_deletion", _within_window(models.KmsBackend.schedule_key_deletion))  # noqa: B010
    models.KmsBackend._generate_default_keys = default  # type: ignore[method-assign]
    models.Key.__init__ = init  # type: ignore[method-assign]
    models.Key.to_dict = to_dict  # type: ignore[method-assign]
    setattr(models, "generate_key_id", new_id)  # noqa: B010  (imported there from elsewhere)
    KmsResponse._validate_cmk_id = validate  # type: ignore[method-assign]
