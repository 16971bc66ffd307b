"""moto's secrets: a description that is emptied is empty."""

from typing import Any

from moto.secretsmanager.models import SecretsManagerBackend

_update = SecretsManagerBackend.update_secret


def apply() -> None:
    def update_secret(self: Any, secret_id: str, *given: Any, **named: Any) -> str:
        answer = _update(self, secret_id, *given, **named)
        if named.get("description") is not None:
            self.secrets[secret_id].description = named["description"]
        return answer

    SecretsManagerBackend.update_secret = update_secret  # type: ignore[method-assign]
