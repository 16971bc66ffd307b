"""KMS checks that other services bring about: SSE-KMS, the online store's key, keys in parameters."""

from collections.abc import Mapping

from featureshare.iam.calls.model import Check, KeyFacts
from featureshare.iam.calls.registry import VIA_SERVICE, Context, Scope, account_of

_CONDITIONS = "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html"


def find_key(scope: Scope, key: str) -> KeyFacts | None:
    """The key behind an id, ARN or alias, looked up in the account it names, else in the caller's."""
    return scope.estate.key(account_of(key, scope.call.account), key)


def key_arn(scope: Scope, key: str) -> str:
    """The ARN of the key behind an id, ARN or alias. A key that does not exist keeps the name it was called by."""
    facts = find_key(scope, key)
    if facts:
        return facts.arn
    if key.startswith("arn:"):
        return key
    return scope.arn("kms", key if key.startswith("alias/") else f"key/{key}")


def key_check(
    scope: Scope,
    action: str,
    key: str,
    *,
    via: str | None = None,
    context: Mapping[str, str | tuple[str, ...]] | None = None,
    encryption_context: Mapping[str, str] | None = None,
    as_role: str | None = None,
    through: tuple[str, ...] = (),
    source: str = "",
) -> Check:
    """A check of a KMS action on a key.

    `via` is the service (`s3`, `sagemaker`) that makes the request with its caller's rights: kms:ViaService names it
    with its Region. `as_role` is the service role it acts as instead of the caller, `through` the services before it.
    """
    arn = key_arn(scope, key)
    facts = find_key(scope, key)
    keys: Context = {}
    if via is not None:
        keys["kms:ViaService"] = f"{via}.{scope.call.region}.amazonaws.com"
        keys.update(VIA_SERVICE)
    if facts and facts.aliases:
        keys["kms:ResourceAliases"] = facts.aliases
    for name, value in (facts.tags if facts else {}).items():
        keys[f"aws:ResourceTag/{name}"] = value
    if encryption_context:
        keys.update({f"kms:EncryptionContext:{name}": value for name, value in encryption_context.items()})
        keys["kms:EncryptionContextKeys"] = tuple(encryption_context)
    keys.update(context or {})
    owner = account_of(arn, scope.call.account)
    return Check(action, arn, owner, keys, as_role=as_role, via=through, source=source or _CONDITIONS)
