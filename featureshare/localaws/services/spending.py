"""Budgets: the changes, subscribers and tags that moto lacks. It keeps budgets and their notifications itself."""

import copy
from datetime import datetime
from typing import Any

from moto.budgets.models import budgets_backends
from moto.core.exceptions import JsonRESTError

from featureshare.localaws.invocation import Handler, Invocation, ServiceError

_TAGS = "featureshare-tags"
_TOLD_APART_BY = ("NotificationType", "ComparisonOperator", "Threshold")


def create_budget(call: Invocation) -> dict[str, Any]:
    given = call.params
    notifications = copy.deepcopy(list(given.get("NotificationsWithSubscribers") or ()))
    try:
        _backend(call).create_budget(given["AccountId"], _plain(given["Budget"]), notifications)
    except JsonRESTError as error:
        raise ServiceError(error.error_type, error.message) from None
    arn = f"arn:aws:budgets::{given['AccountId']}:budget/{given['Budget']['BudgetName']}"
    _tags(call)[arn] = {tag["Key"]: tag["Value"] for tag in given.get("ResourceTags") or ()}
    return {}


def update_budget(call: Invocation) -> dict[str, Any]:
    """Replaces a budget, all but its notifications."""
    new = _plain(call.params["NewBudget"])
    kept = _budget(call, new["BudgetName"])
    kept.budget = {"TimePeriod": kept.budget["TimePeriod"], **new, "LastUpdatedTime": datetime.now().timestamp()}
    return {}


def describe_subscribers(call: Invocation) -> dict[str, Any]:
    return {"Subscribers": list(_notification(call).subscribers)}


def create_subscriber(call: Invocation) -> dict[str, Any]:
    _notification(call).subscribers.append(dict(call.params["Subscriber"]))
    return {}


def delete_subscriber(call: Invocation) -> dict[str, Any]:
    found = _notification(call)
    found.subscribers = [one for one in found.subscribers if one != call.params["Subscriber"]]
    return {}


def list_tags(call: Invocation) -> dict[str, Any]:
    found = _tags(call).get(str(call.params["ResourceARN"]), {})
    return {"ResourceTags": [{"Key": key, "Value": value} for key, value in found.items()]}


def tag(call: Invocation) -> dict[str, Any]:
    given = {one["Key"]: one["Value"] for one in call.params["ResourceTags"]}
    _tags(call).setdefault(str(call.params["ResourceARN"]), {}).update(given)
    return {}


def untag(call: Invocation) -> dict[str, Any]:
    for key in call.params["ResourceTagKeys"]:
        _tags(call).get(str(call.params["ResourceARN"]), {}).pop(key, None)
    return {}


def _plain(budget: Any) -> dict[str, Any]:
    """A budget as moto keeps it: times as numbers."""
    made = copy.deepcopy(dict(budget))
    period = {
        name: at.timestamp() if isinstance(at, datetime) else at for name, at in made.get("TimePeriod", {}).items()
    }
    return {**made, "TimePeriod": period} if period else made


def _budget(call: Invocation, name: str) -> Any:
    found = _backend(call).budgets[str(call.params["AccountId"])].get(name)
    if found is None:
        raise ServiceError("NotFoundException", f"Unable to get budget: {name} - the budget doesn't exist.")
    return found


def _notification(call: Invocation) -> Any:
    wanted = call.params["Notification"]
    for one in _budget(call, str(call.params["BudgetName"])).notifications:
        if all(one.details.get(part) == wanted.get(part) for part in _TOLD_APART_BY):
            return one
    raise ServiceError("NotFoundException", "Unable to get notification - the notification doesn't exist.")


def _tags(call: Invocation) -> dict[str, dict[str, str]]:
    held: dict[str, dict[str, str]] = _backend(call).__dict__.setdefault(_TAGS, {})
    return held


def _backend(call: Invocation) -> Any:
    return budgets_backends[call.account]["aws"]


HANDLERS: dict[tuple[str, str], Handler] = {
    ("budgets", name): handler
    for name, handler in {
        "CreateBudget": create_budget,
        "CreateSubscriber": create_subscriber,
        "DeleteSubscriber": delete_subscriber,
        "DescribeSubscribersForNotification": describe_subscribers,
        "ListTagsForResource": list_tags,
        "TagResource": tag,
        "UntagResource": untag,
        "UpdateBudget": update_budget,
    }.items()
}
