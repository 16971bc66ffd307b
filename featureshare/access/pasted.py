"""What people paste when something is denied: AWS's messages, engine messages of Athena and Glue, CloudTrail events.

The wordings of IAM: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html; the fields of an
event: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from featureshare.access.estate import DeclaredEstate
from featureshare.access.model import Model
from featureshare.iam.calls import Call, Unmapped, checks_for

_MESSAGE = re.compile(
    r"(?P<principal>arn:[\w-]+:(?:iam|sts)::\d{12}:[^\s\"']+)\s+is not authorized to perform:?\s+"
    r"(?P<action>[a-z0-9-]+:[A-Za-z]+)(?:\s+on (?:the )?resource:?\s+[\"']?(?P<resource>(?:arn:|\*)[^\s,\"']*))?"
)
_LAYER = re.compile(
    r"(?:because no|explicit deny in(?: an?| the)?)\s+(?P<layer>identity-based policy|resource-based policy|"
    r"permissions boundary|session policy|service control policy|resource control policy|VPC endpoint policy)"
)

# What a query engine says instead of IAM: the pattern, the action behind it, and what its resource is. No principal.
_ENGINES: tuple[tuple[str, str, str], ...] = (
    (r"Permission denied on S3 path: s3[an]?://(?P<path>[^\s\"')]+)", "s3:GetObject", "object"),
    (r"(?i)access denied when writing (?:output )?to (?:url|location):? s3[an]?://(?P<path>[^\s\"')]+)", "s3:PutObject",
     "object"),
    (r"Unable to verify/create output bucket (?P<path>[\w.-]+)", "s3:GetBucketLocation", "bucket"),
    (r"ciphertext refers to a (?:customer master|KMS) key that does not exist", "kms:Decrypt", ""),
)  # fmt: skip

# Symptoms that no document of ours can show, and their causes; the first that fits counts.
# https://docs.aws.amazon.com/athena/latest/ug/security-iam-cross-account-glue-catalog-access.html,
# https://docs.aws.amazon.com/athena/latest/ug/cross-account-permissions.html, the troubleshooting pages of Lake
# Formation, and the README of the Feature Store Spark connector.
_SYMPTOMS: tuple[tuple[str, str], ...] = (
    (
        r"lakeformation:GetDataAccess",
        "Lake Formation governs the table and has no grant for this role. Grant it there, or take the location "
        "out of Lake Formation: this product's tables are governed by IAM alone.",
    ),
    (
        r"AWSServiceRoleForLakeFormationDataAccess|AWSLakeFormationDataAccess",
        "Lake Formation vended credentials of its service-linked role, which cannot be used across accounts, or the "
        "location is not registered. Take the location out of Lake Formation, or register it with a role of its own.",
    ),
    (
        r"Insufficient (?:Glue|Lake Formation) permissions|Insufficient permissions to (?:access|execute the query)|"
        r"Required .{1,40} on Catalog",
        "Lake Formation or the catalog's resource policy stops it: that policy lacks the account, or, beside Lake "
        "Formation, EnableHybrid=TRUE. If it works for administrators only: does IAMAllowedPrincipals still hold "
        "database and table?",
    ),
    (
        r"SUPER privileges required",
        "Lake Formation holds a grant on columns only; vending credentials asks for the whole table.",
    ),
    (
        r"GetTemporaryCredentialsForTableV2|AllowFullTableExternalDataAccess",
        "Lake Formation's full-table external access is off, or its list lacks this account.",
    ),
    (
        r"(?i)(?:database|schema)\b.{0,60}\b(?:not found|does not exist|cannot be found)|(?:SCHEMA|TABLE)_NOT_FOUND",
        "the database is looked for in the caller's catalog: run the query as the access role in the central account, "
        "or name the resource link. Glue holds names in lower case.",
    ),
    (
        r"arn:[\w-]+:glue:[^\s\"']*:(?:database|table)/[^\s\"']*[A-Z]",
        "Glue writes names in lower case into ARNs: a policy that names them with capitals matches nothing.",
    ),
    (
        r"(?i)AccessControlListNotSupported|The bucket does not allow ACLs|s3:PutObjectAcl",
        "the bucket enforces its owner's ownership: send no ACL, or bucket-owner-full-control alone.",
    ),
    (
        r"ciphertext refers to a (?:customer master|KMS) key|AWS.managed (?:KMS )?key|alias/aws/",
        "the key policy lacks the role that reads, or the data is under a key that AWS manages, which no other account "
        "can use: write again under the store's own key.",
    ),
    (
        r"(?i)VpceAccessDenied|no VPC endpoint policy|deny in an? VPC endpoint policy",
        "the call went through a VPC endpoint whose policy does not admit it: that policy must name the central "
        "account's feature groups and buckets, and the assumed role.",
    ),
    (
        r"no session policy|deny in an? session policy",
        "the session was made with a policy of its own, which only takes away: take the role without one.",
    ),
    (
        r"(?i)exceeds the (?:1 hour|MaxSessionDuration)|DurationSeconds exceeds",
        "a role that is taken by a session of another role lasts an hour at most: ask for 3600 seconds or less.",
    ),
    (
        r"(?i)ExpiredToken|security token included in the request is expired",
        "the session is over: take the role again. `featureshare.client` refreshes sessions by itself.",
    ),
    (
        r"(?i)(?:specified key does not exist|0 rows|returned no rows)",
        "nothing is denied: the offline store fills some minutes after the write, or the location is another one.",
    ),
)


@dataclass(frozen=True)
class Pasted:
    """What a pasted text says: the request, as far as it can be read, and a cause that the text itself shows.

    `layer` is the kind of policy that AWS names (`identity-based policy`, ...), `call` the API call of an event.
    """

    principal: str = ""
    action: str = ""
    resource: str = ""
    cause: str = ""
    layer: str = ""
    call: Call | None = None


def read_pasted(text: str) -> Pasted:
    """Read an AccessDenied message, what a query engine says of one, or a CloudTrail event (JSON)."""
    event = _json(text)
    if event is not None:
        return _event(event)
    cause = _cause(text)
    layer = _LAYER.search(text)
    said = layer["layer"] if layer else ""
    found = _MESSAGE.search(text)
    if found is not None:
        return Pasted(found["principal"], found["action"], _trimmed(found["resource"]), cause, said)
    for pattern, action, kind in _ENGINES:
        if (match := re.search(pattern, text)) is not None:
            path = match["path"].rstrip(".,;") if kind else ""
            return Pasted("", action, f"arn:aws:s3:::{path}" if kind else "*", cause, said)
    return Pasted(cause=cause, layer=said)


def _cause(text: str) -> str:
    return next((said for pattern, said in _SYMPTOMS if re.search(pattern, text)), "")


def _trimmed(resource: str | None) -> str:
    return (resource or "*").rstrip(".")


def _json(text: str) -> Mapping[str, Any] | None:
    """The event in a text: itself, the first record of a log file, or what LookupEvents wraps."""
    try:
        event = json.loads(text)
    except ValueError:
        return None
    for key in ("Records", "Events"):
        if isinstance(event, dict) and isinstance(event.get(key), list) and event[key]:
            event = event[key][0]
    if isinstance(event, list) and event:
        event = event[0]
    if isinstance(event, dict) and isinstance(event.get("detail"), dict):
        event = event["detail"]  # as EventBridge delivers it
    if isinstance(event, dict) and isinstance(event.get("CloudTrailEvent"), str):
        return _json(event["CloudTrailEvent"])
    return event if isinstance(event, dict) else None


def _event(event: Mapping[str, Any]) -> Pasted:
    identity = event.get("userIdentity") or {}
    said = " ".join(str(event.get(key) or "") for key in ("errorCode", "errorMessage"))
    layer = _LAYER.search(said)
    found = _MESSAGE.search(said)
    resources = [one.get("ARN") or one.get("arn") for one in event.get("resources") or () if isinstance(one, dict)]
    principal = _principal(identity) or (found["principal"] if found else "")
    call = _call(event, identity)
    resource = (found["resource"] if found else None) or next(filter(None, resources), None)
    cause = _cause(said) or ("" if said.strip() else "the event records no error: the call was let through.")
    action = found["action"] if found else f"{call.service}:{call.operation}"
    return Pasted(principal, action, _trimmed(resource), cause, layer["layer"] if layer else "", call)


def _principal(identity: Mapping[str, Any]) -> str:
    """Who asked: the role behind a session, with its path, as far as the event says."""
    issuer = ((identity.get("sessionContext") or {}).get("sessionIssuer") or {}).get("arn")
    return str(issuer or identity.get("arn") or identity.get("invokedBy") or "")


def _call(event: Mapping[str, Any], identity: Mapping[str, Any]) -> Call:
    service = str(event.get("eventSource", "")).partition(".")[0]
    operation = re.sub(r"\d{8}$", "", str(event.get("eventName", "")))  # Lambda and others add a date
    account = str(identity.get("accountId") or event.get("recipientAccountId") or "")
    parameters = event.get("requestParameters") or {}
    partition = str(identity.get("arn") or "arn:aws").split(":")[1]
    region = str(event.get("awsRegion") or "")
    return Call(service, operation, _input(service, parameters), account, region, _principal(identity), partition)


def _input(service: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Request parameters as the API has them: CloudTrail begins names with a small letter, and has S3's own names."""
    if service == "s3":
        names = {"bucketName": "Bucket", "key": "Key", "prefix": "Prefix"}
        return {names[key]: value for key, value in parameters.items() if key in names}
    return {key[:1].upper() + key[1:]: _capital(value) for key, value in parameters.items()}


