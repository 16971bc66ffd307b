"""What goes with a stack of an ephemeral environment: its team's groups made through the API, and no other's."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from featureshare.runner import api_groups
from featureshare.runner.stacks import Stack

CENTRAL = "222222222222"


class SageMaker:
    """Two pages of groups; those in `gone` are deleted already."""

    def __init__(self, names: list[str], gone: tuple[str, ...] = ()) -> None:
        self.names, self.gone, self.deleted = names, gone, list[str]()

    def client(self, _: str) -> "SageMaker":
        return self

    def list_feature_groups(self, MaxResults: int, NextToken: str = "") -> dict[str, Any]:  # noqa: N803, boto3's names
        names, token = (self.names[1:], {}) if NextToken else (self.names[:1], {"NextToken": "more"})
        return {"FeatureGroupSummaries": [{"FeatureGroupName": name} for name in names], **token}

    def delete_feature_group(self, FeatureGroupName: str) -> None:  # noqa: N803
        if FeatureGroupName in self.gone:
            raise ClientError({"Error": {"Code": "ResourceNotFound", "Message": ""}}, "DeleteFeatureGroup")
        self.deleted.append(FeatureGroupName)


def state(**documents: Any) -> dict[str, Any]:
    role = {"kind": "deploy", "account": CENTRAL, "arn": f"arn:aws:iam::{CENTRAL}:role/deploy"}
    return {"outputs": {"documents": {"value": {"roles": {"deploy": role}, **documents}}}}


def group(name: str, owner: str, created_by: str = "api", store: str = "central") -> dict[str, str]:
    return {"name": name, "owner": owner, "created_by": created_by, "store": store}


GROUPS = {
    one["name"]: one
    for one in (group("segments", "curation"), group("users", "curation", "terraform"), group("words", "search"))
}
SPACES = {"x": {"name": "curation--*", "owner": "curation"}}


@pytest.mark.parametrize(
    ("kind", "documents", "deleted"),
    [
        ("central-team", {"feature_groups": GROUPS}, ["segments"]),
        ("central-team", {"name_spaces": SPACES}, ["curation--a", "curation--b"]),
        (
            "central-team",
            {"feature_groups": GROUPS, "name_spaces": SPACES},
            ["curation--a", "curation--b", "segments"],
        ),
        ("team", {"feature_groups": GROUPS, "name_spaces": SPACES}, []),
        ("central-team", {}, []),
    ],
)
def test_what_goes_with_a_stack(
    kind: str, documents: dict[str, Any], deleted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    there = SageMaker(["curation--b", "curation--a", "curation-c", "search--a", "users"])
    monkeypatch.setattr(api_groups, "as_role", lambda *_: there)
    stack = Stack("local", kind, "curation", CENTRAL, "eu-west-1")
    access: Any = None
    assert list(api_groups.retire(state(**documents), stack, access)) == deleted
    assert there.deleted == deleted


def test_a_group_that_is_gone_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    there = SageMaker(["curation--a", "curation--b"], gone=("curation--a",))
    monkeypatch.setattr(api_groups, "as_role", lambda *_: there)
    stack = Stack("local", "central-team", "curation", CENTRAL, "eu-west-1")
    access: Any = None
    assert list(api_groups.retire(state(name_spaces=SPACES), stack, access)) == ["curation--b"]
