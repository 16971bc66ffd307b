"""What is deleted takes its tags along. moto keeps those of many kinds by ARN, and a namesake would come with them."""

from collections.abc import Iterable, Mapping

from featureshare.iam.calls import Check
from featureshare.localaws.gateway.emulator import backend
from featureshare.localaws.gateway.protocol import ParsedCall

# (service, operation) -> what the ARN of the thing that goes has in it
_GONE: Mapping[tuple[str, str], str] = {
    ("cloudtrail", "DeleteTrail"): ":trail/",
    ("cloudwatch", "DeleteAlarms"): ":alarm:",
    ("glue", "DeleteConnection"): ":connection/",
    ("glue", "DeleteCrawler"): ":crawler/",
    ("glue", "DeleteDataQualityRuleset"): ":dataQualityRuleset/",
    ("glue", "DeleteDatabase"): ":database/",
    ("glue", "DeleteJob"): ":job/",
    ("glue", "DeleteRegistry"): ":registry/",
    ("glue", "DeleteSchema"): ":schema/",
    ("glue", "DeleteTrigger"): ":trigger/",
    ("logs", "DeleteLogGroup"): ":log-group:",
    ("scheduler", "DeleteScheduleGroup"): ":schedule-group/",
    ("stepfunctions", "DeleteActivity"): ":activity:",
    ("stepfunctions", "DeleteStateMachine"): ":stateMachine:",
}


def forget(call: ParsedCall, checks: Iterable[Check], account: str, region: str) -> None:
    """Drops the tags of what a call has deleted; nothing for other calls."""
    mark = _GONE.get((call.service, call.operation))
    gone = [check.resource for check in checks if mark and mark in check.resource]
    if not gone:
        return
    keeper = backend(call.service, account, region)
    tagger = keeper.tagging_service if call.service == "cloudtrail" else keeper.tagger
    for arn in gone:
        for known in (arn, f"{arn}:*"):
            tagger.delete_all_tags_for_resource(known)
