"""moto's Athena: the workgroup `primary`, which exists from the start, publishes metrics as AWS creates it."""

from typing import Any

from moto.athena.models import AthenaBackend

_original = AthenaBackend.__init__


def apply() -> None:
    def init(self: Any, region_name: str, account_id: str) -> None:
        _original(self, region_name, account_id)
        self.work_groups["primary"].configuration["PublishCloudWatchMetricsEnabled"] = True

    AthenaBackend.__init__ = init  # type: ignore[method-assign]
