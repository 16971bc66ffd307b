"""KMS itself: keys, aliases, policies, grants, rotation, and direct cryptographic use."""

from collections.abc import Callable, Iterator
from functools import partial

from featureshare.iam.calls.keys import key_arn, key_check
from featureshare.iam.calls.model import Check
from featureshare.iam.calls.registry import (
    Answer,
    Context,
    Keys,
    Scope,
    Table,
    as_text,
    entries,
    on,
    request_tags,
    tags_in,
    text_keys,
    untags_in,
)

_API = "https://docs.aws.amazon.com/kms/latest/APIReference/API_{operation}.html"


def _alias(scope: Scope, name: str) -> str:
    return name if name.startswith("arn:") else scope.arn("kms", name)


def _by_alias(key: str) -> Context:
    """kms:RequestAlias, when the caller named the key by an alias."""
    name = key.rpartition(":")[2]
    return {"kms:RequestAlias": name} if name.startswith("alias/") else {}


def _key(action: str, *, alias: bool = False, keys: Keys | None = None, parameter: str = "KeyId") -> Answer:
    """The action on the key in a parameter; `alias` where the request may name it by alias and says so to policies."""

    def checks(scope: Scope) -> Iterator[Check]:
        key = scope.text(parameter)
        context: Context = {**(_by_alias(key) if alias else {}), **(keys(scope) if keys else {})}
        yield key_check(scope, action, key, context=context)

    return checks


def _crypto(action: str, *, context: str = "EncryptionContext", parameter: str = "KeyId", extra: Context) -> Answer:
    """A cryptographic operation with its encryption context. Ciphertext that names no key matches no single key."""

    def checks(scope: Scope) -> Iterator[Check]:
        key = scope.text(parameter)
        keys: Context = {**_by_alias(key), **extra}
        yield key_check(scope, action, key, context=keys, encryption_context=scope.get(context))

    return checks


