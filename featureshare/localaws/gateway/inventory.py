"""What is left in every account, for "destroy leaves nothing"."""

from collections.abc import Iterable
from typing import Any

from moto.athena.models import athena_backends
from moto.glue.models import glue_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.ssm.models import ssm_backends

from featureshare.localaws.patches.batch import MADE_BY_SERVICE
from featureshare.localaws.services.state import every_group


def inventory(landing_zone: Iterable[str] = ()) -> dict[str, dict[str, list[str]]]:
    """{account: {kind: [ARN or name]}} of everything made, without what the landing zone made and what AWS gives.

    Keys waiting for deletion are gone for this purpose; accounts and kinds without anything are left out.
    """
    ignored = set(landing_zone)
    found: dict[str, dict[str, list[str]]] = {}

    def add(account: str, kind: str, name: str) -> None:
        if name not in ignored:
            found.setdefault(account, {}).setdefault(kind, []).append(name)

    for account, store in _stores(iam_backends):
        for role in list(store.roles.values()):
            if not role.__dict__.get(MADE_BY_SERVICE):
                add(account, "roles", role.arn)
        for user in list(store.users.values()):
            add(account, "users", user.arn)
        for arn in list(store.managed_policies):
            if f"::{account}:" in arn:
                add(account, "policies", arn)
        for profile in list(store.instance_profiles.values()):
            add(account, "instance_profiles", profile.arn)
    for account, store in _stores(s3_backends):
        for bucket in list(store.buckets.values()):
            add(account, "buckets", bucket.arn)
    for account, store in _stores(kms_backends):
        for key in list(store.keys.values()):
            if any(alias.startswith("alias/aws/") for alias in key.aliases):
                continue
            for alias in key.aliases:
                add(account, "key_aliases", alias)
            if key.key_state != "PendingDeletion":
                add(account, "keys", key.arn)
    for account, store in _stores(glue_backends):
        for name, database in list(store.databases.items()):
            add(account, "glue_databases", name)
            for table in list(database.tables):
                add(account, "glue_tables", f"{name}.{table}")
        if store.resource_policies:
            add(account, "glue_resource_policies", account)
    for account, store in _stores(athena_backends):
        for name in list(store.work_groups):
            if name != "primary":
                add(account, "workgroups", name)
    for account, store in _stores(ssm_backends):
        for name in list(store._parameters):
            if not name.startswith("/aws/"):
                add(account, "parameters", name)
    for group in every_group():
        add(group.account, "feature_groups", group.arn)
    return {
        account: {kind: sorted(names) for kind, names in sorted(kinds.items())}
        for account, kinds in sorted(found.items())
    }


def _stores(backends: Any) -> list[tuple[str, Any]]:
    return [(account, store) for account, regions in list(backends.items()) for store in list(regions.values())]
