"""A trial group in a name space: every name of it follows from the pattern and from its own name."""

import pytest

from featureshare.journeys import name_space

CENTRAL = "222222222222"
FACTS = {
    "name": "data-curation--*",
    "account": CENTRAL,
    "arn": f"arn:aws:sagemaker:eu-west-1:{CENTRAL}:feature-group/data-curation--*",
    "classification": None,
    "contact": "data-curation@example.com",
    "created_by": "name-space",
    "database": "fs_features",
    "offline_alias": "alias/fs-offline",
    "offline_role_arn": f"arn:aws:iam::{CENTRAL}:role/fs/offline-store/data-curation/fs-data-curation-offline-store",
    "offline_store": {"enabled": True, "format": "glue"},
    "online_alias": "alias/fs-online",
    "online_store": {"enabled": True, "storage": "standard", "ttl": None},
    "owner": "data-curation",
    "s3_uri": f"s3://fs-offline-{CENTRAL}-eu-west-1/data-curation--*",
    "shared_with": {},
    "store": "central",
    "table": "data_curation__*",
    "with_key": True,
}


@pytest.mark.parametrize(("name", "table"), [("a1", "data_curation__a1"), ("a-b", "data_curation__a_b")])
def test_a_trial_has_the_names_of_its_name_space(name: str, table: str) -> None:
    group = name_space.trial(FACTS, name)
    assert group.name == f"data-curation--{name}"
    assert group.arn.endswith(f":feature-group/data-curation--{name}")
    assert group.s3_uri == f"s3://fs-offline-{CENTRAL}-eu-west-1/data-curation--{name}"
    assert group.table == table
    assert group.offline_role_arn == FACTS["offline_role_arn"]


def test_its_owner_writes_and_manages_it_and_nobody_reads_it() -> None:
    group = name_space.trial(FACTS, "a1")
    assert group.grants("data-curation", "write")
    assert group.grants("data-curation", "manage")
    assert not group.grants("data-curation", "read-online")
    assert not group.grants("core-search", "read-online")
