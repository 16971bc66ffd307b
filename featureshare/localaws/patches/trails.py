"""moto's CloudTrail: a trail says which selectors of its own it has, and selectors replace those there were.

Event selectors and advanced ones take each other's place. What a selector leaves out is at its default, and a trail
that was given none has the default one. Insights that are not on are an error, not an empty list.
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html
"""

from typing import Any

from moto.cloudtrail.models import CloudTrailBackend, Trail
from moto.core.exceptions import JsonRESTError

_DEFAULT = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}

_trail = Trail.__init__
_description = Trail.description
_put = CloudTrailBackend.put_event_selectors
_insights = CloudTrailBackend.get_insight_selectors


class InsightNotEnabledException(JsonRESTError):
    code = 400


def apply() -> None:
    def trail(self: Any, *args: Any, **given: Any) -> None:
        _trail(self, *args, **given)
        self.event_selectors = [_DEFAULT]

    def description(self: Any, *args: Any, **given: Any) -> dict[str, Any]:
        shown: dict[str, Any] = _description(self, *args, **given)
        own = bool(self.advanced_event_selectors) or self.event_selectors != [_DEFAULT]
        return {**shown, "HasCustomEventSelectors": own, "HasInsightSelectors": bool(self.insight_selectors)}

    def put_on_trail(self: Any, event_selectors: Any, advanced_event_selectors: Any) -> None:
        self.advanced_event_selectors = list(advanced_event_selectors or ())
        own = [{**_DEFAULT, **one} for one in event_selectors or ()]
        self.event_selectors = own if own or self.advanced_event_selectors else [_DEFAULT]

    def put(self: Any, trail_name: str, event_selectors: Any, advanced_event_selectors: Any) -> Any:
        # An empty list, which the provider sends when the last one is taken out, leaves the default.
        neither = event_selectors is None and advanced_event_selectors is None
        if neither or (event_selectors and advanced_event_selectors):
            raise JsonRESTError(
                "InvalidEventSelectorsException",
                "A trail has either event selectors or advanced event selectors; name one of the two.",
            )
        _put(self, trail_name, event_selectors, advanced_event_selectors)
        return self.get_event_selectors(trail_name)

    def put_insights(self: Any, insight_selectors: Any) -> None:
        self.insight_selectors = list(insight_selectors or ())

    def get_insights(self: Any, trail_name: str) -> Any:
        found = _insights(self, trail_name)
        if not found[1]:
            raise InsightNotEnabledException(
                "InsightNotEnabledException", f"Trail {trail_name} does not have Insights enabled."
            )
        return found

    Trail.__init__ = trail  # type: ignore[method-assign]
    Trail.description = description  # type: ignore[method-assign]
    Trail.put_event_selectors = put_on_trail  # type: ignore[method-assign]
    Trail.put_insight_selectors = put_insights  # type: ignore[method-assign]
    CloudTrailBackend.put_event_selectors = put  # type: ignore[method-assign]
    CloudTrailBackend.get_insight_selectors = get_insights  # type: ignore[method-assign]
