"""moto's topics: attributes that it takes and does not show are shown, as those of a topic that was given them; a
policy of a subscription that is emptied is gone, and an archive's, which tells since when there is one."""

from typing import Any

from moto.core.utils import camelcase_to_underscores, iso_8601_datetime_with_milliseconds
from moto.sns.models import SNSBackend
from moto.sns.responses import SNSResponse

_PROTOCOLS = ("HTTP", "Firehose", "Lambda", "Application", "SQS")
_KEPT = (
    "ArchivePolicy",
    "FifoThroughputScope",
    "SignatureVersion",
    "TracingConfig",
    *(f"{protocol}{kind}FeedbackRoleArn" for protocol in _PROTOCOLS for kind in ("Success", "Failure")),
    *(f"{protocol}SuccessFeedbackSampleRate" for protocol in _PROTOCOLS),
)
_show = SNSResponse.get_topic_attributes
_set = SNSBackend.set_subscription_attributes
_EMPTY = ("", "{}")
_SINCE = "featureshare_archived_since"


def apply() -> None:
    def get_topic_attributes(self: Any) -> Any:
        shown: Any = _show(self)
        topic = self.backend.get_topic(self._get_param("TopicArn"))
        kept = {name: topic.__dict__.get(camelcase_to_underscores(name)) for name in _KEPT}
        if str(kept["ArchivePolicy"] or "").strip() in _EMPTY:
            topic.__dict__.pop(_SINCE, None)
            kept.pop("ArchivePolicy")
        else:
            kept["BeginningArchiveTime"] = topic.__dict__.setdefault(_SINCE, iso_8601_datetime_with_milliseconds())
        shown.result["Attributes"].update({name: value for name, value in kept.items() if value})
        return shown

    def set_subscription_attributes(self: Any, arn: str, name: str, value: Any) -> None:
        emptied = str(value).strip() in _EMPTY
        _set(self, arn, name, "" if emptied else value)
        if emptied:
            next(one for one in self.subscriptions.values() if one.arn == arn).attributes.pop(name, None)

    SNSBackend.set_subscription_attributes = set_subscription_attributes  # type: ignore[method-assign]
    SNSResponse.get_topic_attributes = get_topic_attributes  # type: ignore[method-assign]