_SYMMETRIC: Context = {"kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}


def _create_key(scope: Scope) -> Iterator[Check]:
    """CreateKey knows no resource; tags at birth need kms:TagResource, in an identity policy as there is no key yet."""
    tags = request_tags(scope.get("Tags"))
    context: Context = {
        **tags,
        "kms:KeySpec": scope.text("KeySpec", scope.text("CustomerMasterKeySpec", "SYMMETRIC_DEFAULT")),
        "kms:KeyUsage": scope.text("KeyUsage", "ENCRYPT_DECRYPT"),
        "kms:KeyOrigin": scope.text("Origin", "AWS_KMS"),
        "kms:MultiRegion": as_text(scope.get("MultiRegion", False)),
        "kms:BypassPolicyLockoutSafetyCheck": as_text(scope.get("BypassPolicyLockoutSafetyCheck", False)),
    }
    yield Check("kms:CreateKey", "*", scope.call.account, context, new=True)
    if tags:
        source = "https://docs.aws.amazon.com/kms/latest/developerguide/tag-permissions.html"
        new = scope.arn("kms", "key/*")
        yield Check("kms:TagResource", new, scope.call.account, tags, source=source, new=True)


def _replicate(scope: Scope) -> Iterator[Check]:
    """The primary key, then the creation in the other Region, where the new key's tags are asked for as well."""
    region = scope.text("ReplicaRegion")
    yield key_check(scope, "kms:ReplicateKey", scope.text("KeyId"), context={"kms:ReplicaRegion": region})
    tags = request_tags(scope.get("Tags"))
    yield Check("kms:CreateKey", "*", scope.call.account, {**tags, "kms:MultiRegion": "true"}, new=True)
    if tags:
        new = scope.arn("kms", "key/*", region=region)
        yield Check("kms:TagResource", new, scope.call.account, tags, new=True)


def _alias_and(action: str, *targets: Callable[[Scope], str | None]) -> Answer:
    """An alias operation: once on the alias, where no key policy speaks, and once on each key concerned."""

    def checks(scope: Scope) -> Iterator[Check]:
        yield Check(action, _alias(scope, scope.text("AliasName")), scope.call.account)
        found = [target(scope) for target in targets]
        for key in dict.fromkeys(key_arn(scope, one) for one in found if one):
            yield key_check(scope, action, key)

    return checks


def _old_target(scope: Scope) -> str | None:
    """The key an alias points to now."""
    facts = scope.estate.key(scope.call.account, scope.text("AliasName"))
    return facts.arn if facts else None


def _new_target(scope: Scope) -> str | None:
    return scope.text("TargetKeyId")


def _grant(scope: Scope) -> Context:
    context: Context = {"kms:GrantIsForAWSResource": "false"}
    operations = scope.get("Operations")
    if operations:
        context["kms:GrantOperations"] = tuple(operations)
    for parameter, key in (
        ("GranteePrincipal", "kms:GranteePrincipal"),
        ("RetiringPrincipal", "kms:RetiringPrincipal"),
    ):
        if scope.get(parameter):
            context[key] = scope.text(parameter)
    constraints = scope.get("Constraints") or {}
    kinds = [kind for kind in ("EncryptionContextEquals", "EncryptionContextSubset") if constraints.get(kind)]
    if kinds:
        context["kms:GrantConstraintType"] = kinds[0]
    return context


def _policy(scope: Scope) -> Context:
    return {"kms:BypassPolicyLockoutSafetyCheck": as_text(scope.get("BypassPolicyLockoutSafetyCheck", False))}


def _deletion(scope: Scope) -> Context:
    return {"kms:ScheduleKeyDeletionPendingWindowInDays": scope.text("PendingWindowInDays", "30")}


_wrapping = text_keys(WrappingAlgorithm="kms:WrappingAlgorithm", WrappingKeySpec="kms:WrappingKeySpec")
_importing = text_keys(ExpirationModel="kms:ExpirationModel")


def _re_encrypt(scope: Scope) -> Iterator[Check]:
    old, new = scope.text("SourceKeyId"), scope.text("DestinationKeyId")
    same: Context = {"kms:ReEncryptOnSameKey": as_text(key_arn(scope, old) == key_arn(scope, new)), **_SYMMETRIC}
    before, after = scope.get("SourceEncryptionContext"), scope.get("DestinationEncryptionContext")
    for action, key, named in (("kms:ReEncryptFrom", old, before), ("kms:ReEncryptTo", new, after)):
        yield key_check(scope, action, key, context={**_by_alias(key), **same}, encryption_context=named)


_symmetric = partial(_crypto, extra=_SYMMETRIC)

TABLE: Table = entries(
    _API,
    {
        "CancelKeyDeletion": _key("kms:CancelKeyDeletion"),
        "CreateAlias": _alias_and("kms:CreateAlias", _new_target),
        "CreateGrant": _key("kms:CreateGrant", keys=_grant),
        "CreateKey": _create_key,
        "Decrypt": _symmetric("kms:Decrypt"),
        "DeleteAlias": _alias_and("kms:DeleteAlias", _old_target),
        **{
            f"{verb}CustomKeyStore": on(f"kms:{verb}CustomKeyStore")
            for verb in ("Connect", "Create", "Delete", "Disconnect", "Update")
        },
        "DescribeCustomKeyStores": on("kms:DescribeCustomKeyStores"),
        "DescribeKey": _key("kms:DescribeKey", alias=True),
        "DisableKey": _key("kms:DisableKey"),
        "DisableKeyRotation": _key("kms:DisableKeyRotation"),
        "EnableKey": _key("kms:EnableKey"),
        "EnableKeyRotation": _key("kms:EnableKeyRotation"),
        "Encrypt": _symmetric("kms:Encrypt"),
        "GenerateDataKey": _symmetric("kms:GenerateDataKey"),
        "GenerateDataKeyWithoutPlaintext": _symmetric("kms:GenerateDataKeyWithoutPlaintext"),
        "GetKeyPolicy": _key("kms:GetKeyPolicy"),
        "GetKeyRotationStatus": _key("kms:GetKeyRotationStatus"),
        "DeleteImportedKeyMaterial": _key("kms:DeleteImportedKeyMaterial"),
        "GetParametersForImport": _key("kms:GetParametersForImport", keys=_wrapping),
        "ImportKeyMaterial": _key("kms:ImportKeyMaterial", keys=_importing),
        "GetPublicKey": _key("kms:GetPublicKey", alias=True),
        "ListAliases": on("kms:ListAliases"),
        "ListGrants": _key("kms:ListGrants"),
        "ListKeyPolicies": _key("kms:ListKeyPolicies"),
        "ListKeyRotations": _key("kms:ListKeyRotations"),
        "ListKeys": on("kms:ListKeys"),
        "ListResourceTags": _key("kms:ListResourceTags"),
        "ListRetirableGrants": on("kms:ListRetirableGrants"),
        "PutKeyPolicy": _key("kms:PutKeyPolicy", keys=_policy),
        "ReEncrypt": _re_encrypt,
        "ReplicateKey": _replicate,
        "RetireGrant": _key("kms:RetireGrant"),
        "RevokeGrant": _key("kms:RevokeGrant"),
        "RotateKeyOnDemand": _key("kms:RotateKeyOnDemand"),
        "ScheduleKeyDeletion": _key("kms:ScheduleKeyDeletion", keys=_deletion),
        "TagResource": _key("kms:TagResource", keys=tags_in("Tags")),
        "UntagResource": _key("kms:UntagResource", keys=untags_in("TagKeys")),
        "UpdateAlias": _alias_and("kms:UpdateAlias", _old_target, _new_target),
        "UpdateKeyDescription": _key("kms:UpdateKeyDescription"),
    },
)
