"""moto's compute environments: one without a role of its own runs as Batch's service-linked role, which is made then.

https://docs.aws.amazon.com/batch/latest/userguide/using-service-linked-roles.html
"""

from typing import Any

from moto.batch.models import BatchBackend
from moto.iam.models import SERVICE_NAME_CONVERSION

MADE_BY_SERVICE = "featureshare_made_by_service"
"""The mark of a role that a service made in an account for itself: nobody's configuration has it to destroy."""

_SERVICE = "batch.amazonaws.com"
_SIZES = ("maxvCpus", "minvCpus", "desiredvCpus", "subnets", "securityGroupIds")
_update = BatchBackend.update_compute_environment
_create = BatchBackend.create_compute_environment


def apply() -> None:
    SERVICE_NAME_CONVERSION["batch"] = "Batch"

    def create(self: Any, *given: Any, **named: Any) -> Any:
        if "service_role" in named and not named["service_role"]:
            roles = self.iam_backend.roles
            role = next((one for one in roles.values() if one.path == f"/aws-service-role/{_SERVICE}/"), None)
            if role is None:
                role = self.iam_backend.create_service_linked_role(_SERVICE, "", "")
                role.__dict__[MADE_BY_SERVICE] = True
            named["service_role"] = role.arn
        return _create(self, *given, **named)

    def update(self: Any, compute_environment_name: str, *given: Any, **named: Any) -> Any:
        """moto's own, which changes the sizes of an environment that runs instances only."""
        answer = _update(self, compute_environment_name, *given, **named)
        changed = named.get("compute_resources") or (given[1] if len(given) > 1 else None) or {}
        environment = self.get_compute_environment(compute_environment_name)
        sizes = {name: changed[name] for name in _SIZES if changed.get(name) is not None}
        if environment is not None and environment.compute_resources:
            environment.compute_resources.update(sizes)
        return answer

    BatchBackend.update_compute_environment = update  # type: ignore[method-assign]
    BatchBackend.create_compute_environment = create  # type: ignore[method-assign]
