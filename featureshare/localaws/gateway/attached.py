"""Resource policies of services beside the store: queues, topics, secrets, functions, streams and the like."""

import json
from collections.abc import Callable
from typing import Any

from featureshare.iam.calls import Check
from featureshare.localaws.gateway import emulator
from featureshare.localaws.services.backups import vault_policy
from featureshare.localaws.services.studio import package_group_policy

# What moto keeps of a policy, by the backend and the last part of the resource's ARN, which follows the service's kind.
_Find = Callable[[Any, str, str], Any]


def _queue(store: Any, arn: str, name: str) -> Any:
    return getattr(store.queues.get(name), "policy", None)


def _topic(store: Any, arn: str, name: str) -> Any:
    return getattr(store.topics.get(arn), "policy", None)


def _secret(store: Any, arn: str, name: str) -> Any:
    found = (one for one in list(store.secrets.values()) if one.arn == arn)
    return getattr(next(found, None), "policy", None)


def _function(store: Any, arn: str, name: str) -> Any:
    """Statements of a function and those of its versions and aliases, which name these in their Resource."""
    if not name.startswith("function:"):
        return None
    function = ":".join(arn.split(":")[:7])
    found = (one for one in list(store.list_functions()) if one.function_arn == function)
    statements = getattr(getattr(next(found, None), "policy", None), "statements", None)
    if not statements:
        return None
    # moto keeps a principal that is an account or a role as AddPermission had it.
    meant = [
        {**one, "Principal": {"AWS": one["Principal"]}} if _is_named(one["Principal"]) else one for one in statements
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": meant})


def _is_named(principal: Any) -> bool:
    return isinstance(principal, str) and principal != "*"


def _bus(store: Any, arn: str, name: str) -> Any:
    """A bus's policy is about its rules too; those of the default bus have no bus in their name."""
    kind, _, rest = name.partition("/")
    bus = rest if kind == "event-bus" else rest.rpartition("/")[0] or "default"
    return getattr(store.event_buses.get(bus), "policy", None)


def _stream(store: Any, arn: str, name: str) -> Any:
    return store.resource_policies.get(arn)


def _repository(store: Any, arn: str, name: str) -> Any:
    """A repository's policy names no resource: it is about the repository."""
    text = getattr(store.repositories.get(name.removeprefix("repository/")), "policy", None)
    if text is None:
        return None
    policy = json.loads(text)
    given = policy["Statement"]
    statements = [{"Resource": arn, **one} for one in (given if isinstance(given, list) else [given])]
    return json.dumps({**policy, "Statement": statements})


def _package_group(store: Any, arn: str, name: str) -> Any:
    """A model package group's policy is about its packages too."""
    kind, _, rest = name.partition("/")
    group = rest.partition("/")[0]
    return package_group_policy(store, group) if kind in ("model-package", "model-package-group") else None


def _vault(store: Any, arn: str, name: str) -> Any:
    return vault_policy(store, arn)


_SERVICES: dict[str, tuple[str, _Find]] = {
    "backup": ("vault policy", _vault),
    "ecr": ("repository policy", _repository),
    "events": ("event bus policy", _bus),
    "kinesis": ("stream policy", _stream),
    "lambda": ("function policy", _function),
    "sagemaker": ("model package group policy", _package_group),
    "secretsmanager": ("secret policy", _secret),
    "sns": ("topic policy", _topic),
    "sqs": ("queue policy", _queue),
}


def attached_policy(check: Check) -> tuple[str, str] | None:
    """The text of the policy on the resource of `check`, and what reasons call it; None where there is none."""
    service, parts = check.action.split(":", 1)[0].lower(), check.resource.split(":", 5)
    if service not in _SERVICES or len(parts) != 6 or not parts[3] or not parts[4].isdigit():
        return None
    words, find = _SERVICES[service]
    text = emulator.document(find(emulator.backend(service, parts[4], parts[3]), check.resource, parts[5]))
    return None if text is None else (text, f"{words} of {check.resource}")
