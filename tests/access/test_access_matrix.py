"""The matrix says what the declaration says, and each cell goes with the grant it stands on."""

import csv
import io
import json
from typing import Any

import planting as plant
import pytest
from brute import brute_force
from test_access_prove import FAULTS

from featureshare.access import Matrix, Model
from featureshare.access.matrix_forms import as_csv, markdown, replicas, table

REPLICA, COPY = "121212121212", "fs-research-replica-121212121212-eu-west-1"
READER = "fs-research-training"

# From environments/local, by hand: what each team may do to each group.
EXPECTED = {
    ("core-search", "keywords", "write"),
    ("core-search", "keywords", "read-online"),
    ("core-search", "keywords", "read-offline"),
    ("core-search", "product-prices", "read-online"),
    ("core-search", "product-prices", "read-offline"),
    ("core-search", "product-vectors", "read-online"),
    ("core-search", "reviews", "read-offline"),
    ("core-search", "sessions", "read-online"),
    ("core-search", "sessions", "read-offline"),
    ("core-search", "users", "read-online"),
    ("core-search", "users", "read-offline"),
    ("data-curation", "data-curation--*", "write"),
    ("data-curation", "data-curation--*", "manage"),
    ("data-curation", "product-vectors", "discover"),
    ("data-curation", "product-vectors", "update"),
    ("data-curation", "reviews", "discover"),
    ("data-curation", "sessions", "discover"),
    ("data-curation", "user-segments", "write"),
    ("data-curation", "user-segments", "discover"),
    ("data-curation", "user-segments", "manage"),
    ("data-curation", "users", "write"),
    ("data-curation", "users", "discover"),
    ("personalization", "sessions", "write"),
    ("personalization", "sessions", "delete"),
    ("personalization", "sessions", "update"),
    ("product-success", "product-prices", "write"),
    ("product-success", "product-vectors", "delete"),
    ("product-success", "product-vectors", "write"),
    ("product-success", "reviews", "write"),
    ("product-success", "reviews", "read-offline"),
    # By a tag of environment.yaml, and no other group that is internal.
    ("product-success", "user-segments", "read-offline"),
    # The readers of a replica: its copies, and nothing of the groups themselves.
    ("research/training", "sessions in research", "read-offline"),
    ("research/training", "users in research", "read-offline"),
}
# A manager describes what it makes, and lists nothing: that is part of what a discoverer does.
PARTLY = {("data-curation", "data-curation--*", "discover")}


def test_cells_are_the_grants(documents):
    matrix = Matrix(Model(documents))
    assert set(matrix.cells) == EXPECTED | PARTLY
    assert {matrix.cells[key].access for key in PARTLY} == {"partly"}
    assert matrix.granted() == EXPECTED


def test_each_cell_has_its_path(documents):
    cells = Matrix(Model(documents)).cells
    assert cells["personalization", "sessions", "write"].paths == (
        ("personalization/pipeline", "fs-personalization-writer"),
    )
    assert cells["core-search", "keywords", "read-online"].paths == (("core-search/serving",),)


@pytest.mark.parametrize(
    ("cell", "change"),
    [
        (
            ("personalization", "sessions", "write"),
            plant.policy("fs-personalization-writer", "write", "PutRecord", "GetRecord"),
        ),
        (
            ("product-success", "reviews", "write"),
            plant.trust("fs-product-success-writer", "fs-product-success-pipeline", "fs-product-success-other"),
        ),
        (
            ("core-search", "sessions", "read-online"),
            plant.policy("fs-core-search-reader-online", "read-online", "group/sessions", "group/elsewhere"),
        ),
        (
            ("core-search", "keywords", "read-online"),
            plant.policy("fs-core-search-serving", "own-read-online", "GetRecord", "PutRecord", "555555555555"),
        ),
        (
            ("data-curation", "user-segments", "manage"),
            lambda documents: plant.role(documents, "fs-data-curation-manager")["policies"].clear(),
        ),
        (
            ("personalization", "sessions", "delete"),
            lambda documents: plant.edited(
                documents["keys"]["222222222222/alias/fs-online"],
                "policy",
                lambda statements: statements.remove(plant.sid(statements, "ReadAndWriteRecords")),
            ),
        ),
    ],
    ids=["action", "trust", "group", "own store", "all policies", "key policy"],
)
def test_without_its_grant_a_cell_is_gone_or_partly_there(cell, change, documents):
    assert cell in Matrix(Model(documents)).granted()
    change(documents)
    assert cell not in Matrix(Model(documents)).granted()


