"""Single records: get, batch_get, put, delete."""

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from featureshare.client.connection import RUNTIME, Connection
from featureshare.client.errors import Refused, code_of
from featureshare.client.sharing import Group
from featureshare.client.values import BadValue, Row, Texts, Value, as_text, decode, encode, event_time_text, record_of

BATCH = 100  # records of one BatchGetRecord. Source: Developer Guide, feature-store-quotas
ATTEMPTS = 8
_PAUSE, _LONGEST = 0.05, 5.0
_PASSING = frozenset(
    {
        *("InternalFailure", "InternalServerError", "ServiceUnavailable", "ThrottlingException", "Throttling"),
        *("TooManyRequestsException", "RequestLimitExceeded"),
    }
)

Key = tuple[str, str]


@dataclass(frozen=True)
class Batch:
    """What batch_get found, by (group, identifier): records, identifiers without one, and errors in words."""

    records: Mapping[Key, dict[str, Value]]
    missing: tuple[Key, ...]
    errors: Mapping[Key, str]

    def of(self, group: str) -> dict[str, dict[str, Value]]:
        """The records of one group by identifier."""
        return {identifier: record for (name, identifier), record in self.records.items() if name == group}


class Online:
    """Records of the online store, with the values' own types."""

    def __init__(self, connection: Connection, sleep: Callable[[float], None] = time.sleep) -> None:
        self._connection = connection
        self._sleep = sleep

    def get(self, group: str, identifier: Any, features: Sequence[str] | None = None) -> dict[str, Value] | None:
        """The newest record of an identifier, or None. Raises NotShared, Denied."""
        found = self._group(group, "read-online")
        options: dict[str, Any] = {"FeatureNames": list(features)} if features else {}
        with self._denials("sagemaker:GetRecord", "read-online", found):
            answer = self._client("read-online", found).get_record(
                FeatureGroupName=found.name, RecordIdentifierValueAsString=_identifier(found, identifier), **options
            )
        record = answer.get("Record")
        return decode(found, record) if record else None

    def batch_get(
        self, identifiers: Mapping[str, Iterable[Any]], features: Mapping[str, Sequence[str]] | None = None
    ) -> Batch:
        """The newest records of many identifiers of several groups, `{group: [identifier, ...]}`.

        Asks for a hundred at a time; what the service did not get to, or throttled, is asked for again with growing
        pauses. What stays unanswered stands in `errors`; so does what was denied in part. Raises NotShared, and Denied
        when the whole call is.
        """
        records: dict[Key, dict[str, Value]] = {}
        errors: dict[Key, str] = {}
        asked: list[tuple[Group, str]] = []
        for name, ids in identifiers.items():
            group = self._group(name, "read-online")
            asked += [(group, one) for one in dict.fromkeys(_identifier(group, value) for value in ids)]
        by_session: dict[bool, list[tuple[Group, str]]] = {}
        for group, one in asked:
            by_session.setdefault(group.own, []).append((group, one))
        for keys in by_session.values():
            for begin in range(0, len(keys), BATCH):
                self._batch(keys[begin : begin + BATCH], features or {}, records, errors)
        keys_asked = [(group.name, one) for group, one in asked]
        missing = tuple(key for key in keys_asked if key not in records and key not in errors)
        return Batch(records, missing, errors)

    def put(self, group: str, record: Row, *, offline_only: bool = False) -> None:
        """Write one record; `offline_only` keeps it out of the online store. Raises NotShared, Denied, Refused."""
        found = self._group(group, "write")
        try:
            texts = encode(found, record)
        except BadValue as error:
            raise Refused(f"{group}: {error}") from None
        put_record(self._connection, found, texts, {"TargetStores": ["OfflineStore"]} if offline_only else {})

    def delete(self, group: str, identifier: Any, event_time: Any, *, hard: bool = False) -> None:
        """Delete a record as of a time; `hard` leaves no trace online. The offline store keeps a row that says so.

        Raises NotShared, Denied, Refused.
        """
        found = self._group(group, "delete")
        try:
            when = event_time_text(found.event_time, found.features[found.event_time], event_time)
            with self._denials("sagemaker:DeleteRecord", "delete", found):
                self._client("delete", found).delete_record(
                    FeatureGroupName=found.name,
                    RecordIdentifierValueAsString=_identifier(found, identifier),
                    EventTime=when,
                    DeletionMode="HardDelete" if hard else "SoftDelete",
                )
        except BadValue as error:
            raise Refused(f"{group}: {error}") from None
        except ClientError as error:
            raise refused(found, error) from error

    def _group(self, name: str, verb: str) -> Group:
        return self._connection.group(name, verb)

    def _client(self, verb: str, group: Group) -> Any:
        return self._connection.client(RUNTIME, verb, group)

    def _denials(self, action: str, verb: str, group: Group) -> Any:
        return self._connection.denials(action, group.arn, self._connection.role(verb, group), _ask(group))

    def _batch(
        self,
        keys: list[tuple[Group, str]],
        features: Mapping[str, Sequence[str]],
        records: dict[Key, dict[str, Value]],
        errors: dict[Key, str],
    ) -> None:
        """One call's worth of keys, until each has a record, nothing, or an error that stays."""
        groups = {group.name: group for group, _ in keys}
        first = keys[0][0]
        left = {(group.name, one): "" for group, one in keys}
        client = self._client("read-online", first)
        for attempt in range(ATTEMPTS):
            if attempt:
                self._sleep(pause(attempt))
            blocks: dict[str, list[str]] = {}
            for name, one in left:
                blocks.setdefault(name, []).append(one)
            asked = [
                {
                    "FeatureGroupName": name,
                    "RecordIdentifiersValueAsString": ids,
                    **({"FeatureNames": list(features[name])} if features.get(name) else {}),
                }
                for name, ids in blocks.items()
            ]
            try:
                with self._denials("sagemaker:BatchGetRecord", "read-online", first):
                    answer = client.batch_get_record(Identifiers=asked)
            except ClientError as error:
                if code_of(error) not in _PASSING:
                    raise
                left = dict.fromkeys(left, str(error))
                continue
            for found in answer["Records"]:
                group = groups[_name(found["FeatureGroupName"])]
                records[group.name, found["RecordIdentifierValueAsString"]] = decode(group, found["Record"])
            again: dict[Key, str] = {}
            for failed in answer["Errors"]:
                key = (_name(failed["FeatureGroupName"]), failed["RecordIdentifierValueAsString"])
                words = f"{failed['ErrorCode']}: {failed['ErrorMessage']}"
                (again if failed["ErrorCode"] in _PASSING else errors)[key] = words
            for block in answer["UnprocessedIdentifiers"]:
                for one in block["RecordIdentifiersValueAsString"]:
                    again[_name(block["FeatureGroupName"]), one] = "not processed by the service"
            left = again
            if not left:
                return
        errors.update({key: f"{words} (after {ATTEMPTS} attempts)" for key, words in left.items()})


