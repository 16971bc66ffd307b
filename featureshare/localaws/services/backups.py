"""Backup's selections, policies and notifications of vaults, and changes of plans, which moto lacks."""

import copy
import uuid
from typing import Any

from moto.backup.models import Plan, backup_backends
from moto.core.utils import utcnow

from featureshare.localaws.invocation import Handler, Invocation, ServiceError

_SELECTIONS, _VAULTS = "featureshare-selections", "featureshare-vaults"


def update_plan(call: Invocation) -> dict[str, Any]:
    """Replaces a plan's rules: the same plan in a new version."""
    old = _plan(call)
    new = Plan(copy.deepcopy(dict(call.params["BackupPlan"])), old.creator_request_id, _backend(call))
    new.backup_plan_id, new.backup_plan_arn, new.creation_date = (
        old.backup_plan_id,
        old.backup_plan_arn,
        old.creation_date,
    )
    _backend(call).plans[old.backup_plan_id] = new
    return new.to_dict()


def create_selection(call: Invocation) -> dict[str, Any]:
    _plan(call)
    name, now = str(uuid.uuid4()), utcnow()
    plan = str(call.params["BackupPlanId"])
    _kept(call, _SELECTIONS)[plan, name] = {
        "BackupSelection": dict(call.params["BackupSelection"]),
        **{"SelectionId": name, "BackupPlanId": plan, "CreationDate": now},
    }
    return {"SelectionId": name, "BackupPlanId": plan, "CreationDate": now}


def get_selection(call: Invocation) -> dict[str, Any]:
    return _selection(call)


def delete_selection(call: Invocation) -> dict[str, Any]:
    found = _selection(call)
    del _kept(call, _SELECTIONS)[found["BackupPlanId"], found["SelectionId"]]
    return {}


def put_policy(call: Invocation) -> dict[str, Any]:
    _of_vault(call)["policy"] = str(call.params["Policy"])
    return {}


def get_policy(call: Invocation) -> dict[str, Any]:
    policy = _of_vault(call).get("policy")
    if policy is None:
        raise ServiceError("ResourceNotFoundException", "Backup vault access policy not found")
    vault = _vault(call)
    return {"BackupVaultName": vault.backup_vault_name, "BackupVaultArn": vault.backup_vault_arn, "Policy": policy}


def vault_policy(store: Any, arn: str) -> str | None:
    """The policy on a vault of moto's backend `store`."""
    found: str | None = store.__dict__.get(_VAULTS, {}).get(arn, {}).get("policy")
    return found


def delete_policy(call: Invocation) -> dict[str, Any]:
    _of_vault(call).pop("policy", None)
    return {}


def put_notifications(call: Invocation) -> dict[str, Any]:
    members = ("SNSTopicArn", "BackupVaultEvents")
    _of_vault(call)["notifications"] = {member: call.params[member] for member in members}
    return {}


def get_notifications(call: Invocation) -> dict[str, Any]:
    found = _of_vault(call).get("notifications")
    if found is None:
        raise ServiceError("ResourceNotFoundException", "Failed reading notifications from database for Backup vault")
    vault = _vault(call)
    return {"BackupVaultName": vault.backup_vault_name, "BackupVaultArn": vault.backup_vault_arn, **found}


def delete_notifications(call: Invocation) -> dict[str, Any]:
    _of_vault(call).pop("notifications", None)
    return {}


def list_tags(call: Invocation) -> dict[str, Any]:
    """The tags of a vault or plan, whose ARN moto finds in paths of one form only."""
    return {"Tags": _backend(call).list_tags(str(call.params["ResourceArn"]))}


def list_recovery_points(call: Invocation) -> dict[str, Any]:
    """None: nothing is backed up here."""
    _vault(call)
    return {"RecoveryPoints": []}


def _plan(call: Invocation) -> Any:
    found = _backend(call).plans.get(str(call.params["BackupPlanId"]))
    if found is None:
        raise ServiceError("ResourceNotFoundException", "Failed reading Backup plan with provided version")
    return found


def _selection(call: Invocation) -> dict[str, Any]:
    wanted = (str(call.params["BackupPlanId"]), str(call.params["SelectionId"]))
    found: dict[str, Any] | None = _kept(call, _SELECTIONS).get(wanted)
    if found is None:
        raise ServiceError("ResourceNotFoundException", f"Cannot find selection {wanted[1]}")
    return found


def _vault(call: Invocation) -> Any:
    found = _backend(call).vaults.get(str(call.params["BackupVaultName"]))
    if found is None:
        raise ServiceError("ResourceNotFoundException", f"Backup vault {call.params['BackupVaultName']} not found")
    return found


def _of_vault(call: Invocation) -> dict[str, Any]:
    held: dict[str, Any] = _kept(call, _VAULTS).setdefault(_vault(call).backup_vault_arn, {})
    return held


def _kept(call: Invocation, what: str) -> dict[Any, Any]:
    held: dict[Any, Any] = _backend(call).__dict__.setdefault(what, {})
    return held


def _backend(call: Invocation) -> Any:
    return backup_backends[call.account][call.region]


HANDLERS: dict[tuple[str, str], Handler] = {
    ("backup", name): handler
    for name, handler in {
        "CreateBackupSelection": create_selection,
        "DeleteBackupSelection": delete_selection,
        "DeleteBackupVaultAccessPolicy": delete_policy,
        "DeleteBackupVaultNotifications": delete_notifications,
        "GetBackupSelection": get_selection,
        "GetBackupVaultAccessPolicy": get_policy,
        "GetBackupVaultNotifications": get_notifications,
        "ListRecoveryPointsByBackupVault": list_recovery_points,
        "ListTags": list_tags,
        "PutBackupVaultAccessPolicy": put_policy,
        "PutBackupVaultNotifications": put_notifications,
        "UpdateBackupPlan": update_plan,
    }.items()
}
