"""How far a wildcard in a resource's name reaches."""

import re

from featureshare.scan.conditions import has_wildcard
from featureshare.scan.document import Statement
from featureshare.scan.vocabulary import TAG_KEYS

# `<team>--*` is a name space: no declared group has `--` in its name. `__` in tables, where `-` becomes `_`.
_NAME_SPACE_KEY = re.compile(r"[^*?/]+--\*/\*")
_NAME_SPACE_TABLE = re.compile(r"[^*?/]+__\*")

# SageMaker ends prefixes and tables in the epoch second of creation. Ten `?` match exactly that and no other name.
_EPOCH = re.compile(r"(?<=[-_])\?{10}(?!\?)")


def s3_key_problem(key: str) -> str | None:
    """What is wrong with the wildcard in an object key or a value of s3:prefix; None when it ends at a `/`."""
    rest = _EPOCH.sub("0000000000", key)
    match = re.search(r"[*?]", re.sub(r"\$\{[*?$]\}", "_", rest))
    if match is None or _NAME_SPACE_KEY.fullmatch(key):
        return None
    before = rest[: match.start()]
    if not before:
        return f"{key!r} starts with a wildcard"
    if not before.endswith("/"):
        return f"{key!r} cuts a name off, so it also reaches every other name that begins with {before!r}"
    return None


def name_problem(arn: str, statement: Statement) -> str | None:
    """What is wrong with a wildcard in the last part of a resource's ARN; None when there is nothing.

    Wildcards in the other parts, a bare `*`, and key ids belong to other rules.
    """
    parts = arn.split(":", 5)
    if len(parts) != 6 or not has_wildcard(parts[5]):
        return None
    service, name = parts[2], parts[5]
    if service == "s3":
        return _s3(name)
    if service == "kms" and name == "key/*":
        return None
    if service == "glue":
        return _glue(name, statement)
    if service == "sagemaker" and name.startswith("feature-group/"):
        return _feature_group(name, statement)
    if service == "logs":
        return None  # a stream's name is made at run time, and logs are no shared data
    if service == "secretsmanager" and re.fullmatch(r"[^*?]+-\?{6}", name):
        return None
    if service in ("iam", "athena", "sagemaker", "kms", "lakeformation"):
        return f"{name!r} is a pattern and names no single resource"
    if re.fullmatch(r"[^*?/:]+[/:][^*?]+[/:]\*", name):
        return None
    return f"{name!r} is a pattern and names no single resource"


def _s3(name: str) -> str | None:
    access_point = re.fullmatch(r"accesspoint/[^*?/]+/object/(.*)", name)
    if access_point:
        name = f"accesspoint/{access_point.group(1)}"
    bucket, _, key = name.partition("/")
    if has_wildcard(bucket):
        return f"{bucket!r} is a pattern over bucket names, which anybody can choose"
    return None if key == "*" else s3_key_problem(key)


def _feature_group(name: str, statement: Statement) -> str | None:
    # A name space, or a tag that must have an exact value and picks the groups where names do not.
    if re.fullmatch(r"feature-group/[^*?]+--\*", name) or statement.pins(*TAG_KEYS):
        return None
    return f"{name!r} also covers groups that nobody named, now or later"


def _glue(name: str, statement: Statement) -> str | None:
    family, _, rest = name.partition("/")
    database, _, table = rest.partition("/")
    if has_wildcard(family) or has_wildcard(database):
        return f"{name!r} covers databases that nobody named"
    if family.lower() == "userdefinedfunction":
        return None
    if table == "*":
        # Who makes tables in a database of its own cannot name them; SageMaker's default database is nobody's own.
        if statement.grants("glue:createtable") and database != "sagemaker_featurestore":
            return None
        return f"{name!r} is every table of the database"
    if has_wildcard(_EPOCH.sub("0", table)) and not _NAME_SPACE_TABLE.fullmatch(table):
        return f"{name!r} also covers tables that nobody named"
    return None
