"""moto's users: one has a permissions boundary, shown as a role's is."""

from typing import Any

from moto.iam.models import User


def apply() -> None:
    def boundary(self: Any) -> dict[str, str] | None:
        arn = getattr(self, "permissions_boundary_arn", None)
        kind = {"PermissionsBoundaryType": "PermissionsBoundaryPolicy"}
        return {**kind, "PermissionsBoundaryArn": arn} if arn else None

    User.permissions_boundary = property(boundary)  # type: ignore[attr-defined]
