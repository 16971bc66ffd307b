"""Topics, queues and tables beside a feature store: what hears of it, and what locks its state."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from featureshare.iam.calls.model import Check
from featureshare.iam.calls.registry import (
    SAR,
    Answer,
    Keys,
    Scope,
    Table,
    account_of,
    each_given,
    entries,
    on,
    request_tags,
    tags_in,
    untags_in,
)

_TOPIC_TAGS = "https://docs.aws.amazon.com/sns/latest/dg/sns-tags.html"
_QUEUE_TAGS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-tags.html"
_TABLE_TAGS = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html"


def _born(create: str, tag: str, template: str, parameter: str, page: str) -> Answer:
    """A creation with tags, which need the tagging action as well."""

    def checks(scope: Scope) -> Iterator[Check]:
        resource, tags = scope.fill(template), request_tags(scope.get(parameter))
        yield Check(create, resource, scope.call.account, tags, new=True)
        if tags:
            yield Check(tag, resource, scope.call.account, tags, source=page, new=True)

    return checks


def _subscription(action: str) -> Answer:
    """An action on a subscription, which belongs to its topic: the ARN of one is that of the topic and an id."""

    def checks(scope: Scope) -> Iterator[Check]:
        topic = ":".join(scope.text("SubscriptionArn").split(":")[:6])
        resource = topic if topic.startswith("arn:") else scope.arn("sns", "*")
        yield Check(f"sns:{action}", resource, account_of(resource, scope.call.account))

    return checks


def _queue(action: str, keys: Keys | None = None) -> Answer:
    """An action on a queue given by URL, whose path is account and name."""

    def checks(scope: Scope) -> Iterator[Check]:
        parts = urlsplit(scope.text("QueueUrl")).path.strip("/").split("/")
        owner = parts[0] if len(parts) == 2 and parts[0].isdigit() else scope.call.account
        yield Check(f"sqs:{action}", scope.arn("sqs", parts[-1], account=owner), owner, keys(scope) if keys else {})

    return checks


def _table(action: str) -> Answer:
    """An action on a table given by name or ARN."""

    def checks(scope: Scope) -> Iterator[Check]:
        name = scope.text("TableName")
        resource = name if name.startswith("arn:") else scope.arn("dynamodb", f"table/{name}")
        yield Check(f"dynamodb:{action}", resource, account_of(resource, scope.call.account))

    return checks


def _index(action: str) -> Answer:
    """An action on a table, and on the index of it that the call names."""

    def checks(scope: Scope) -> Iterator[Check]:
        for check in _table(action)(scope):
            yield check
            if index := scope.get("IndexName"):
                yield replace(check, resource=f"{check.resource}/index/{index}")

    return checks


_TOPIC = "arn:{partition}:sns:{region}:{account}:{Name}"

SNS: Table = entries(
    SAR + "list_amazonsns.html",
    {
        **{
            name: on(f"sns:{name}", "{TopicArn}")
            for name in (
                "AddPermission",
                "DeleteTopic",
                "GetTopicAttributes",
                "ListSubscriptionsByTopic",
                "RemovePermission",
                "SetTopicAttributes",
                "Subscribe",
            )
        },
        **each_given(
            {parameter: {"Publish": on("sns:Publish", f"{{{parameter}}}")} for parameter in ("TargetArn", "TopicArn")}
        ),
        **{
            name: _subscription(name)
            for name in ("GetSubscriptionAttributes", "SetSubscriptionAttributes", "Unsubscribe")
        },
        "CreateTopic": _born("sns:CreateTopic", "sns:TagResource", _TOPIC, "Tags", _TOPIC_TAGS),
        "GetDataProtectionPolicy": on("sns:GetDataProtectionPolicy", "{ResourceArn}"),
        "ListSubscriptions": on("sns:ListSubscriptions"),
        "ListTagsForResource": on("sns:ListTagsForResource", "{ResourceArn}"),
        "ListTopics": on("sns:ListTopics"),
        "PutDataProtectionPolicy": on("sns:PutDataProtectionPolicy", "{ResourceArn}"),
        "TagResource": on("sns:TagResource", "{ResourceArn}", keys=tags_in("Tags")),
        "UntagResource": on("sns:UntagResource", "{ResourceArn}", keys=untags_in("TagKeys")),
    },
)

_QUEUE = "arn:{partition}:sqs:{region}:{account}:{QueueName}"

SQS: Table = entries(
    SAR + "list_amazonsqs.html",
    {
        **{
            name: _queue(name)
            for name in (
                "AddPermission",
                "ChangeMessageVisibility",
                "DeleteMessage",
                "DeleteQueue",
                "GetQueueAttributes",
                "ListDeadLetterSourceQueues",
                "ListQueueTags",
                "PurgeQueue",
                "ReceiveMessage",
                "RemovePermission",
                "SendMessage",
                "SetQueueAttributes",
            )
        },
        "CreateQueue": _born("sqs:CreateQueue", "sqs:TagQueue", _QUEUE, "tags", _QUEUE_TAGS),
        "GetQueueUrl": on("sqs:GetQueueUrl", _QUEUE),
        "ListQueues": on("sqs:ListQueues"),
        "TagQueue": _queue("TagQueue", tags_in("Tags")),
        "UntagQueue": _queue("UntagQueue", untags_in("TagKeys")),
    },
)

_TABLE = "arn:{partition}:dynamodb:{region}:{account}:table/{TableName}"

DYNAMODB: Table = entries(
    SAR + "list_amazondynamodb.html",
    {
        **{
            name: _table(name)
            for name in (
                "DeleteItem",
                "DeleteTable",
                "DescribeContinuousBackups",
                "DescribeKinesisStreamingDestination",
                "DescribeTable",
                "DescribeTimeToLive",
                "DisableKinesisStreamingDestination",
                "EnableKinesisStreamingDestination",
                "GetItem",
                "PutItem",
                "Query",
                "Scan",
                "UpdateContinuousBackups",
                "UpdateItem",
                "UpdateKinesisStreamingDestination",
                "UpdateTable",
                "UpdateTimeToLive",
            )
        },
        "DescribeContributorInsights": _index("DescribeContributorInsights"),
        "UpdateContributorInsights": _index("UpdateContributorInsights"),
        "CreateTable": _born("dynamodb:CreateTable", "dynamodb:TagResource", _TABLE, "Tags", _TABLE_TAGS),
        **{
            name: on(f"dynamodb:{name}", "{ResourceArn}")
            for name in ("DeleteResourcePolicy", "GetResourcePolicy", "PutResourcePolicy")
        },
        "ListTables": on("dynamodb:ListTables"),
        "ListTagsOfResource": on("dynamodb:ListTagsOfResource", "{ResourceArn}"),
        "TagResource": on("dynamodb:TagResource", "{ResourceArn}", keys=tags_in("Tags")),
        "UntagResource": on("dynamodb:UntagResource", "{ResourceArn}", keys=untags_in("TagKeys")),
    },
)
