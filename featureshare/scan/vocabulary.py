"""Facts that several rules share: what actions are for, whose resource a policy guards, which names say what."""

import functools
import re
from collections.abc import Iterable

from featureshare.iam.catalogue import ActionInfo, catalogue
from featureshare.scan.document import Document, Statement, matches
from featureshare.scan.model import Context, Kind
from featureshare.scan.principals import Principal, account_of, names_few

# Services that the catalogue leaves out, and actions that it limits only by resources which nobody names.
_WILDCARD_BY_CUSTOM = frozenset(
    {
        "cloudwatch:getmetricdata",
        "cloudwatch:listmetrics",
        "cloudwatch:putmetricdata",
        "ecr:getauthorizationtoken",
        "xray:putsegments",
        "xray:puttelemetryrecords",
        "xray:puttracesegments",
    }
)

ONLINE_READS = ("sagemaker:getrecord", "sagemaker:batchgetrecord", "sagemaker:listrecords")
ONLINE_WRITES = (
    "sagemaker:putrecord",
    "sagemaker:batchwriterecord",
    "sagemaker:deleterecord",
    "sagemaker:createfeaturegroup",
    "sagemaker:updatefeaturegroup",
    "sagemaker:updatefeaturemetadata",
    "sagemaker:deletefeaturegroup",
)
OBJECT_READS = ("s3:getobject", "s3:getobjectversion")
OBJECT_DELETES = ("s3:deleteobject", "s3:deleteobjectversion")
OBJECT_WRITES = ("s3:putobject", *OBJECT_DELETES)
PARTITION_READS = ("glue:gettable", "glue:gettables", "glue:getpartition", "glue:getpartitions")
CATALOG_WRITES = (
    "glue:batchcreatepartition",
    "glue:batchdeletepartition",
    "glue:batchdeletetable",
    "glue:batchupdatepartition",
    "glue:createpartition",
    "glue:createtable",
    "glue:deletedatabase",
    "glue:deletepartition",
    "glue:deletetable",
    "glue:updatedatabase",
    "glue:updatepartition",
    "glue:updatetable",
)
KEY_ADMINISTRATION = (
    "kms:createalias",
    "kms:deletealias",
    "kms:deleteimportedkeymaterial",
    "kms:disablekey",
    "kms:disablekeyrotation",
    "kms:enablekey",
    "kms:importkeymaterial",
    "kms:putkeypolicy",
    "kms:replicatekey",
    "kms:schedulekeydeletion",
    "kms:tagresource",
    "kms:untagresource",
    "kms:updatealias",
    "kms:updateprimaryregion",
)
TAG_KEYS = ("aws:resourcetag/", "sagemaker:resourcetag/")

READER = re.compile(r"read|consum|query|analyst|viewer|serving|training|inference|discover", re.IGNORECASE)
_NOT_READER = re.compile(r"writ|manage|admin|produc|delet|deploy|offline-?store|ingest", re.IGNORECASE)
_RESULTS = re.compile(
    r"result|athena|quer(y|ies)|output|scratch|te?mp\b|unload|materiali|artifact|checkpoint|workspace", re.IGNORECASE
)


def sounds_like_reader(name: str) -> bool:
    """Whether a role's name or a Sid says that it reads and nothing else."""
    return bool(READER.search(name)) and not _NOT_READER.search(name)


def sounds_like_results(arn: str) -> bool:
    """Whether an S3 ARN names a place for what readers make themselves: query results, a training job's artifacts."""
    return bool(_RESULTS.search(arn))


def is_wildcard_only(action: str) -> bool:
    """Whether an action (lower case) knows no resource, so that only `Resource: "*"` grants it."""
    info = catalogue().find(action)
    return action in _WILDCARD_BY_CUSTOM or (info is not None and info.wildcard_only)


@functools.cache
def expand(pattern: str) -> tuple[ActionInfo, ...]:
    """The catalogue's actions that a pattern of a covered service stands for."""
    service = pattern.partition(":")[0]
    if service not in catalogue().services():
        return ()
    return tuple(info for info in catalogue().actions(service) if matches(pattern, info.name.lower()))


def home(document: Document, kind: Kind, context: Context) -> str:
    """The account of the resource that a resource or trust policy guards.

    Glue ARNs name it. A trust of a service names it in aws:SourceAccount. A bucket whose name holds only the
    consumer's account id, or that is for query results, is the consumer's. A key whose policy delegates to the
    consumer's account alone and gives the owner's roles its mere use is the consumer's own. Else the owner's.
    """
    if kind == "glue":
        accounts = {account_of(arn) for statement in document.statements for arn in statement.resources}
        known = (accounts - {""}) & context.known
        if len(known) == 1:
            return known.pop()
    if kind == "trust":
        for statement in document.allows:
            for guard in statement.binding("aws:sourceaccount"):
                if len(guard.values) == 1 and guard.values[0] in context.known:
                    return guard.values[0]
    if kind == "s3" and context.consumer_account:
        names = " ".join(arn.split(":::")[-1] for statement in document.statements for arn in statement.resources)
        owners, consumers = context.owner_account in names, context.consumer_account in names
        if owners != consumers:
            return context.consumer_account if consumers else context.owner_account
        if not owners and sounds_like_results(names):
            return context.consumer_account
    if kind == "kms" and context.consumer_account and _consumers_own_key(document, context):
        return context.consumer_account
    return context.owner_account


def _consumers_own_key(document: Document, context: Context) -> bool:
    delegated = {
        principal.account
        for statement in document.allows
        if "kms:*" in statement.actions and not statement.guards
        for principal in statement.principals
        if principal.kind == "account"
    }
    owners = [
        statement
        for statement in document.allows
        if any(principal.account == context.owner_account for principal in statement.principals)
    ]
    return (
        delegated == {context.consumer_account}
        and bool(owners)
        and not any(statement.grants(*KEY_ADMINISTRATION) for statement in owners)
    )


def narrowed(statement: Statement) -> bool:
    """Whether conditions cut an account (or everybody) down to principals that somebody chose by name or by tag."""
    for guard in statement.binding("aws:principalarn"):
        if all(names_few(value) for value in guard.values) and (guard.globs or guard.exact):
            return True
    if any(guard.exact for guard in statement.binding("aws:principaltag/", "aws:username", "sts:externalid")):
        return True
    return any(
        not value.startswith(("*", "?")) for guard in statement.binding("aws:userid") for value in guard.values[:1]
    )


def pinned_account(statement: Statement, *keys: str) -> str:
    """The one account that a binding guard on one of the keys names; empty when there is none."""
    for guard in statement.binding(*keys):
        if guard.exact and len(guard.values) == 1:
            return guard.values[0]
    return ""


def is_home_administrator(principal: Principal, account: str) -> bool:
    """Whether a principal may administer a key: its own account's root, or a role there whose name is no reader's."""
    if principal.account != account:
        return False
    return principal.kind == "account" or (
        principal.kind in ("role", "user")
        and bool(
            re.search(
                r"admin|deploy|platform|terraform|root|secur|key|infra|"
                r"ops|ci",
                principal.name,
                re.IGNORECASE,
            )
        )
    )


def reads_only_manifests(statement: Statement) -> bool:
    """Whether a statement covers nothing but Iceberg's manifests, which their writer reads back."""
    return bool(statement.resources) and all("/metadata/" in arn for arn in statement.resources)


def foreign(principals: Iterable[Principal], account: str) -> tuple[Principal, ...]:
    """Those AWS principals that are not of this account."""
    kinds = ("account", "role", "user", "session")
    return tuple(principal for principal in principals if principal.kind in kinds and principal.account != account)