def test_a_new_path_makes_a_new_cell(documents):
    key = ("personalization", "sessions", "read-online")
    assert key not in Matrix(Model(documents)).cells
    plant.policy(
        "fs-personalization-writer", "write", '"sagemaker:PutRecord"', '"sagemaker:PutRecord","sagemaker:GetRecord"'
    )(documents)
    cell = Matrix(Model(documents)).cells[key]
    assert cell.access == "partly"
    assert cell.missing == ("sagemaker-featurestore-runtime:BatchGetRecord",)


def test_a_chain_of_roles_is_followed(documents):
    """pipeline -> writer -> reader-online: the closure is what counts, not the first step."""
    reader = plant.role(documents, "fs-core-search-reader-online")
    writer = plant.role(documents, "fs-personalization-writer")
    plant.trusted("fs-core-search-reader-online", Principal={"AWS": writer["arn"]}, Action="sts:AssumeRole")(documents)
    cells = Matrix(Model(documents)).cells
    assert ("personalization", "sessions", "read-online") not in cells, "the boundary of the writer stops it"
    writer["boundary"] = None
    cells = Matrix(Model(documents)).cells
    assert cells["personalization", "users", "read-online"].paths == (
        ("personalization/pipeline", "fs-personalization-writer", reader["name"]),
    )


def test_forms(documents):
    matrix = Matrix(Model(documents))
    rows = list(csv.DictReader(io.StringIO(as_csv(matrix))))
    assert {(row["team"], row["feature_group"], row["verb"]) for row in rows} == EXPECTED | PARTLY
    assert "| product-success | reviews | write | product-success/pipeline -> fs-product-success-writer |" in markdown(
        matrix
    )
    rows = json.loads(json.dumps([cell.as_dict() for cell in matrix.rows()]))
    assert rows[0]["access"] == "yes"
    assert [row["copy"] for row in rows if row["copy"]] == [
        {"feature_group": "sessions", "replica": "research"},
        {"feature_group": "users", "replica": "research"},
    ]
    assert "| research | training | users | none | its copy | none |" in markdown(matrix)
    assert {row[0] for row in table(matrix)[1:]} == set(documents["teams"])


def reads_elsewhere(documents):
    """The reader may take any role, and no boundary says otherwise."""
    reader = plant.role(documents, READER, REPLICA)
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    reader["policies"]["elsewhere"] = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    reader["boundary"] = None


trusts_the_reader = plant.trusted(
    "fs-core-search-reader-online",
    Principal={"AWS": f"arn:aws:iam::{REPLICA}:role/fs/replica-reader/research/{READER}"},
    Action="sts:AssumeRole",
)


# What a reader of a replica can do when a document is otherwise than it should be, as the second table says it.
UNLIKE: dict[str, tuple[Any, list[list[str]]]] = {
    "as it ships": (
        lambda documents: None,
        [["sessions", "none", "its copy", "none"], ["users", "none", "its copy", "none"]],
    ),
    "without the objects of one": (
        plant.policy(READER, "read-offline", f'"arn:aws:s3:::{COPY}/users/*"', '"arn:aws:s3:::other/*"', REPLICA),
        [["sessions", "none", "its copy", "none"], ["users", "none", "none", "none"]],
    ),
    "without Athena": (
        plant.policy(READER, "read-offline", '"athena:StartQueryExecution",', "", REPLICA),
        [["sessions", "none", "part of its copy", "none"], ["users", "none", "part of its copy", "none"]],
    ),
    "without its key": (
        plant.without("keys", f"{REPLICA}/alias/fs-research-replica", "ReadReplica"),
        [["sessions", "none", "none", "none"], ["users", "none", "none", "none"]],
    ),
    "with a way into the central account": (
        lambda documents: [change(documents) for change in (reads_elsewhere, trusts_the_reader)],
        [
            ["product-prices", "read-online of the group itself", "none", "none"],
            ["product-vectors", "read-online of the group itself", "none", "none"],
            ["sessions", "read-online of the group itself", "its copy", "none"],
            ["users", "read-online of the group itself", "its copy", "none"],
        ],
    ),
}


