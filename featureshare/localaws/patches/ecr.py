"""moto's repositories: scanning is switched off by a request that leaves the switch out, as the Go SDK writes false."""

from typing import Any

from moto.ecr.models import ECRBackend

_put = ECRBackend.put_image_scanning_configuration


def apply() -> None:
    def put(self: Any, registry_id: str, repository_name: str, image_scan_config: dict[str, Any]) -> dict[str, Any]:
        given = {"scanOnPush": False, **(image_scan_config or {})}
        return _put(self, registry_id, repository_name, given)

    ECRBackend.put_image_scanning_configuration = put  # type: ignore[method-assign]
