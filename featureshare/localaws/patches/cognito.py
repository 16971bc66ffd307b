"""moto's user pools: an update that gives no tags leaves those there are."""

from typing import Any

from moto.cognitoidp.models import CognitoIdpUserPool

TAGS = "UserPoolTags"
_update = CognitoIdpUserPool.update_extended_config


def apply() -> None:
    def update_extended_config(self: Any, extended_config: dict[str, Any]) -> None:
        kept = self.__dict__.get("extended_config", {}).get(TAGS)
        _update(self, extended_config)
        if kept and TAGS not in (extended_config or {}):
            self.extended_config[TAGS] = kept

    CognitoIdpUserPool.update_extended_config = update_extended_config  # type: ignore[method-assign]
