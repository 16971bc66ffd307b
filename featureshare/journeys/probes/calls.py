"""The calls that probes make. Each is harmless if it is wrongly allowed; each docstring says why."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from featureshare.journeys import athena, options
from featureshare.journeys.cast import Group, Workgroup
from featureshare.journeys.data import as_text, event_time
from featureshare.journeys.denials import Overridden

PROBE = "probe"  # the name of things that are not there
_NO_SUCH_ETAG = '"00000000000000000000000000000000"'


def put_record(client: Any, group: Group, name: str) -> None:
    """A record without its event time: refused as invalid once it is authorized, so nothing is written."""
    record = [{"FeatureName": group.record_identifier, "ValueAsString": _identifier(group)}]
    client.put_record(FeatureGroupName=name, Record=record)


def update_record(client: Any, group: Group, names: tuple[str, ...]) -> None:
    """The update of a record that no pipeline writes: not found once it is authorized, so nothing is written."""
    client.update_record(
        FeatureGroupName=group.name,
        RecordIdentifierValueAsString=_identifier(group),
        Features=options.update_of(group, names),
    )


def delete_record(client: Any, group: Group, name: str, now: datetime) -> None:
    """The deletion of a record that no pipeline writes."""
    moment = as_text(event_time(now, group.type_of(group.event_time)))
    client.delete_record(FeatureGroupName=name, RecordIdentifierValueAsString=_identifier(group), EventTime=moment)


def get_record(client: Any, group: Group, name: str) -> None:
    """A record that no pipeline writes: nothing to see."""
    client.get_record(FeatureGroupName=name, RecordIdentifierValueAsString=_identifier(group))


def batch_get_record(client: Any, group: Group) -> None:
    """The same in a batch; a denial may come as a failure or as an entry of the answer (PROBE), and is raised alike."""
    answer = client.batch_get_record(
        Identifiers=[{"FeatureGroupName": group.name, "RecordIdentifiersValueAsString": [_identifier(group)]}]
    )
    for error in answer["Errors"]:
        shape = {"Error": {"Code": error["ErrorCode"], "Message": error["ErrorMessage"]}}
        raise client.exceptions.ClientError(shape, "BatchGetRecord")


def create_group(client: Any, group: Group) -> None:
    """A group that nobody declared, of which the event time is no feature: refused as invalid once it is authorized."""
    client.create_feature_group(
        FeatureGroupName=f"{group.name}-{PROBE}",
        RecordIdentifierFeatureName=group.record_identifier,
        EventTimeFeatureName=PROBE,
        FeatureDefinitions=[{"FeatureName": group.record_identifier, "FeatureType": "String"}],
        OnlineStoreConfig={"EnableOnlineStore": True},
        Tags=[{"Key": "owner", "Value": group.owner}],
    )


def create_as(client: Any, request: dict[str, Any]) -> None:
    """A creation of which the event time is no feature: refused as invalid once it is authorized."""
    client.create_feature_group(**{**request, "EventTimeFeatureName": PROBE})


def add_tags(client: Any, arn: str) -> None:
    """A tag that nothing reads."""
    client.add_tags(ResourceArn=arn, Tags=[{"Key": PROBE, "Value": PROBE}])


def delete_tags(client: Any, arn: str) -> None:
    """The removal of a tag that is not there."""
    client.delete_tags(ResourceArn=arn, TagKeys=[PROBE])


def update_group(client: Any, group: Group) -> None:
    """The addition of a feature that is there: refused as invalid once it is authorized."""
    name, kind = group.features[0]
    client.update_feature_group(
        FeatureGroupName=group.name, FeatureAdditions=[{"FeatureName": name, "FeatureType": kind}]
    )


def create_grant(client: Any, key: str, grantee: str) -> None:
    """A grant to see a key's description, to whoever asks for it."""
    client.create_grant(KeyId=key, GranteePrincipal=grantee, Operations=["DescribeKey"])


def get_object(client: Any, bucket: str, prefix: str) -> None:
    """An object that is not there."""
    client.get_object(Bucket=bucket, Key=prefix + PROBE)


