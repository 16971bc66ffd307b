"""Lake Formation's grants, tags and filters, as Terraform lists them."""

from typing import Any

import pytest
from moto.lakeformation.models import lakeformation_backends
from services_world import CENTRAL, REGION, ROLE, Call

from featureshare.localaws.invocation import ServiceError

WHO = {"DataLakePrincipalIdentifier": ROLE}
TABLE = {"DatabaseName": "d", "Name": "t"}
RESOURCES: list[dict[str, Any]] = [
    {"Catalog": {}},
    {"Database": {"Name": "d"}},
    {"Table": TABLE},
    {"Table": {"DatabaseName": "d", "TableWildcard": {}}},
    {"DataLocation": {"ResourceArn": "arn:aws:s3:::lake"}},
    {"LFTag": {"TagKey": "k", "TagValues": ["a", "b"]}},
    {"LFTagPolicy": {"ResourceType": "TABLE", "Expression": [{"TagKey": "k", "TagValues": ["a"]}]}},
    {"LFTagPolicy": {"ResourceType": "DATABASE", "Expression": [{"TagKey": "k", "TagValues": ["a"]}]}},
]


def grants(call: Call, **wanted: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call("lakeformation", "ListPermissions", **wanted)["PrincipalResourcePermissions"]
    return found


def test_each_grant_is_found_by_its_resource_alone(call: Call) -> None:
    for resource in RESOURCES:
        call("lakeformation", "GrantPermissions", Principal=WHO, Resource=resource, Permissions=["DESCRIBE"])
    for resource in RESOURCES:
        ((kind, value),) = resource.items()
        (found,) = grants(call, Principal=WHO, Resource=resource)
        assert value.items() <= found["Resource"][kind].items()
        assert found["Permissions"] == ["DESCRIBE"]


def test_a_table_finds_grants_on_its_columns(call: Call) -> None:
    columns = {"TableWithColumns": {**TABLE, "ColumnNames": ["c"]}}
    call("lakeformation", "GrantPermissions", Principal=WHO, Resource=columns, Permissions=["SELECT"])
    (found,) = grants(call, Resource={"Table": TABLE})
    assert found["Resource"]["TableWithColumns"]["ColumnNames"] == ["c"]
    assert grants(call, Resource={"Table": {**TABLE, "Name": "u"}}) == []
    assert len(grants(call, ResourceType="TABLE")) == 1
    assert grants(call, ResourceType="DATABASE") == []


def test_grants_add_up_and_go_one_by_one(call: Call) -> None:
    grant = {"Principal": WHO, "Resource": {"Database": {"Name": "d"}}}
    call("lakeformation", "GrantPermissions", **grant, Permissions=["ALTER"], PermissionsWithGrantOption=["ALTER"])
    call("lakeformation", "GrantPermissions", **grant, Permissions=["DROP"])
    assert grants(call)[0]["Permissions"] == ["ALTER", "DROP"]
    call("lakeformation", "RevokePermissions", **grant, Permissions=["ALTER"])
    (left,) = grants(call)
    assert (left["Permissions"], left["PermissionsWithGrantOption"]) == (["DROP"], [])
    call("lakeformation", "RevokePermissions", **grant, Permissions=["DROP"])
    assert grants(call) == []


def test_revoking_nothing_is_refused(call: Call) -> None:
    grant = {"Principal": WHO, "Resource": {"Database": {"Name": "d"}}, "Permissions": ["DESCRIBE"]}
    with pytest.raises(ServiceError, match="No permissions revoked") as caught:
        call("lakeformation", "RevokePermissions", **grant)
    assert caught.value.code == "InvalidInputException"
    failures = call("lakeformation", "BatchRevokePermissions", Entries=[{"Id": "1", **grant}])["Failures"]
    assert [(one["RequestEntry"]["Id"], one["Error"]["ErrorCode"]) for one in failures] == [
        ("1", "InvalidInputException")
    ]


def test_tags_of_a_resource_are_replaced_by_key(call: Call) -> None:
    backend = lakeformation_backends[CENTRAL][REGION]
    for key in ("k", "l"):
        backend.create_lf_tag(CENTRAL, key, ["a", "b"])
    database = {"Resource": {"Database": {"Name": "d"}}}
    for key, value in (("k", "a"), ("l", "a"), ("k", "b")):
        tags = [{"TagKey": key, "TagValues": [value]}]
        assert call("lakeformation", "AddLFTagsToResource", **database, LFTags=tags) == {"Failures": []}
    shown = call("lakeformation", "GetResourceLFTags", **database)["LFTagOnDatabase"]
    assert {tag["TagKey"]: tag["TagValues"] for tag in shown} == {"k": ["b"], "l": ["a"]}
    inherited = call("lakeformation", "GetResourceLFTags", Resource={"Table": TABLE})
    assert [tag["TagKey"] for tag in inherited["LFTagOnDatabase"]] == ["l", "k"]
    call("lakeformation", "RemoveLFTagsFromResource", **database, LFTags=[{"TagKey": "k", "TagValues": ["b"]}])
    assert len(call("lakeformation", "GetResourceLFTags", **database)["LFTagOnDatabase"]) == 1
    unknown = [{"TagKey": "k", "TagValues": ["z"]}]
    (failure,) = call("lakeformation", "AddLFTagsToResource", **database, LFTags=unknown)["Failures"]
    assert failure["Error"]["ErrorCode"] == "EntityNotFoundException"


def test_row_filters(call: Call) -> None:
    named = {"TableCatalogId": CENTRAL, "DatabaseName": "d", "TableName": "t", "Name": "f"}
    data = {**named, "ColumnNames": ["c"], "RowFilter": {"FilterExpression": "c = 1"}}
    call("lakeformation", "CreateDataCellsFilter", TableData=data)
    with pytest.raises(ServiceError, match="already exists"):
        call("lakeformation", "CreateDataCellsFilter", TableData=data)
    call("lakeformation", "UpdateDataCellsFilter", TableData={**data, "RowFilter": {"FilterExpression": "c = 2"}})
    shown = call("lakeformation", "GetDataCellsFilter", **named)["DataCellsFilter"]
    assert shown["RowFilter"] == {"FilterExpression": "c = 2"}
    listed = call("lakeformation", "ListDataCellsFilter", Table={"DatabaseName": "d", "Name": "t"})
    assert [one["Name"] for one in listed["DataCellsFilters"]] == ["f"]
    call("lakeformation", "DeleteDataCellsFilter", **named)
    with pytest.raises(ServiceError, match="is not found"):
        call("lakeformation", "GetDataCellsFilter", **named)


def test_locations(call: Call) -> None:
    arn = "arn:aws:s3:::lake/raw"
    call("lakeformation", "RegisterResource", ResourceArn=arn, RoleArn=ROLE, HybridAccessEnabled=True)
    with pytest.raises(ServiceError, match="already registered"):
        call("lakeformation", "RegisterResource", ResourceArn=arn, UseServiceLinkedRole=True)
    shown = call("lakeformation", "DescribeResource", ResourceArn=arn)["ResourceInfo"]
    assert (shown["RoleArn"], shown["HybridAccessEnabled"], shown["WithFederation"]) == (ROLE, True, False)
    call("lakeformation", "UpdateResource", ResourceArn=arn, RoleArn=ROLE)
    (listed,) = call("lakeformation", "ListResources")["ResourceInfoList"]
    assert listed["HybridAccessEnabled"] is False
    call("lakeformation", "DeregisterResource", ResourceArn=arn)
    with pytest.raises(ServiceError, match="not registered"):
        call("lakeformation", "DescribeResource", ResourceArn=arn)
    call("lakeformation", "RegisterResource", ResourceArn=arn, UseServiceLinkedRole=True)
    linked = call("lakeformation", "DescribeResource", ResourceArn=arn)["ResourceInfo"]["RoleArn"]
    assert linked.endswith("/AWSServiceRoleForLakeFormationDataAccess")


def test_privileged_access_outlasts_another_role(call: Call) -> None:
    arn = "arn:aws:s3:::lake/curated"
    call("lakeformation", "RegisterResource", ResourceArn=arn, RoleArn=ROLE, WithPrivilegedAccess=True)
    call("lakeformation", "UpdateResource", ResourceArn=arn, RoleArn=f"{ROLE}-2")
    shown = call("lakeformation", "DescribeResource", ResourceArn=arn)["ResourceInfo"]
    assert (shown["RoleArn"], shown["WithPrivilegedAccess"]) == (f"{ROLE}-2", True)


def test_settings_show_their_parameters(call: Call) -> None:
    def shown() -> dict[str, Any]:
        found: dict[str, Any] = call("lakeformation", "GetDataLakeSettings")["DataLakeSettings"]
        return found

    assert shown()["Parameters"] == {"CROSS_ACCOUNT_VERSION": "1", "SET_CONTEXT": "TRUE"}
    version = {"Parameters": {"CROSS_ACCOUNT_VERSION": "3"}}
    call("lakeformation", "PutDataLakeSettings", DataLakeSettings={**version, "DataLakeAdmins": [WHO]})
    call("lakeformation", "PutDataLakeSettings", DataLakeSettings={"ReadOnlyAdmins": [WHO]})
    assert shown() == {"ReadOnlyAdmins": [WHO], "Parameters": {"CROSS_ACCOUNT_VERSION": "3", "SET_CONTEXT": "TRUE"}}
    wrong = {"Parameters": {"CROSS_ACCOUNT_VERSION": "9"}}
    with pytest.raises(ServiceError, match="CROSS_ACCOUNT_VERSION 9"):
        call("lakeformation", "PutDataLakeSettings", DataLakeSettings=wrong)
