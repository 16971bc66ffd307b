"""Systems Manager parameters."""

from collections.abc import Iterator

from featureshare.iam.calls.keys import key_check
from featureshare.iam.calls.model import Check
from featureshare.iam.calls.registry import (
    Answer,
    Context,
    Keys,
    Scope,
    Table,
    account_of,
    as_text,
    both,
    entries,
    on,
    request_tags,
    tags_in,
    untags_in,
    when,
)

_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html"
_KEYS = "https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html"


def _arn(scope: Scope, name: str) -> str:
    """A parameter's ARN: its name without the leading slash; a version or label after a colon is no part of it."""
    if name.startswith("arn:"):
        return name
    return scope.arn("ssm", "parameter/" + name.partition(":")[0].removeprefix("/"))


def _one(action: str, name: str = "Name", keys: Keys | None = None) -> Answer:
    def checks(scope: Scope) -> Iterator[Check]:
        resource = _arn(scope, scope.text(name))
        yield Check(action, resource, account_of(resource, scope.call.account), keys(scope) if keys else {})

    return checks


def _each(action: str, names: str = "Names") -> Answer:
    def checks(scope: Scope) -> Iterator[Check]:
        for name in scope.get(names) or ("*",):
            resource = _arn(scope, str(name))
            yield Check(action, resource, account_of(resource, scope.call.account))

    return checks


def _put(scope: Scope) -> Iterator[Check]:
    """A SecureString is encrypted with the caller's rights; tags at birth need ssm:AddTagsToResource."""
    resource = _arn(scope, scope.text("Name"))
    tags = request_tags(scope.get("Tags"))
    overwrite: Context = {"ssm:Overwrite": as_text(scope.get("Overwrite", False))}
    yield Check("ssm:PutParameter", resource, scope.call.account, {**tags, **overwrite})
    if tags:
        yield Check("ssm:AddTagsToResource", resource, scope.call.account, tags)
    if scope.get("Type") == "SecureString":
        action = "kms:GenerateDataKey" if scope.get("Tier") == "Advanced" else "kms:Encrypt"
        named = {"PARAMETER_ARN": resource}
        key = scope.text("KeyId", "alias/aws/ssm")
        yield key_check(scope, action, key, via="ssm", encryption_context=named, source=_KEYS)


def _document(action: str, keys: Keys | None = None) -> Answer:
    """A document by name or ARN."""

    def checks(scope: Scope) -> Iterator[Check]:
        name = scope.text("Name")
        resource = name if name.startswith("arn:") else scope.arn("ssm", f"document/{name}")
        yield Check(action, resource, account_of(resource, scope.call.account), keys(scope) if keys else {})

    return checks


def _tagging(action: str, keys: Keys | None = None) -> Answer:
    """Tags of a parameter, or of a document where the call says so."""

    def checks(scope: Scope) -> Iterator[Check]:
        name = scope.text("ResourceId")
        document = scope.get("ResourceType") == "Document"
        resource = scope.arn("ssm", f"document/{name}") if document else _arn(scope, name)
        yield Check(action, resource, account_of(resource, scope.call.account), keys(scope) if keys else {})

    return checks


TABLE: Table = entries(
    _PAGE,
    {
        **{
            name: _document(f"ssm:{name}")
            for name in (
                *("DeleteDocument", "DescribeDocument", "DescribeDocumentPermission", "GetDocument"),
                *("ModifyDocumentPermission", "UpdateDocument", "UpdateDocumentDefaultVersion"),
            )
        },
        "CreateDocument": both(
            _document("ssm:CreateDocument", tags_in("Tags")),
            when("Tags", _document("ssm:AddTagsToResource", tags_in("Tags"))),
        ),
        "ListDocuments": on("ssm:ListDocuments"),
        "AddTagsToResource": _tagging("ssm:AddTagsToResource", tags_in("Tags")),
        "DeleteParameter": _one("ssm:DeleteParameter"),
        "DeleteParameters": _each("ssm:DeleteParameters"),
        "DescribeParameters": on("ssm:DescribeParameters"),
        "GetParameter": _one("ssm:GetParameter"),
        "GetParameterHistory": _one("ssm:GetParameterHistory"),
        "GetParameters": _each("ssm:GetParameters"),
        "GetParametersByPath": _one(
            "ssm:GetParametersByPath", "Path", lambda scope: {"ssm:Recursive": as_text(scope.get("Recursive", False))}
        ),
        "ListTagsForResource": _tagging("ssm:ListTagsForResource"),
        "PutParameter": _put,
        "RemoveTagsFromResource": _tagging("ssm:RemoveTagsFromResource", untags_in("TagKeys")),
    },
)