def put_record(connection: Connection, group: Group, texts: Texts, options: Mapping[str, Any]) -> None:
    """PutRecord of texts by feature, with the errors of this package. Raises Denied, Refused, ClientError."""
    client = connection.client(RUNTIME, "write", group)
    try:
        with connection.denials("sagemaker:PutRecord", group.arn, connection.role("write", group), _ask(group)):
            client.put_record(FeatureGroupName=group.name, Record=record_of(texts), **options)
    except ClientError as error:
        raise refused(group, error) from error


def refused(group: Group, error: ClientError) -> Exception:
    """A ValidationError of the service as Refused; any other error as it is."""
    if code_of(error) in ("ValidationError", "ValidationException"):
        return Refused(f"{group.name}: {error.response['Error'].get('Message', error)}")
    failed: Exception = error
    return failed


def pause(attempt: int) -> float:
    """Seconds before the next attempt: up to twice as long each time, by chance, so that callers spread out."""
    return random.uniform(0, min(_LONGEST, _PAUSE * 2**attempt))


def _identifier(group: Group, value: Any) -> str:
    try:
        return as_text(group.record_identifier, group.features[group.record_identifier], value)
    except BadValue as error:
        raise Refused(f"{group.name}: {error}") from None


def _name(name_or_arn: str) -> str:
    return name_or_arn.rsplit("/", 1)[-1]


def _ask(group: Group) -> str:
    return f"The owner is {group.owner} ({group.contact})."
