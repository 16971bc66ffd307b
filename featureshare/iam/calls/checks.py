"""All tables together: `checks_for` looks the operation up and finishes what its entry says."""

import functools
from dataclasses import replace

from featureshare.iam.calls import (
    athena,
    builds,
    compute,
    featurestore,
    glue,
    governance,
    iam,
    kms,
    messaging,
    network,
    organizations,
    others,
    pipelines,
    replication,
    s3,
    s3control,
    sagemaker,
    ssm,
    sts,
    studio,
)
from featureshare.iam.calls.model import Call, Check, Estate, Unmapped
from featureshare.iam.calls.registry import Context, Scope, Table
from featureshare.iam.catalogue import catalogue

TABLES: dict[str, Table] = {
    "athena": athena.TABLE,
    "dynamodb": messaging.DYNAMODB,
    "ec2": network.TABLE,
    "glue": glue.TABLE,
    "iam": iam.TABLE,
    "kms": kms.TABLE,
    "organizations": organizations.TABLE,
    "s3": {**s3.TABLE, **replication.TABLE},
    "s3tables": s3control.TABLES,
    "s3control": {**s3.CONTROL, **s3control.TABLE, **replication.CONTROL},
    "sagemaker": {**sagemaker.TABLE, **studio.TABLE, **featurestore.CONTROL},
    "sagemaker-featurestore-runtime": featurestore.RUNTIME,
    "sns": messaging.SNS,
    "sqs": messaging.SQS,
    "ssm": ssm.TABLE,
    "sts": sts.TABLE,
    **builds.TABLES,
    **compute.TABLES,
    **governance.TABLES,
    **others.TABLES,
    **pipelines.TABLES,
}

# Tags of buckets and objects count only where a bucket has been opted in to them (PutBucketAbac), which ours are not.
_UNTAGGED = frozenset({"s3"})


def operations() -> tuple[tuple[str, str], ...]:
    """Every (service, operation) that has an entry, sorted; internal work (`_RunQuery`) included."""
    return tuple(sorted((service, operation) for service, table in TABLES.items() for operation in table))


def source_of(service: str, operation: str) -> str:
    """The page an entry rests on. Raises Unmapped when there is no entry."""
    entry = TABLES.get(service, {}).get(operation)
    if entry is None:
        raise Unmapped(service, operation)
    return entry.source


def checks_for(call: Call, estate: Estate) -> tuple[Check, ...]:
    """The checks AWS makes for `call`, the call's own action first; it succeeds when every one of them is allowed.

    An empty tuple means that AWS asks for no permission at all (sts:GetCallerIdentity). Tags of resources and the flag
    of actions without resources are filled in here, from the estate and the service catalogue.
    Raises Unmapped when no entry covers the operation.
    """
    entry = TABLES.get(call.service, {}).get(call.operation)
    if entry is None:
        raise Unmapped(call.service, call.operation)
    checks = tuple(entry.checks(Scope(call, estate)))
    if len(checks) > 1:
        checks = tuple(one.check for one in dict.fromkeys(_Hashed(check) for check in checks))
    return tuple(_finish(check, entry.source, estate) for check in checks)


class _Hashed:
    """A check as a dictionary key: its context is a mapping, which has no hash."""

    def __init__(self, check: Check) -> None:
        self.check = check

    def __hash__(self) -> int:
        return hash((self.check.action, self.check.resource))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Hashed) and self.check == other.check


def _finish(check: Check, source: str, estate: Estate) -> Check:
    context: Context = dict(check.context)
    if check.resource != "*" and not check.new:
        stems = _tag_stems(check.action, check.resource)
        if stems:
            for key, value in estate.tags(check.resource).items():
                for stem in stems:
                    context.setdefault(stem + key, value)
    only = check.resource == "*" and catalogue().action(check.action).wildcard_only
    return replace(check, context=context, wildcard_only=only, source=check.source or source)


@functools.lru_cache(maxsize=4096)
def _tag_stems(action: str, arn: str) -> tuple[str, ...]:
    """What tags of the resource are called in a request: `aws:ResourceTag/` and the service's own spelling."""
    info = catalogue().action(action)
    if info.service in _UNTAGGED:
        return ()
    kind = info.resource_type(arn)
    return _stems(info.name, kind.name if kind else None)


@functools.cache
def _stems(action: str, kind: str | None) -> tuple[str, ...]:
    info = catalogue().action(action)
    known = [info.condition_keys, *(one.condition_keys for one in info.resources if one.name == kind)]
    return tuple(sorted({key.partition("${")[0] for keys in known for key in keys if "ResourceTag/${" in key}))