def put_object(client: Any, bucket: str, prefix: str, **options: str) -> None:
    """A write on the condition that the object has an ETag that none has: nothing is written."""
    client.put_object(Bucket=bucket, Key=prefix + PROBE, Body=b"", IfMatch=_NO_SUCH_ETAG, **options)


def delete_object(client: Any, bucket: str, prefix: str) -> None:
    """A deletion on the condition that the object has an ETag that none has: nothing is deleted."""
    client.delete_object(Bucket=bucket, Key=prefix + PROBE, IfMatch=_NO_SUCH_ETAG)


def list_objects(client: Any, bucket: str, prefix: str, **options: str) -> None:
    """The names of at most one object."""
    client.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1, **options)


def get_table(client: Any, group: Group) -> None:
    """The definition of a table; no row of it."""
    client.get_table(CatalogId=group.account, DatabaseName=group.database, Name=group.table)


def update_table(client: Any, group: Group) -> None:
    """The change of a table that is not there."""
    client.update_table(CatalogId=group.account, DatabaseName=group.database, TableInput={"Name": PROBE})


def delete_table(client: Any, group: Group) -> None:
    """The removal of a table that is not there."""
    client.delete_table(CatalogId=group.account, DatabaseName=group.database, Name=PROBE)


def update_data_catalog(client: Any, name: str, account: str) -> None:
    """A data catalog is told to mean what it means already."""
    client.update_data_catalog(Name=name, Type="GLUE", Parameters={"catalog-id": account})


def get_partitions(client: Any, group: Group) -> None:
    """The names of partitions; no row of them."""
    client.get_partitions(CatalogId=group.account, DatabaseName=group.database, TableName=group.table, MaxResults=1)


def elsewhere(client: Any, workgroup: Workgroup, bucket: str) -> None:
    """A query that asks for its result in another bucket. Raises Overridden when it goes to the configured one."""
    query = client.start_query_execution(
        QueryString="SELECT 1",
        WorkGroup=workgroup.name,
        ResultConfiguration={"OutputLocation": f"s3://{bucket}/{PROBE}/"},
    )["QueryExecutionId"]
    execution = client.get_query_execution(QueryExecutionId=query)["QueryExecution"]
    location = execution["ResultConfiguration"]["OutputLocation"]
    if location.startswith(workgroup.output_location):
        raise Overridden(f"the result went to {workgroup.output_location} all the same")


def query(client: Any, text: str, workgroup: Workgroup) -> None:
    """A query to its end, in a workgroup that may run it."""
    athena.run(client, text, workgroup, "default")


def query_anywhere(client: Any) -> None:
    """A query that names no workgroup."""
    client.start_query_execution(QueryString="SELECT 1")


def look_at_primary(client: Any) -> None:
    client.get_work_group(WorkGroup="primary")


def create_role(client: Any, path: str) -> None:
    """A role with a trust policy that is none: refused as malformed once it is authorized."""
    client.create_role(Path=path, RoleName=PROBE, AssumeRolePolicyDocument="{}")


def create_alias(client: Any, alias: str) -> None:
    """An alias for a key that is not there."""
    client.create_alias(AliasName=f"{alias}-{PROBE}", TargetKeyId="00000000-0000-0000-0000-000000000000")


def parameters(client: Any, path: str) -> None:
    """The parameters under a path: reading changes nothing."""
    client.get_parameters_by_path(Path=path, Recursive=True)


def decrypt(client: Any, alias: str) -> None:
    """A decryption of what is no ciphertext."""
    client.decrypt(KeyId=alias, CiphertextBlob=b"no ciphertext")


def bucket_and_prefix(group: Group) -> tuple[str, str]:
    """The bucket and the key prefix of a group's offline store."""
    place = urlsplit(group.s3_uri or "")
    return place.netloc, place.path.strip("/") + "/"


def _identifier(group: Group) -> str:
    return PROBE if group.type_of(group.record_identifier) == "String" else "0"
