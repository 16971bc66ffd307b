"""moto's queues: setting one attribute leaves the policy alone, and redrive policies read in one form."""

import json
from typing import Any

from moto.sqs.models import Queue

_ALLOW = "RedriveAllowPolicy"
_original_set = Queue._set_attributes
_original_attributes: Any = vars(Queue)["attributes"]


def apply() -> None:
    def set_attributes(self: Any, attributes: dict[str, Any], now: float | None = None) -> None:
        kept = self.__dict__.get("_policy_json")
        _original_set(self, attributes, now)
        if kept is not None and "Policy" not in attributes:
            self._policy_json = kept

    def attributes(self: Any) -> dict[str, Any]:
        shown: dict[str, Any] = _original_attributes.fget(self)
        if not shown.get(_ALLOW):
            shown.pop(_ALLOW, None)
        for name in ("RedrivePolicy", _ALLOW):
            if isinstance(shown.get(name), str) and shown[name]:
                shown[name] = json.dumps(json.loads(shown[name]), separators=(",", ":"), sort_keys=True)
        return shown

    # moto keeps this one and knows it under no name.
    Queue.BASE_ATTRIBUTES = [*Queue.BASE_ATTRIBUTES, _ALLOW]
    setattr(Queue, "redrive_allow_policy", None)  # noqa: B010  (an attribute of its own kind, to the type checker)
    Queue._set_attributes = set_attributes  # type: ignore[method-assign]
    Queue.attributes = property(attributes)  # type: ignore[assignment, method-assign]