def _capital(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key[:1].upper() + key[1:]: _capital(inner) for key, inner in value.items()}
    return [_capital(one) for one in value] if isinstance(value, list) else value


_RUNTIME = "sagemaker-featurestore-runtime"


def on_names_of(model: Model, pasted: Pasted) -> Pasted:
    """A pasted request on the names of an environment.

    An event says which API call was made: the catalogue says which action that is and on what, where no message did.
    A name of a feature group becomes its ARN, a key's id the key that stands for it.
    """
    if pasted.call is not None and pasted.action == f"{pasted.call.service}:{pasted.call.operation}":
        pasted = _by_catalogue(model, pasted, pasted.call)
    known = (group for group in model.groups.values() if pasted.resource in (group["name"], group["arn"]))
    group = next(known, None)
    return pasted if group is None else replace(pasted, resource=group["arn"])


def _by_catalogue(model: Model, pasted: Pasted, call: Call) -> Pasted:
    for service in (call.service, *([_RUNTIME] if call.service == "sagemaker" else [])):
        try:
            checks = checks_for(
                replace(call, service=service, region=call.region or model.region), DeclaredEstate(model)
            )
        except (Unmapped, KeyError, TypeError, ValueError):
            continue
        if checks:
            resource = pasted.resource if pasted.resource != "*" else checks[0].resource
            return replace(pasted, action=checks[0].action, resource=resource)
    return pasted