@pytest.mark.parametrize("name", UNLIKE)
def test_what_a_replica_s_reader_reaches_is_read_off_the_documents(name, documents):
    change, rows = UNLIKE[name]
    change(documents)
    assert replicas(Matrix(Model(documents)))[1:] == [["research", "training", *row] for row in rows]


def test_a_team_that_reaches_a_copy_has_a_cell(documents):
    """By becoming the reader: the only way past the policies of the replica's bucket and key."""
    key = ("core-search", "sessions in research", "read-offline")
    assert key not in Matrix(Model(documents)).cells
    plant.trusted(
        READER,
        REPLICA,
        Principal={"AWS": "arn:aws:iam::555555555555:role/fs/execution/core-search/fs-core-search-training"},
        Action="sts:AssumeRole",
    )(documents)
    training = plant.role(documents, "fs-core-search-training", "555555555555")
    training["policies"]["copy"] = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Resource": f"arn:aws:iam::{REPLICA}:role/fs/replica-reader/research/{READER}",
                }
            ],
        }
    )
    training["boundary"] = None
    assert Matrix(Model(documents)).cells[key].paths == (("core-search/training", READER),)


def test_a_role_that_is_brought_reaches_what_is_shared_and_no_other_team_s_own_store(documents):
    """Its own policies are unknown, so it is taken to hold everything in its account; that opens nothing elsewhere."""
    arn = "arn:aws:iam::333333333333:role/legacy/etl"
    documents["teams"]["product-success"]["execution_roles"]["legacy"] = {"arn": arn, "verbs": ["write"]}
    plant.trust(
        "fs-product-success-writer", "role/fs/execution/product-success/fs-product-success-pipeline", "role/legacy/etl"
    )(documents)
    cells = Matrix(Model(documents)).cells
    mine = {key for key, cell in cells.items() if any(path[0] == "product-success/legacy" for path in cell.paths)}
    assert mine == {("product-success", group, "write") for group in ("product-prices", "product-vectors", "reviews")}


OPENED = {
    "nothing": lambda documents: None,
    "a replica's reader that may become anybody": reads_elsewhere,
    "a replica's bucket that lets everybody of its account read": plant.added(
        "buckets",
        COPY,
        Sid="Open",
        Effect="Allow",
        Principal="*",
        Action="s3:GetObject",
        Resource=f"arn:aws:s3:::{COPY}/*",
    ),
    "a bucket that lets everybody of its account read": plant.added(
        "buckets",
        plant.BUCKET,
        Sid="Open",
        Effect="Allow",
        Principal="*",
        Action=["s3:GetObject", "s3:GetBucketLocation", "s3:ListBucket"],
        Resource=[f"arn:aws:s3:::{plant.BUCKET}", f"arn:aws:s3:::{plant.BUCKET}/*"],
    ),
    "a role that trusts another of its account by name": plant.trusted(
        "fs-personalization-writer",
        Sid="Chained",
        Effect="Allow",
        Principal={"AWS": "arn:aws:iam::222222222222:role/fs/reader-online/core-search/fs-core-search-reader-online"},
        Action="sts:AssumeRole",
    ),
    "a role that trusts everybody": plant.trusted(
        "fs-personalization-writer", Sid="Everybody", Effect="Allow", Principal="*", Action="sts:AssumeRole"
    ),
} | {name: fault[0] for name, fault in FAULTS.items()}


@pytest.mark.parametrize("name", OPENED)
def test_looking_only_where_documents_speak_misses_nothing(name, documents):
    OPENED[name](documents)
    model = Model(documents)
    assert set(Matrix(model).cells) == brute_force(model)
