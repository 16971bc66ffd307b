"""moto's keys: the id of a multi-Region key is `mrk-` and 32 hexadecimal digits, without the dashes of others.

https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
"""

import re
import uuid
from typing import Any

from moto.kms import models
from moto.kms.responses import KmsResponse
from moto.kms.utils import generate_key_id

_MULTI_REGION = re.compile(r"mrk-[0-9a-f]{32}")
_original_check = KmsResponse._validate_cmk_id


def apply() -> None:
    def new_id(multi_region: bool = False) -> str:
        return f"mrk-{uuid.uuid4().hex}" if multi_region else generate_key_id()

    def validate(self: Any, key_id: str) -> None:
        """moto's own check, which takes ids with dashes only, asked about the key's ARN instead."""
        if _MULTI_REGION.fullmatch(key_id) and key_id in self.kms_backend.keys:
            key_id = self.kms_backend.keys[key_id].arn
        _original_check(self, key_id)

    setattr(models, "generate_key_id", new_id)  # noqa: B010  (imported there from elsewhere)
    KmsResponse._validate_cmk_id = validate  # type: ignore[method-assign]
