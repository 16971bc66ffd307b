"""Services at the edge of feature sharing: logs, alarms, trails, events, functions, shares, tags.

Read calls and plain writes; each names one action and its resource.
"""

from collections.abc import Iterator, Mapping

from featureshare.iam.calls.model import Check, Unmapped
from featureshare.iam.calls.registry import (
    SAR,
    Answer,
    Context,
    Keys,
    Scope,
    Table,
    account_of,
    both,
    entries,
    on,
    pass_role,
    request_tags,
    tags_in,
    untags_in,
)

_HERE = "{region}:{account}:"
_LOG_GROUP = f"arn:{{partition}}:logs:{_HERE}log-group:{{logGroupName}}"
_ALARMS = f"arn:{{partition}}:cloudwatch:{_HERE}alarm:"
_ALARM = _ALARMS + "{AlarmName}"
_DASHBOARDS = "arn:{partition}:cloudwatch::{account}:dashboard/"
_DASHBOARD = _DASHBOARDS + "{DashboardName}"
_STREAMS = f"arn:{{partition}}:cloudwatch:{_HERE}metric-stream/"
_STREAM = _STREAMS + "{Name}"
_INSIGHTS = f"arn:{{partition}}:cloudwatch:{_HERE}insight-rule/"
# Services whose right to have logs delivered is in the service catalogue.
_VENDING = frozenset({"ecs", "events"})
_SOURCE_OF = f"arn:{{partition}}:logs:{_HERE}delivery-source:"
_GOAL_OF = f"arn:{{partition}}:logs:{_HERE}delivery-destination:"
_DELIVERY = f"arn:{{partition}}:logs:{_HERE}delivery:"
_ENDPOINT = f"arn:{{partition}}:events:{_HERE}endpoint/{{Name}}"
_DESTINATION = f"arn:{{partition}}:logs:{_HERE}destination:{{destinationName}}"
_DETECTOR = "{anomalyDetectorArn}"
_RULE = f"arn:{{partition}}:events:{_HERE}rule/"
_FUNCTION = f"arn:{{partition}}:lambda:{_HERE}function:{{FunctionName}}"
_LOG_STREAM = _LOG_GROUP + ":log-stream:{logStreamName}"
_BUS = f"arn:{{partition}}:events:{_HERE}event-bus/"
_MAPPING = f"arn:{{partition}}:lambda:{_HERE}event-source-mapping:{{UUID}}"
_LAYER = f"arn:{{partition}}:lambda:{_HERE}layer:{{LayerName}}"
_LAYER_VERSION = _LAYER + ":{VersionNumber}"
_URL_KEYS = {"AuthType": "lambda:FunctionUrlAuthType"}
_SHARE = "{resourceShareArn}"


def _reads(service: str, *names: str) -> dict[str, Answer]:
    """Operations whose action has their own name and knows no resource."""
    return {name: on(f"{service}:{name}") for name in names}


def _same(service: str, template: str, *names: str) -> dict[str, Answer]:
    """Operations whose action has their own name, on one resource."""
    return {name: on(f"{service}:{name}", template) for name in names}


def _each(action: str, stem: str, parameter: str) -> Answer:
    """An action on each of the resources whose names, or ARNs where the stem is empty, are listed in a parameter."""

    def checks(scope: Scope) -> Iterator[Check]:
        for name in scope.get(parameter) or ("*",):
            resource = scope.fill(stem) + str(name)
            yield Check(action, resource, account_of(resource, scope.call.account))

    return checks


def _rule(action: str, parameter: str) -> Answer:
    """An action on an EventBridge rule, in the account of its bus: on the default bus its ARN has no bus."""

    def answer(scope: Scope) -> Answer:
        bus, given = _bus(scope, "EventBusName"), scope.text("EventBusName", "")
        rules = given.partition("event-bus/")[0] + "rule/" if given.startswith("arn:") else _RULE
        return on(f"events:{action}", rules + ("" if bus == "default" else f"{bus}/") + f"{{{parameter}}}")

    return lambda scope: answer(scope)(scope)


