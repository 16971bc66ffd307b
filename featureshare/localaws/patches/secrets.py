"""moto's secrets: a description that is emptied is empty; a call refused for a deletion says so in AWS's words."""

from typing import Any

from moto.secretsmanager.exceptions import InvalidRequestException
from moto.secretsmanager.models import SecretsManagerBackend

_update = SecretsManagerBackend.update_secret
_refuse = InvalidRequestException.__init__
# Callers, Terraform among them, tell from these words that a secret is gone.
_MARKED = "You can't perform this operation on the secret because it was marked for deletion."


def apply() -> None:
    def update_secret(self: Any, secret_id: str, *given: Any, **named: Any) -> str:
        answer = _update(self, secret_id, *given, **named)
        if named.get("description") is not None:
            self.secrets[secret_id].description = named["description"]
        return answer

    SecretsManagerBackend.update_secret = update_secret  # type: ignore[method-assign]

    def refuse(self: Any, message: str) -> None:
        _refuse(self, _MARKED if "currently marked deleted" in message else message)

    InvalidRequestException.__init__ = refuse  # type: ignore[method-assign]
