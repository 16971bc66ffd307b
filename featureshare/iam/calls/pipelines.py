"""What feeds a feature store and runs on a schedule: streams, deliveries, state machines, schedules, pipes, secrets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from featureshare.iam.calls.keys import key_check
from featureshare.iam.calls.model import Check
from featureshare.iam.calls.registry import (
    SAR,
    Answer,
    Scope,
    Table,
    account_of,
    both,
    each_given,
    entries,
    family,
    pass_role,
    passed,
)

_SECRET_KEYS = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"

_OF_A_STREAM = (
    "AddTagsToStream CreateStream DecreaseStreamRetentionPeriod DeleteStream DescribeStream DescribeStreamSummary "
    "GetShardIterator IncreaseStreamRetentionPeriod ListShards ListTagsForStream MergeShards PutRecord PutRecords "
    "RemoveTagsFromStream SplitShard StartStreamEncryption StopStreamEncryption"
)

KINESIS: Table = entries(
    SAR + "list_amazonkinesis.html",
    {
        **each_given(
            {
                "StreamARN": family("kinesis", {"{StreamARN}": _OF_A_STREAM}, tag_keys=False),
                "StreamName": family("kinesis", {"stream/{StreamName}": _OF_A_STREAM}, tag_keys=False),
            }
        ),
        **family(
            "kinesis",
            {
                "{ResourceARN}": "DeleteResourcePolicy GetResourcePolicy ListTagsForResource PutResourcePolicy "
                "TagResource UntagResource",
                "{StreamARN}": "GetRecords ListStreamConsumers RegisterStreamConsumer",
                "{ConsumerARN}": "DeregisterStreamConsumer DescribeStreamConsumer",
                "*": "DescribeLimits DisableEnhancedMonitoring EnableEnhancedMonitoring ListStreams "
                "UpdateShardCount UpdateStreamMode",
            },
            tag_keys=False,
        ),
    },
)


def _delivery_roles(scope: Scope) -> Iterator[Check]:
    """iam:PassRole on each role that a delivery stream is given, for its source and its destinations."""
    roles: set[str] = set()

    def walk(value: object) -> None:
        if isinstance(value, dict):
            roles.update(str(role) for name, role in value.items() if name == "RoleARN" and role)
            for member in value.values():
                walk(member)

    walk(dict(scope.call.params))
    for role in sorted(roles):
        yield passed(scope, role, "firehose.amazonaws.com")


_FIREHOSE = family(
    "firehose",
    {
        "deliverystream/{DeliveryStreamName}": "CreateDeliveryStream DeleteDeliveryStream DescribeDeliveryStream "
        "ListTagsForDeliveryStream PutRecord PutRecordBatch StartDeliveryStreamEncryption StopDeliveryStreamEncryption "
        "TagDeliveryStream UntagDeliveryStream UpdateDestination",
        "*": "ListDeliveryStreams",
    },
)
FIREHOSE: Table = entries(
    SAR + "list_amazonkinesisfirehose.html",
    {
        **_FIREHOSE,
        "CreateDeliveryStream": both(_FIREHOSE["CreateDeliveryStream"], _delivery_roles),
        "UpdateDestination": both(_FIREHOSE["UpdateDestination"], _delivery_roles),
    },
)

_STATES = family(
    "states",
    {
        "stateMachine:{name}": "CreateStateMachine",
        "{stateMachineArn}": "DeleteStateMachine DescribeStateMachine ListExecutions ListStateMachineAliases "
        "ListStateMachineVersions PublishStateMachineVersion StartExecution UpdateStateMachine",
        "{stateMachineAliasArn}": "DeleteStateMachineAlias DescribeStateMachineAlias UpdateStateMachineAlias",
        "{stateMachineVersionArn}": "DeleteStateMachineVersion",
        "{executionArn}": "DescribeExecution GetExecutionHistory StopExecution",
        "{resourceArn}": "ListTagsForResource TagResource UntagResource",
        "activity:{name}": "CreateActivity",
        "{activityArn}": "DeleteActivity DescribeActivity",
        "*": "ListActivities ListStateMachines ValidateStateMachineDefinition",
    },
)


def _route(scope: Scope) -> Iterator[Check]:
    """A new alias of the state machine whose versions it routes to."""
    routes: Sequence[Mapping[str, Any]] = scope.get("routingConfiguration") or ({},)
    machine = str(routes[0].get("stateMachineVersionArn", "*")).rpartition(":")[0] or scope.arn(
        "states", "stateMachine:*"
    )
    yield Check("states:CreateStateMachineAlias", f"{machine}:{scope.text('name')}", scope.call.account)


STATES: Table = entries(
    SAR + "list_awsstepfunctions.html",
    {
        **_STATES,
        "CreateStateMachineAlias": _route,
        "CreateStateMachine": both(_STATES["CreateStateMachine"], pass_role("roleArn", "states.amazonaws.com")),
        "UpdateStateMachine": both(_STATES["UpdateStateMachine"], pass_role("roleArn", "states.amazonaws.com")),
    },
)


def _schedule(action: str) -> Answer:
    """An action on a schedule, which lies in a group: `default` where none is named."""

    def checks(scope: Scope) -> Iterator[Check]:
        name = f"schedule/{scope.text('GroupName', 'default')}/{scope.text('Name')}"
        yield Check(f"scheduler:{action}", scope.arn("scheduler", name), scope.call.account)

    return checks


_TARGET = pass_role("Target.RoleArn", "scheduler.amazonaws.com")
SCHEDULER: Table = entries(
    SAR + "list_amazoneventbridgescheduler.html",
    {
        **family(
            "scheduler",
            {
                "schedule-group/{Name}": "CreateScheduleGroup DeleteScheduleGroup GetScheduleGroup",
                "{ResourceArn}": "ListTagsForResource TagResource UntagResource",
                "*": "ListScheduleGroups ListSchedules",
            },
        ),
        "CreateSchedule": both(_schedule("CreateSchedule"), _TARGET),
        "DeleteSchedule": _schedule("DeleteSchedule"),
        "GetSchedule": _schedule("GetSchedule"),
        "UpdateSchedule": both(_schedule("UpdateSchedule"), _TARGET),
    },
)

_PIPES = family(
    "pipes",
    {
        "pipe/{Name}": "CreatePipe DeletePipe DescribePipe StartPipe StopPipe UpdatePipe",
        "{resourceArn}": "ListTagsForResource TagResource UntagResource",
        "*": "ListPipes",
    },
)
PIPES: Table = entries(
    SAR + "list_amazoneventbridgepipes.html",
    {
        **_PIPES,
        "CreatePipe": both(_PIPES["CreatePipe"], pass_role("RoleArn", "pipes.amazonaws.com")),
        "UpdatePipe": both(_PIPES["UpdatePipe"], pass_role("RoleArn", "pipes.amazonaws.com")),
    },
)


_OF_A_SECRET = (
    "CancelRotateSecret DeleteResourcePolicy DeleteSecret DescribeSecret GetResourcePolicy GetSecretValue "
    "ListSecretVersionIds PutResourcePolicy PutSecretValue RemoveRegionsFromReplication ReplicateSecretToRegions "
    "RestoreSecret RotateSecret TagResource UntagResource UpdateSecret UpdateSecretVersionStage ValidateResourcePolicy"
)


def _secret(answer: Answer) -> Answer:
    """A secret that exists is its ARN, which ends in characters of the service's choice, however the call names it."""

    def checks(scope: Scope) -> Iterator[Check]:
        given = scope.text("SecretId")
        found = scope.estate.secret(account_of(given, scope.call.account), given)
        yield from (replace(check, resource=found) if found else check for check in answer(scope))

    return checks