def _bus(scope: Scope, parameter: str) -> str:
    """The name of the event bus a call gives by name or ARN, or leaves out."""
    return scope.text(parameter, "default").rpartition("/")[2]


def _put_events(scope: Scope) -> Iterator[Check]:
    """events:PutEvents on each bus that an entry goes to."""
    buses = {str(entry.get("EventBusName") or "default") for entry in scope.get("Entries") or ({"EventBusName": "*"},)}
    for bus in sorted(buses):
        resource = bus if bus.startswith("arn:") else scope.fill(_BUS) + bus
        yield Check("events:PutEvents", resource, account_of(resource, scope.call.account))


def _global_endpoint(action: str) -> Answer:
    """An action on an endpoint for the buses it names, which copies events as the role that it is given."""

    def buses(scope: Scope) -> Context:
        named = tuple(str(bus.get("EventBusArn")) for bus in scope.get("EventBuses") or ())
        return {"events:EventBusArn": named} if named else {}

    return both(on(f"events:{action}", _ENDPOINT, keys=buses), pass_role("RoleArn", "events.amazonaws.com"))


def _vended(scope: Scope) -> Iterator[Check]:
    """The right to have a resource's logs delivered, which is one of the service that makes them.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html
    Raises Unmapped for a service whose rights are not known here.
    """
    given = scope.get("resourceArn")
    parts = str(given).split(":", 5)
    services = _VENDING & {parts[2]} if len(parts) == 6 else _VENDING if given is None else ()
    if not services:
        raise Unmapped(scope.call.service, f"{scope.call.operation} of {given}")
    account, resource = scope.call.account, str(given or "*")
    yield Check("logs:PutDeliverySource", scope.fill(_SOURCE_OF + "{name}"), account, request_tags(scope.get("tags")))
    for service in sorted(services):
        yield Check(f"{service}:AllowVendedLogDeliveryForResource", resource, account_of(resource, account))


def _delivery(scope: Scope) -> Iterator[Check]:
    """logs:CreateDelivery on what is made, on the source, and on the destination, which may be another account's."""
    goal = scope.text("deliveryDestinationArn")
    context = request_tags(scope.get("tags"))
    for resource in (scope.fill(_DELIVERY + "*"), scope.fill(_SOURCE_OF + "{deliverySourceName}"), goal):
        yield Check("logs:CreateDelivery", resource, account_of(resource, scope.call.account), context)


def _log_tags(action: str, keys: Keys) -> Answer:
    return on(f"logs:{action}", _LOG_GROUP, keys=keys)


def _log_group(scope: Scope, given: str) -> str:
    """The ARN of a log group given by name or ARN, as a policy names it: without the `:*` of its streams."""
    return given.removesuffix(":*") if given.startswith("arn:") else scope.arn("logs", f"log-group:{given}")


def _identified(action: str) -> Answer:
    """An action on a log group given by name or ARN."""

    def checks(scope: Scope) -> Iterator[Check]:
        resource = _log_group(scope, scope.text("logGroupIdentifier"))
        yield Check(f"logs:{action}", resource, account_of(resource, scope.call.account))

    return checks


def _watched(scope: Scope) -> Iterator[Check]:
    """logs:CreateLogAnomalyDetector on each log group that the detector will read."""
    for given in scope.get("logGroupArnList") or ("*",):
        resource = _log_group(scope, str(given))
        context = request_tags(scope.get("tags"))
        yield Check("logs:CreateLogAnomalyDetector", resource, account_of(resource, scope.call.account), context)


def _removed(tags: object) -> Context:
    """aws:TagKeys of a call that removes tags and gives them with their values."""
    keys = request_tags(tags).get("aws:TagKeys")
    return {"aws:TagKeys": keys} if keys else {}


