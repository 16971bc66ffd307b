"""moto's IAM: a user's permissions boundary is shown as a role's is; a policy that is attached cannot be deleted."""

from typing import Any

from moto.iam.exceptions import DeleteConflictException
from moto.iam.models import IAMBackend, User

_delete_policy = IAMBackend.delete_policy


def apply() -> None:
    def boundary(self: Any) -> dict[str, str] | None:
        arn = getattr(self, "permissions_boundary_arn", None)
        kind = {"PermissionsBoundaryType": "PermissionsBoundaryPolicy"}
        return {**kind, "PermissionsBoundaryArn": arn} if arn else None

    def delete_policy(self: Any, policy_arn: str) -> None:
        """API_DeletePolicy: a policy must first be detached from all that it is attached to."""
        entities = [one for kind in (self.roles, self.users, self.groups) for one in list(kind.values())]
        if any(policy_arn in one.managed_policies for one in entities):
            raise DeleteConflictException("Cannot delete a policy attached to entities.")
        _delete_policy(self, policy_arn)

    User.permissions_boundary = property(boundary)  # type: ignore[attr-defined]
    IAMBackend.delete_policy = delete_policy  # type: ignore[method-assign]
