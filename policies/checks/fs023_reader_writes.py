"""One role reads, another writes: whoever may do both on one resource can change what others train on."""

import re
from collections.abc import Iterator

from featureshare.scan.document import Document, Statement, matches
from featureshare.scan.examples import ACCESS_ROLE, BUCKET, GLUE, RESULTS, SESSIONS, TRAINING, allow, policy
from featureshare.scan.model import Context, Finding, Kind
from featureshare.scan.vocabulary import (
    CATALOG_WRITES,
    OBJECT_DELETES,
    OBJECT_READS,
    OBJECT_WRITES,
    ONLINE_READS,
    ONLINE_WRITES,
    PARTITION_READS,
    foreign,
    home,
    reads_only_manifests,
    sounds_like_reader,
    sounds_like_results,
)

ID = "FS023"
SEVERITY = "HIGH"
TITLE = "A reader does not write or delete what it reads."
FIX = "Move the writing to a role of its own; query results belong in a bucket of their own."
KINDS = ("identity", "s3", "glue")

_MULTIPART = ("s3:abortmultipartupload", "s3:listmultipartuploadparts")
_QUERIES = ("athena:startqueryexecution", "athena:getqueryresults")
_WORKGROUP_WRITES = (
    "athena:createdatacatalog",
    "athena:createworkgroup",
    "athena:deletedatacatalog",
    "athena:deleteworkgroup",
    "athena:updatedatacatalog",
    "athena:updateworkgroup",
)


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    if kind != "identity":
        account = home(document, kind, context)
        return list(_bucket_policy(document, account) if kind == "s3" else _catalog_policy(document, account))
    found = [
        *_both(document, ONLINE_READS, ONLINE_WRITES, "feature group"),
        *_both(document, OBJECT_READS, OBJECT_WRITES, "objects"),
        *_catalog(document),
        *_by_name(document),
    ]
    return list(dict.fromkeys(found))


def _both(document: Document, reads: tuple[str, ...], writes: tuple[str, ...], what: str) -> Iterator[Finding]:
    """Statements that write where some statement of the document reads."""
    readers = [one for one in document.allows if one.grants(*reads) and not reads_only_manifests(one)]
    read = {arn for one in readers for arn in one.resources}
    for statement in document.allows:
        granted = statement.grants(*writes)
        shared = [arn for arn in statement.resources if any(_overlap(arn, other) for other in read)]
        if what == "objects":
            deletes = any(action in OBJECT_DELETES for action in granted)
            shared = [
                arn
                for arn in shared
                if not _results(arn, statement, document) or (deletes and not sounds_like_results(arn))
            ]
        if granted and shared:
            yield Finding(ID, SEVERITY, f"reads {what} {shared[0]} and has {', '.join(granted)}.", statement.label)


def _overlap(one: str, other: str) -> bool:
    return matches(one, other) or matches(other, one)


def _results(arn: str, statement: Statement, document: Document | None = None) -> bool:
    """Whether a place that is read and written is for query results: by its name, by the multipart rights that Athena
    asks for there, or because the document runs queries over another bucket that it only reads."""
    if sounds_like_results(arn) or sounds_like_results(statement.sid) or statement.grants(*_MULTIPART):
        return True
    if document is None or not any(one.grants("athena:startqueryexecution") for one in document.allows):
        return False
    only_read = [one for one in document.allows if one.grants(*OBJECT_READS) and not one.grants(*OBJECT_WRITES)]
    return any(_bucket(other) != _bucket(arn) for one in only_read for other in one.resources)


def _bucket(arn: str) -> str:
    return arn.rsplit(":", 1)[-1].partition("/")[0]


def _databases(statement: Statement) -> set[str]:
    names = [
        re.fullmatch(r"arn:[^:]+:glue:[^:]*:([^:]*):(?:table|database)/([^/]+).*", arn) for arn in statement.resources
    ]
    return {f"{match.group(1)}/{match.group(2)}" for match in names if match}