def _trail(action: str, parameter: str, tagged: str | None = None) -> Answer:
    """An action on a trail given by name or ARN."""

    def answer(scope: Scope) -> Answer:
        named = scope.text(parameter).startswith("arn:")
        template = f"{{{parameter}}}" if named else f"arn:{{partition}}:cloudtrail:{_HERE}trail/{{{parameter}}}"
        return on(f"cloudtrail:{action}", template, keys=tags_in(tagged) if tagged else None)

    return lambda scope: answer(scope)(scope)


def _function(action: str, keys: Mapping[str, str] | None = None) -> Answer:
    """An action on a function given by name or ARN."""

    def context(scope: Scope) -> Context:
        found = {key: scope.get(parameter) for parameter, key in (keys or {}).items()}
        return {key: str(value) for key, value in found.items() if value is not None}

    def answer(scope: Scope) -> Answer:
        template = "{FunctionName}" if scope.text("FunctionName").startswith("arn:") else _FUNCTION
        return on(f"lambda:{action}", template, keys=context)

    return lambda scope: answer(scope)(scope)


TABLES: dict[str, Table] = {
    "cloudtrail": entries(
        SAR + "list_awscloudtrail.html",
        {
            **_reads("cloudtrail", "DescribeTrails", "ListEventDataStores", "ListTrails", "LookupEvents"),
            "CreateEventDataStore": on(
                "cloudtrail:CreateEventDataStore",
                f"arn:{{partition}}:cloudtrail:{_HERE}eventdatastore/*",
                keys=tags_in("TagsList"),
            ),
            **_same("cloudtrail", "{EventDataStore}", "DeleteEventDataStore", "GetEventDataStore"),
            **_same("cloudtrail", "{EventDataStore}", "RestoreEventDataStore", "UpdateEventDataStore"),
            **_same("cloudtrail", "{EventDataStore}", "StartEventDataStoreIngestion", "StopEventDataStoreIngestion"),
            "AddTags": on("cloudtrail:AddTags", "{ResourceId}", keys=tags_in("TagsList")),
            "CreateTrail": _trail("CreateTrail", "Name", "TagsList"),
            "DeleteTrail": _trail("DeleteTrail", "Name"),
            "GetEventSelectors": _trail("GetEventSelectors", "TrailName"),
            "GetInsightSelectors": _trail("GetInsightSelectors", "TrailName"),
            "GetTrail": _trail("GetTrail", "Name"),
            "GetTrailStatus": _trail("GetTrailStatus", "Name"),
            "ListTags": _each("cloudtrail:ListTags", "", "ResourceIdList"),
            "PutInsightSelectors": _trail("PutInsightSelectors", "TrailName"),
            "RemoveTags": on(
                "cloudtrail:RemoveTags", "{ResourceId}", keys=lambda scope: _removed(scope.get("TagsList"))
            ),
            "PutEventSelectors": _trail("PutEventSelectors", "TrailName"),
            "StartLogging": _trail("StartLogging", "Name"),
            "StopLogging": _trail("StopLogging", "Name"),
            "UpdateTrail": _trail("UpdateTrail", "Name"),
        },
    ),
    "cloudwatch": entries(
        SAR + "list_amazoncloudwatch.html",
        {
            **_reads("cloudwatch", "GetMetricStatistics", "ListDashboards", "ListMetrics", "PutMetricData"),
            "DeleteAlarms": _each("cloudwatch:DeleteAlarms", _ALARMS, "AlarmNames"),
            "DeleteDashboards": _each("cloudwatch:DeleteDashboards", _DASHBOARDS, "DashboardNames"),
            "DescribeAlarms": on("cloudwatch:DescribeAlarms", _ALARMS + "*"),
            "GetDashboard": on("cloudwatch:GetDashboard", _DASHBOARD),
            "GetMetricData": on("cloudwatch:GetMetricData"),
            "ListTagsForResource": on("cloudwatch:ListTagsForResource", "{ResourceARN}"),
            "PutDashboard": on("cloudwatch:PutDashboard", _DASHBOARD),
            **_same("cloudwatch", _STREAM, "DeleteMetricStream", "GetMetricStream"),
            "ListMetricStreams": on("cloudwatch:ListMetricStreams"),
            "PutMetricStream": both(
                on("cloudwatch:PutMetricStream", _STREAM, keys=tags_in("Tags")),
                pass_role("RoleArn", "streams.metrics.cloudwatch.amazonaws.com"),
            ),
            "StartMetricStreams": _each("cloudwatch:StartMetricStreams", _STREAMS, "Names"),
            "StopMetricStreams": _each("cloudwatch:StopMetricStreams", _STREAMS, "Names"),
            "DescribeInsightRules": on("cloudwatch:DescribeInsightRules"),
            **{
                f"{verb}InsightRules": _each(f"cloudwatch:{verb}InsightRules", _INSIGHTS, "RuleNames")
                for verb in ("Delete", "Disable", "Enable")
            },
            "PutInsightRule": on("cloudwatch:PutInsightRule", _INSIGHTS + "{RuleName}", keys=tags_in("Tags")),
            "PutCompositeAlarm": on("cloudwatch:PutCompositeAlarm", _ALARM, keys=tags_in("Tags")),
            "PutMetricAlarm": on("cloudwatch:PutMetricAlarm", _ALARM, keys=tags_in("Tags")),
            "TagResource": on("cloudwatch:TagResource", "{ResourceARN}", keys=tags_in("Tags")),
            "UntagResource": on("cloudwatch:UntagResource", "{ResourceARN}", keys=untags_in("TagKeys")),
        },
    ),
    "events": entries(
        SAR + "list_amazoneventbridge.html",
        {
            **_reads("events", "ListEventBuses", "ListRuleNamesByTarget", "ListRules", "TestEventPattern"),
            "CreateEventBus": on("events:CreateEventBus", _BUS + "{Name}", keys=tags_in("Tags")),
            **{
                f"{verb}Archive": on(
                    f"events:{verb}Archive", f"arn:{{partition}}:events:{_HERE}archive/{{ArchiveName}}"
                )
                for verb in ("Create", "Delete", "Describe", "Update")
            },
            **_reads("events", "PutPermission", "RemovePermission"),
            **_reads("events", "ListApiDestinations", "ListArchives", "ListConnections"),
            **{
                f"{verb}{noun}": on(f"events:{verb}{noun}", f"arn:{{partition}}:events:{_HERE}{kind}/{{Name}}/*")
                for noun, kind in (("ApiDestination", "api-destination"), ("Connection", "connection"))
                for verb in ("Create", "Delete", "Describe", "Update")
            },
            **_same("events", _ENDPOINT, "DeleteEndpoint", "DescribeEndpoint"),
            "CreateEndpoint": _global_endpoint("CreateEndpoint"),
            "UpdateEndpoint": _global_endpoint("UpdateEndpoint"),
            **_reads("events", "ListEndpoints", "ListEventSources"),
            "UpdateEventBus": lambda scope: on("events:UpdateEventBus", _BUS + _bus(scope, "Name"))(scope),
            "DeleteEventBus": on("events:DeleteEventBus", _BUS + "{Name}"),
            "DescribeEventBus": lambda scope: on("events:DescribeEventBus", _BUS + _bus(scope, "Name"))(scope),
            "DisableRule": _rule("DisableRule", "Name"),
            "EnableRule": _rule("EnableRule", "Name"),
            "PutEvents": _put_events,
            "DeleteRule": _rule("DeleteRule", "Name"),
            "DescribeRule": _rule("DescribeRule", "Name"),
            "ListTagsForResource": on("events:ListTagsForResource", "{ResourceARN}"),
            "ListTargetsByRule": _rule("ListTargetsByRule", "Rule"),
            "PutRule": both(_rule("PutRule", "Name"), pass_role("RoleArn", "events.amazonaws.com")),
            "PutTargets": _rule("PutTargets", "Rule"),
            "RemoveTargets": _rule("RemoveTargets", "Rule"),
            "TagResource": on("events:TagResource", "{ResourceARN}", keys=tags_in("Tags")),
            "UntagResource": on("events:UntagResource", "{ResourceARN}", keys=untags_in("TagKeys")),
        },
    ),
    "lakeformation": entries(
        SAR + "list_awslakeformation.html",
        _reads(
            "lakeformation",
            "AddLFTagsToResource",
            "BatchGrantPermissions",
            "BatchRevokePermissions",
            "CreateLakeFormationOptIn",
            "CreateDataCellsFilter",
            "CreateLFTag",
            "DeleteDataCellsFilter",
            "DeleteLFTag",
            "DeleteLakeFormationOptIn",
            "DeregisterResource",
            "DescribeResource",
            "GetDataCellsFilter",
            "GetDataLakeSettings",
            "GetLFTag",
            "GetResourceLFTags",
            "GrantPermissions",
            "ListDataCellsFilter",
            "ListLFTags",
            "ListLakeFormationOptIns",
            "ListPermissions",
            "ListResources",
            "PutDataLakeSettings",
            "RegisterResource",
            "RemoveLFTagsFromResource",
            "RevokePermissions",
            "UpdateDataCellsFilter",
            "UpdateLFTag",
            "UpdateResource",
        ),
    ),
    "lambda": entries(
        SAR + "list_awslambda.html",
        {
            **_reads("lambda", "ListEventSourceMappings", "ListFunctions"),
            **_same(
                "lambda", _MAPPING, "DeleteEventSourceMapping", "GetEventSourceMapping", "UpdateEventSourceMapping"
            ),
            **_reads("lambda", "GetAccountSettings", "ListLayers", "ListLayerVersions"),
            **_same("lambda", _LAYER, "PublishLayerVersion"),
            **{
                f"{verb}ProvisionedConcurrencyConfig": on(
                    f"lambda:{verb}ProvisionedConcurrencyConfig", _FUNCTION + ":{Qualifier}"
                )
                for verb in ("Delete", "Get", "Put")
            },
            **_same("lambda", _LAYER_VERSION, "AddLayerVersionPermission", "DeleteLayerVersion", "GetLayerVersion"),
            **_same("lambda", _LAYER_VERSION, "GetLayerVersionPolicy", "RemoveLayerVersionPermission"),
            **{
                name: _function(name)
                for name in (
                    "DeleteFunctionEventInvokeConfig",
                    "GetFunctionEventInvokeConfig",
                    "ListFunctionEventInvokeConfigs",
                    "PutFunctionEventInvokeConfig",
                    "PutFunctionRecursionConfig",
                    "PutRuntimeManagementConfig",
                    "UpdateFunctionEventInvokeConfig",
                )
            },
            **{
                f"{verb}FunctionUrlConfig": _function(f"{verb}FunctionUrlConfig", _URL_KEYS)
                for verb in ("Create", "Delete", "Get", "Update")
            },
            **_same("lambda", "{CodeSigningConfigArn}", "DeleteCodeSigningConfig", "GetCodeSigningConfig"),
            **_same("lambda", "{CodeSigningConfigArn}", "ListFunctionsByCodeSigningConfig", "UpdateCodeSigningConfig"),
            "CreateCodeSigningConfig": on("lambda:CreateCodeSigningConfig", keys=tags_in("Tags")),
            "PutFunctionCodeSigningConfig": both(
                _function("PutFunctionCodeSigningConfig"),
                on("lambda:PutFunctionCodeSigningConfig", "{CodeSigningConfigArn}"),
            ),
            "DeleteFunctionCodeSigningConfig": _function("DeleteFunctionCodeSigningConfig"),
            "CreateAlias": _function("CreateAlias"),
            "CreateEventSourceMapping": on("lambda:CreateEventSourceMapping", keys=tags_in("Tags")),
            "DeleteAlias": _function("DeleteAlias"),
            "DeleteFunctionConcurrency": _function("DeleteFunctionConcurrency"),
            "GetAlias": _function("GetAlias"),
            "GetFunctionConcurrency": _function("GetFunctionConcurrency"),
            "GetFunctionRecursionConfig": _function("GetFunctionRecursionConfig"),
            "GetRuntimeManagementConfig": _function("GetRuntimeManagementConfig"),
            "ListAliases": _function("ListAliases"),
            "ListTags": on("lambda:ListTags", "{Resource}"),
            "PublishVersion": _function("PublishVersion"),
            "PutFunctionConcurrency": _function("PutFunctionConcurrency"),
            "TagResource": on("lambda:TagResource", "{Resource}", keys=tags_in("Tags")),
            "UntagResource": on("lambda:UntagResource", "{Resource}", keys=untags_in("TagKeys")),
            "UpdateAlias": _function("UpdateAlias"),
            "AddPermission": _function("AddPermission", {"Principal": "lambda:Principal"}),
            "CreateFunction": both(_function("CreateFunction"), pass_role("Role", "lambda.amazonaws.com")),
            "DeleteFunction": _function("DeleteFunction"),
            "GetFunction": _function("GetFunction"),
            "GetFunctionCodeSigningConfig": _function("GetFunctionCodeSigningConfig"),
            "GetFunctionConfiguration": _function("GetFunctionConfiguration"),
            "GetPolicy": _function("GetPolicy"),
            "Invoke": _function("InvokeFunction"),
            "ListVersionsByFunction": _function("ListVersionsByFunction"),
            "RemovePermission": _function("RemovePermission"),
            "UpdateFunctionCode": _function("UpdateFunctionCode"),
            "UpdateFunctionConfiguration": both(
                _function("UpdateFunctionConfiguration"), pass_role("Role", "lambda.amazonaws.com")
            ),
        },
    ),
    "logs": entries(
        SAR + "list_amazoncloudwatchlogs.html",
        {
            **_reads(
                "logs",
                "DeleteQueryDefinition",
                "DeleteResourcePolicy",
                "DescribeLogGroups",
                "DescribeQueryDefinitions",
                "DescribeResourcePolicies",
                "PutQueryDefinition",
                "PutResourcePolicy",
            ),
            **_same("logs", _LOG_GROUP, "AssociateKmsKey", "DeleteSubscriptionFilter", "DescribeSubscriptionFilters"),
            **_same("logs", _LOG_GROUP, "DisassociateKmsKey"),
            **_same("logs", _LOG_STREAM, "CreateLogStream", "DeleteLogStream", "GetLogEvents", "PutLogEvents"),
            **_same("logs", _LOG_GROUP, "DeleteLogGroup", "DeleteMetricFilter", "DeleteRetentionPolicy"),
            **_same("logs", _LOG_GROUP, "DescribeLogStreams", "DescribeMetricFilters", "FilterLogEvents"),
            **_same("logs", _LOG_GROUP, "ListTagsLogGroup", "PutMetricFilter", "PutRetentionPolicy"),
            "PutSubscriptionFilter": both(
                on("logs:PutSubscriptionFilter", _LOG_GROUP), pass_role("roleArn", "logs.amazonaws.com")
            ),
            **{
                f"{verb}DataProtectionPolicy": _identified(f"{verb}DataProtectionPolicy")
                for verb in ("Delete", "Get", "Put")
            },
            **_reads("logs", "DeleteAccountPolicy", "DescribeAccountPolicies", "PutAccountPolicy"),
            **_reads("logs", "DeleteIndexPolicy", "DescribeDestinations", "DescribeIndexPolicies", "PutIndexPolicy"),
            **_same("logs", _DESTINATION, "DeleteDestination", "PutDestinationPolicy"),
            "PutDestination": both(
                on("logs:PutDestination", _DESTINATION, keys=tags_in("tags")),
                pass_role("roleArn", "logs.amazonaws.com"),
            ),
            **_same("logs", _DETECTOR, "DeleteLogAnomalyDetector", "GetLogAnomalyDetector", "UpdateLogAnomalyDetector"),
            "CreateLogAnomalyDetector": _watched,
            "ListLogAnomalyDetectors": on(
                "logs:ListLogAnomalyDetectors", f"arn:{{partition}}:logs:{_HERE}anomaly-detector:*"
            ),
            "CreateDelivery": _delivery,
            "PutDeliverySource": _vended,
            **_same("logs", _SOURCE_OF + "{name}", "GetDeliverySource"),
            # The reference gives the deletion of a source the kind of a destination.
            **_same("logs", _GOAL_OF + "{name}", "DeleteDeliverySource"),
            **_same("logs", _GOAL_OF + "{name}", "DeleteDeliveryDestination", "GetDeliveryDestination"),
            "PutDeliveryDestination": on("logs:PutDeliveryDestination", _GOAL_OF + "{name}", keys=tags_in("tags")),
            **{
                f"{verb}DeliveryDestinationPolicy": on(
                    f"logs:{verb}DeliveryDestinationPolicy", _GOAL_OF + "{deliveryDestinationName}"
                )
                for verb in ("Delete", "Get", "Put")
            },
            **_same("logs", _DELIVERY + "{id}", "DeleteDelivery", "GetDelivery", "UpdateDeliveryConfiguration"),
            **_reads("logs", "DescribeDeliveries", "DescribeDeliveryDestinations", "DescribeDeliverySources"),
            "TagLogGroup": _log_tags("TagLogGroup", tags_in("tags")),
            "UntagLogGroup": _log_tags("UntagLogGroup", untags_in("tags")),
            "CreateLogGroup": on("logs:CreateLogGroup", _LOG_GROUP, keys=tags_in("tags")),
            "ListTagsForResource": on("logs:ListTagsForResource", "{resourceArn}"),
            "TagResource": on("logs:TagResource", "{resourceArn}", keys=tags_in("tags")),
            "UntagResource": on("logs:UntagResource", "{resourceArn}", keys=untags_in("tagKeys")),
        },
    ),
    "ram": entries(
        SAR + "list_awsresourceaccessmanager.html",
        {
            **_reads("ram", "GetResourcePolicies", "GetResourceShareAssociations", "GetResourceShareInvitations"),
            **_reads("ram", "GetResourceShares", "ListPermissions", "ListPrincipals", "ListResourceTypes"),
            **_reads("ram", "ListResources"),
            **_reads("ram", "EnableSharingWithAwsOrganization"),
            **_same("ram", _SHARE, "DeleteResourceShare", "DisassociateResourceShare", "ListResourceSharePermissions"),
            **_same("ram", _SHARE, "UpdateResourceShare"),
            "AcceptResourceShareInvitation": on("ram:AcceptResourceShareInvitation", "{resourceShareInvitationArn}"),
            "AssociateResourceShare": on("ram:AssociateResourceShare", _SHARE),
            "AssociateResourceSharePermission": on("ram:AssociateResourceSharePermission", _SHARE, "{permissionArn}"),
            "CreateResourceShare": on("ram:CreateResourceShare", keys=tags_in("tags")),
            "DisassociateResourceSharePermission": on(
                "ram:DisassociateResourceSharePermission", _SHARE, "{permissionArn}"
            ),
            "GetPermission": on("ram:GetPermission", "{permissionArn}"),
            "RejectResourceShareInvitation": on("ram:RejectResourceShareInvitation", "{resourceShareInvitationArn}"),
            "TagResource": on("ram:TagResource", _SHARE, keys=tags_in("tags")),
            "UntagResource": on("ram:UntagResource", _SHARE, keys=untags_in("tagKeys")),
        },
    ),
    "resourcegroupstaggingapi": entries(
        SAR + "list_amazonresourcegrouptaggingapi.html",
        _reads("tag", "GetResources", "GetTagKeys", "GetTagValues"),
    ),
}