def _secret_key(scope: Scope) -> Iterator[Check]:
    """A secret's own key is used with its caller's rights. Which key an existing secret has, a call does not say."""
    if key := scope.get("KmsKeyId"):
        for action in ("kms:GenerateDataKey", "kms:Decrypt"):
            yield key_check(scope, action, str(key), via="secretsmanager", source=_SECRET_KEYS)


_SECRETS = family(
    "secretsmanager",
    {
        "secret:{Name}": "CreateSecret",
        "*": "GetRandomPassword ListSecrets",
    },
)
_OF_SECRETS = {
    name: _secret(answer) for name, answer in family("secretsmanager", {"secret:{SecretId}": _OF_A_SECRET}).items()
}
SECRETS: Table = entries(
    SAR + "list_awssecretsmanager.html",
    {
        **_SECRETS,
        **_OF_SECRETS,
        "CreateSecret": both(_SECRETS["CreateSecret"], _secret_key),
        "UpdateSecret": both(_OF_SECRETS["UpdateSecret"], _secret_key),
    },
)

TABLES: dict[str, Table] = {
    "firehose": FIREHOSE,
    "kinesis": KINESIS,
    "pipes": PIPES,
    "scheduler": SCHEDULER,
    "secretsmanager": SECRETS,
    "stepfunctions": STATES,
}