def _catalog(document: Document) -> Iterator[Finding]:
    """A document that changes tables of a database that it reads."""
    read = set().union(
        *(
            _databases(one)
            for one in document.allows
            if one.grants(*PARTITION_READS) and not one.grants(*CATALOG_WRITES)
        )
    )
    queries = any(one.grants(*OBJECT_READS, *ONLINE_READS, *_QUERIES) for one in document.allows)
    # Who makes tables, groups or objects keeps them, and so does who commits Iceberg tables and reads only their
    # manifests: it reads the tables that it changes.
    makes = ("glue:createtable", "s3:putobject", "sagemaker:createfeaturegroup")
    keeps = any(one.grants(*makes) or reads_only_manifests(one) for one in document.allows)
    for statement in document.allows:
        granted = statement.grants(*CATALOG_WRITES)
        mixed = statement.grants("glue:getpartitions", *(() if keeps else ("glue:gettable",)))
        if granted and (mixed or (queries and read & _databases(statement))):
            yield Finding(ID, SEVERITY, f"reads tables and has {', '.join(granted)}.", statement.label)
        if queries and (changes := statement.grants(*_WORKGROUP_WRITES)):
            yield Finding(ID, SEVERITY, f"runs queries and has {', '.join(changes)}.", statement.label)


def _by_name(document: Document) -> Iterator[Finding]:
    """A statement that calls itself a reader's."""
    for statement in document.allows:
        granted = statement.grants(*ONLINE_WRITES, *OBJECT_DELETES, "glue:deletetable", "glue:updatetable")
        if granted and sounds_like_reader(statement.sid):
            yield Finding(ID, SEVERITY, f"is named for reading and has {', '.join(granted)}.", statement.label)


def _bucket_policy(document: Document, account: str) -> Iterator[Finding]:
    for statement in document.allows:
        strangers = foreign(statement.principals, account)
        names = [principal.name for principal in statement.principals]
        names += [value for guard in statement.binding("aws:principalarn") for value in guard.values]
        readers = [name for name in names if sounds_like_reader(name.rsplit("/", 1)[-1])]
        results = all(_results(arn, statement) for arn in statement.resources)
        deletes = statement.grants(*OBJECT_DELETES)
        writes = statement.grants("s3:putobject")
        if deletes and (strangers or readers):
            yield Finding(ID, SEVERITY, f"gives {', '.join(deletes)} to {names[0]}.", statement.label)
        elif writes and not results and (readers or (strangers and statement.grants(*OBJECT_READS))):
            yield Finding(ID, SEVERITY, f"gives s3:PutObject beside reading to {names[0]}.", statement.label)


def _catalog_policy(document: Document, account: str) -> Iterator[Finding]:
    for statement in document.allows:
        strangers = foreign(statement.principals, account)
        if strangers and (granted := statement.grants(*CATALOG_WRITES)):
            yield Finding(ID, SEVERITY, f"gives {', '.join(granted)} to {strangers[0].value}.", statement.label)


GOOD = [
    ("identity", policy(allow("sagemaker:GetRecord", SESSIONS))),
    (
        "identity",
        policy(
            allow("s3:GetObject", f"{BUCKET}/sessions/*"),
            allow(["s3:GetObject", "s3:PutObject"], f"{RESULTS}/*"),
        ),
    ),
    ("s3", policy(allow(["s3:GetObject", "s3:PutObject"], f"{RESULTS}/*", principal={"AWS": ACCESS_ROLE}))),
]
BAD = [
    ("identity", policy(allow(["sagemaker:GetRecord", "sagemaker:PutRecord"], SESSIONS))),
    ("identity", policy(allow("sagemaker:GetRecord", SESSIONS), allow("sagemaker:DeleteRecord", SESSIONS))),
    ("identity", policy(allow(["s3:GetObject", "s3:DeleteObject"], f"{BUCKET}/sessions/*"))),
    (
        "identity",
        policy(
            allow("s3:GetObject", f"{BUCKET}/sessions/*"),
            allow(["glue:GetTable", "glue:GetPartitions", "glue:DeleteTable"], f"{GLUE}:table/features/sessions"),
        ),
    ),
    ("s3", policy(allow(["s3:GetObject", "s3:DeleteObject"], f"{BUCKET}/*", principal={"AWS": TRAINING}))),
]
