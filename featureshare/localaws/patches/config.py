"""moto's configuration recorders: an exclusion that excludes nothing is none, as Terraform writes it in an update."""

from typing import Any

from moto.config.models import ConfigBackend

_EXCLUSION = "exclusionByResourceTypes"
_put = ConfigBackend.put_configuration_recorder


def apply() -> None:
    def put(self: Any, config_recorder: dict[str, Any]) -> None:
        group = config_recorder.get("recordingGroup") or {}
        if not (group.get(_EXCLUSION) or {}).get("resourceTypes"):
            group.pop(_EXCLUSION, None)
        _put(self, config_recorder)

    ConfigBackend.put_configuration_recorder = put  # type: ignore[method-assign]
