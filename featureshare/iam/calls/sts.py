"""STS: who may become which role, and with which tags and source identity.

GetSessionToken and GetFederationToken have no entry on purpose: they need long-term keys, which nothing here has.
"""

from collections.abc import Iterator

from featureshare.iam.calls.model import Check
from featureshare.iam.calls.registry import (
    SAR,
    Context,
    Entry,
    Scope,
    Table,
    account_of,
    entries,
    nothing,
    on,
    request_tags,
    tag_pairs,
)

_API = "https://docs.aws.amazon.com/STS/latest/APIReference/API_{operation}.html"
_TAGS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html"
_SOURCE_IDENTITY = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html"


def _assume_role(scope: Scope) -> Iterator[Check]:
    """AssumeRole on the role, then TagSession and SetSourceIdentity where the new session would carry them.

    `_transitive_tags` ({key: value}) and `_source_identity` are what the caller's own session already carries: they
    pass along the chain and are authorised again at each hop.
    """
    role = scope.text("RoleArn")
    owner = account_of(role, scope.call.account)
    carried = tag_pairs(scope.get("_transitive_tags"))
    identity = scope.get("SourceIdentity", scope.get("_source_identity"))
    tags = request_tags({**tag_pairs(scope.get("Tags")), **carried})
    transitive = tuple(dict.fromkeys([*scope.get("TransitiveTagKeys", ()), *carried]))
    if transitive:
        tags["sts:TransitiveTagKeys"] = transitive
    named: Context = {} if identity is None else {"sts:SourceIdentity": str(identity)}
    context: Context = {**tags, **named}
    for key, name in (("sts:RoleSessionName", "RoleSessionName"), ("sts:ExternalId", "ExternalId")):
        if scope.get(name) is not None:
            context[key] = scope.text(name)
    yield Check("sts:AssumeRole", role, owner, context)
    if tags:
        yield Check("sts:TagSession", role, owner, tags, source=_TAGS)
    if named:
        yield Check("sts:SetSourceIdentity", role, owner, named, source=_SOURCE_IDENTITY)


TABLE: Table = {
    **entries(_API, {"AssumeRole": _assume_role, "GetCallerIdentity": nothing}),
    "DecodeAuthorizationMessage": Entry(
        on("sts:DecodeAuthorizationMessage"), SAR + "list_awssecuritytokenservice.html"
    ),
    "GetAccessKeyInfo": Entry(on("sts:GetAccessKeyInfo"), SAR + "list_awssecuritytokenservice.html"),
}
