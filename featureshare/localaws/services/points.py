"""Access points of a kind by name, and their policies: what points to a bucket and points before a function share."""

from collections.abc import Callable, Mapping
from typing import Any

from moto.s3control.models import s3control_backends
from moto.utilities.utils import get_partition

from featureshare.iam import DocumentError, Policy
from featureshare.iam.public import is_public
from featureshare.localaws.invocation import Invocation, ServiceError

_NAME = "access point policy"


class Points:
    """The access points of a kind, kept as `kept` on moto's backend, with which they go.

    `blocks` says of a point whether it takes no public policy.
    """

    def __init__(self, kept: str, blocks: Callable[[Mapping[str, Any]], bool]) -> None:
        self._kept, self._blocks = kept, blocks

    def held(self, call: Invocation) -> dict[str, Any]:
        """Those of an account and Region by name."""
        backend = s3control_backends[call.account][get_partition(call.region)]
        held: dict[str, Any] = backend.__dict__.setdefault(self._kept, {}).setdefault(call.region, {})
        return held

    def found(self, call: Invocation) -> dict[str, Any]:
        """The one in `Name`, which may be its ARN. Raises ServiceError when there is none."""
        found: dict[str, Any] | None = self.held(call).get(str(call.params["Name"]).rpartition("/")[2])
        if found is None:
            raise ServiceError("NoSuchAccessPoint", "The specified accesspoint does not exist", 404)
        return found

    def delete(self, call: Invocation) -> dict[str, Any]:
        del self.held(call)[self.found(call)["Name"]]
        return {}

    def put_policy(self, call: Invocation) -> dict[str, Any]:
        """Keeps a policy. Raises ServiceError for a broken one, and for a public one where such are blocked."""
        point, text = self.found(call), str(call.params["Policy"])
        try:
            policy = Policy.parse(text, name=_NAME)
        except DocumentError as error:
            raise ServiceError("MalformedPolicy", f"This policy is not valid: {error}") from error
        if self._blocks(point) and is_public(policy):
            raise ServiceError("AccessDenied", "Access Denied", 403)
        point["Policy"] = text
        return {}

    def get_policy(self, call: Invocation) -> dict[str, Any]:
        return {"Policy": self._policy(call)}

    def get_policy_status(self, call: Invocation) -> dict[str, Any]:
        return {"PolicyStatus": {"IsPublic": is_public(Policy.parse(self._policy(call), name=_NAME))}}

    def delete_policy(self, call: Invocation) -> dict[str, Any]:
        self.found(call).pop("Policy", None)
        return {}

    def _policy(self, call: Invocation) -> str:
        text: str | None = self.found(call).get("Policy")
        if text is None:
            raise ServiceError("NoSuchAccessPointPolicy", "The specified accesspoint policy does not exist", 404)
        return text
