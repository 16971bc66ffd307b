"""The landing zone of a local environment: what other teams have made before this product comes, as one document."""

from collections.abc import Mapping
from typing import Any

from featureshare.errors import BadInput, Problem

UNDECLARED_MEMBER = "777777777777"
"""An account of the organization that no declaration names."""

OUTSIDER = "888888888888"
"""An account outside the organization."""


def landing_zone(render: Mapping[str, Any]) -> dict[str, Any]:
    """The document that `LocalAWS.land` plays for an environment, from its render.

    Organization with the accounts declared and one that is not, deploy roles, roles that teams bring, the platform
    role, the organization's policies and the bucket of the Terraform state.
    """
    environment, zone = render["environment"], render["landing_zone"]
    management = zone["platform"]["account"]
    names = {replica["account"]: name for name, replica in sorted((render.get("replicas") or {}).items())}
    names |= {team["account"]: name for name, team in sorted(render["teams"].items())}
    names |= {environment["central_account"]: "central", UNDECLARED_MEMBER: "undeclared"}
    names.pop(management, None)
    roles = {key: role for key, role in render["roles"].items() if role["stack"] == "landing-zone"}
    roles |= {f"brought/{key}": _brought(role) for key, role in (render.get("brought_roles") or {}).items()}
    roles["platform"] = _platform(zone["platform"], environment["partition"])
    return {
        "management_account": management,
        "organization_id": environment["organization_id"],
        "region": environment["region"],
        "partition": environment["partition"],
        "accounts": names,
        "organization": {"scps": zone.get("scps") or {}, "rcps": zone.get("rcps") or {}},
        "roles": roles,
        "buckets": {
            zone["state"]["bucket"]: {
                "account": zone["state"]["account"],
                "versioned": True,
                "policy": zone["state"].get("policy"),
            }
        },
        "platform_role": zone["platform"]["arn"],
    }


def _platform(platform: Mapping[str, Any], partition: str) -> dict[str, Any]:
    """The platform role. Nobody may assume it: its session comes from the landing zone's own door. Raises BadInput."""
    if not platform["arn"].split(":", 5)[5].startswith("role/"):
        rule = f"local AWS hands out sessions of roles, and {platform['arn']} is none."
        raise BadInput([Problem("environment.yaml", "platform.principal", rule, "name a role, or use it on AWS.")])
    return {
        **_named(platform["arn"]),
        "account": platform["account"],
        "trust": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "SignInOnly",
                    "Effect": "Allow",
                    "Principal": {"Federated": f"arn:{partition}:iam::{platform['account']}:saml-provider/sign-in"},
                    "Action": "sts:AssumeRoleWithSAML",
                }
            ],
        },
        "policies": {"platform": platform["policy"]},
    }


def _brought(role: Mapping[str, Any]) -> dict[str, Any]:
    """A role that a team had before: compute services of its account may have it."""
    services = ["sagemaker.amazonaws.com", "lambda.amazonaws.com", "ec2.amazonaws.com", "ecs-tasks.amazonaws.com"]
    return {
        **_named(role["arn"]),
        "account": role["account"],
        "trust": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"Service": services}, "Action": "sts:AssumeRole"}],
        },
        "policies": role["policies"],
    }


def _named(arn: str) -> dict[str, str]:
    path, _, name = arn.split(":", 5)[5].removeprefix("role").rpartition("/")
    return {"name": name, "path": f"{path}/"}
