"""Plans as the runner leaves them, made from a render: one JSON a stack, with the resources that hold its documents."""

import json
from pathlib import Path
from typing import Any

from featureshare.runner.stacks import stacks_of


def resource(kind: str, label: str, module: str = "", index: str | None = None, /, **values: Any) -> dict[str, Any]:
    address = ".".join(part for part in (module, kind, label) if part)
    made = {"address": address, "mode": "managed", "type": kind, "name": label, "values": values}
    return made | ({} if index is None else {"index": index})


def write(normal: dict[str, Any], render: dict[str, Any], folder: Path) -> None:
    """Write the plan of every stack into `folder`."""
    for stack in stacks_of(normal):
        plan = {
            "complete": True,
            "errored": False,
            "planned_values": {
                "outputs": {"documents": {"value": render}, "declaration": {"value": normal}},
                "root_module": {"resources": [], "child_modules": list(_modules(stack, render))},
            },
        }
        (folder / f"{stack.slug}.json").write_text(json.dumps(plan))


def _modules(stack: Any, render: dict[str, Any]):
    for role in render["roles"].values():
        if role["stack"] == stack.kind and role["account"] == stack.account and role["team"] == stack.team:
            yield _role(role)
    for policy in render["managed_policies"].values():
        if policy["team"] == stack.team and policy["account"] == stack.account:
            values = {name: policy[name] for name in ("name", "path")}
            address = f"module.{policy['name']}"
            held = resource("aws_iam_policy", "this", address, policy=policy["document"], **values)
            yield {"address": address, "resources": [held]}
    if stack.kind == "replication":
        yield {"address": "module.replication", "resources": [_rules(render["replication"])]}
    if stack.kind == "central":
        text = render["catalogs"][stack.account]["policy"]
        held = resource("aws_glue_resource_policy", "this", "module.central_store", policy=text)
        yield {"address": "module.central_store", "resources": [held]}
    if stack.kind == "central-team":
        return
    for bucket in render["buckets"].values():
        if bucket["account"] == stack.account and (bucket["team"] == stack.team):
            address = f"module.{bucket['name']}"
            yield {
                "address": address,
                "resources": [
                    resource("aws_s3_bucket", "this", address, bucket=bucket["name"]),
                    resource("aws_s3_bucket_policy", "this", address, policy=bucket["policy"]),
                ],
            }
    for key in render["keys"].values():
        if key["account"] == stack.account and key["team"] == stack.team:
            address = "module.store"
            yield {
                "address": address,
                "resources": [
                    resource("aws_kms_key", "this", address, key["purpose"], policy=key["policy"]),
                    resource("aws_kms_alias", "this", address, key["purpose"], name=key["alias"]),
                ],
            }


def _rules(replication: dict[str, Any]) -> dict[str, Any]:
    rules = [
        {
            "id": rule["id"],
            "filter": [{"prefix": rule["prefix"]}],
            "destination": [
                {"bucket": rule["bucket"], "encryption_configuration": [{"replica_kms_key_id": rule["key"]}]}
            ],
        }
        for rule in replication["rules"]
    ]
    bucket, role = replication["bucket"], replication["role"]
    kind = "aws_s3_bucket_replication_configuration"
    return resource(kind, "this", "module.replication", bucket=bucket, role=role, rule=rules)


def _role(role: dict[str, Any]) -> dict[str, Any]:
    address = f'module.role["{role["name"]}"]'
    held = [
        resource(
            "aws_iam_role",
            "this",
            address,
            name=role["name"],
            path=role["path"],
            assume_role_policy=role["trust"],
            permissions_boundary=role["boundary"],
        )
    ]
    held += [
        resource("aws_iam_role_policy", "this", address, name, name=name, role=role["name"], policy=text)
        for name, text in role["policies"].items()
    ]
    return {"address": address, "resources": held}
