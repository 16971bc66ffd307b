"""What remains reachable on purpose or by AWS's nature: found in the documents, named as in the threat model."""

import re
from pathlib import Path

from featureshare.access.contract import Contract
from featureshare.access.explore import Explorer
from featureshare.access.model import READER_OFFLINE, Model
from featureshare.iam.calls.athena import PRIMARY

_ITEM = re.compile(r"^- `([a-z0-9-]+)`:", re.MULTILINE)


def listed_residual(threat_model: Path) -> tuple[str, ...]:
    """The ids under the heading `residual` of the threat model; empty when there is no such file or heading."""
    try:
        text = threat_model.read_text(encoding="utf-8")
    except OSError:
        return ()
    _, heading, rest = text.partition("\n## residual\n")
    return tuple(_ITEM.findall(rest.partition("\n## ")[0])) if heading else ()


def residual_of(model: Model, contract: Contract, explorer: Explorer) -> dict[str, str]:
    """Ids and what was seen: the central administrator, the deploy role, administrators of team accounts and more."""
    out: dict[str, str] = {}

    def allowed(source: str, action: str, resource: str, owner: str, **context: str) -> bool:
        role = model.roles.get(source)
        actor = model.role_actor(role) if role is not None else model.adversary(source)
        keys = {key.replace("__", ":").replace("_slash_", "/"): value for key, value in context.items()}
        base = model.context(actor, resource, owner) | keys
        return explorer.allowed(actor, action, resource, owner, base).allowed

    iam = f"arn:{model.partition}:iam::"
    stranger = f"{iam}{model.central}:role/undeclared"
    for bucket in model.buckets.values():
        if bucket.account == model.central and allowed(stranger, "s3:PutBucketPolicy", bucket.arn, bucket.account):
            out["central-administrator"] = f"an administrator of {model.central} may change the policy of {bucket.name}"
    for role in model.roles.values():
        if role.kind == "deploy":
            boundary = next((r.boundary for r in model.roles.values() if r.account == role.account and r.boundary), "")
            target = next((r for r in model.roles.values() if r.account == role.account and r.kind != "deploy"), None)
            change = {"iam:PermissionsBoundary": str(boundary)}
            if target is not None and allowed(role.arn, "iam:PutRolePolicy", target.arn, role.account, **change):
                out["deploy-role"] = "the deploy role of each account may change the documents of roles"
            key = f"arn:{model.partition}:kms:{model.region}:{role.account}:key/undeclared"
            tag = {"aws:RequestTag/feature-share": model.name}
            if allowed(role.arn, "kms:TagResource", key, role.account, **tag):
                out["deploy-tags-keys"] = "the deploy role may tag any key of its account and then administer it"
        if role.kind == "execution":
            administrator = f"{iam}{role.account}:role/undeclared"
            passed = {"iam:PassedToService": "sagemaker.amazonaws.com"}
            if allowed(administrator, "iam:PassRole", role.arn, role.account, **passed):
                out["team-administrators"] = "administrators of a team's account may run compute as its execution roles"
        if role.kind == "replica-reader":
            administrator = f"{iam}{role.account}:role/undeclared"
            passed = {"iam:PassedToService": "sagemaker.amazonaws.com"}
            if allowed(administrator, "iam:PassRole", role.arn, role.account, **passed):
                out["replica-administrators"] = "administrators of a replica's account may run compute as its readers"
        if "feature-group-listing" not in out and role.kind not in ("deploy",):
            actor = model.role_actor(role)
            base = model.context(actor, "*", role.account)
            if explorer.allowed(actor, "sagemaker:ListFeatureGroups", "*", role.account, base).allowed:
                out["feature-group-listing"] = "a discoverer sees the names of all feature groups"
    readers: dict[str, list[str]] = {}
    for source, rules in contract.rules.items():
        if source in model.roles:
            for resource in {rule.resource for rule in rules if rule.resource.endswith("/*")}:
                readers.setdefault(resource, []).append(source)
    for bucket in model.buckets.values():
        if bucket.kind == "results" and "result-readers" not in out:
            file = f"{bucket.arn}/shared/athena/x"
            near = [one for place in ("", "shared/") for one in readers.get(f"{bucket.arn}/{place}*", [])]
            if len([one for one in near if allowed(one, "s3:GetObject", file, bucket.account)]) > 1:
                out["result-readers"] = "all principals of a team that read offline read each other's results"
    primary = f"arn:{model.partition}:athena:{model.region}:{model.central}:workgroup/{PRIMARY}"
    offline = [role for role in model.roles.values() if role.kind == READER_OFFLINE]
    # A team may have several such roles.
    if len({one.team for one in offline if allowed(one.arn, "athena:GetQueryExecution", primary, model.central)}) > 1:
        out["primary-queries"] = "teams that may use primary see each other's queries there, by their ids"
    return {key: out[key] for key in sorted(out)}
