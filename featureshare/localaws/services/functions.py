"""Settings of functions that moto lacks: when their runtime is updated, recursion, who must have signed their code."""

import secrets
import string
from types import SimpleNamespace
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.core.utils import utcnow

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.patches.functions import SIGNING_TAGS

_RUNTIMES, _LOOPS, _SIGNING = "featureshare-runtimes", "featureshare-loops", "featureshare-signing"


def put_runtime(call: Invocation) -> dict[str, Any]:
    """When a version's runtime is updated: automatically, with the function, or never (a runtime named by ARN)."""
    function, qualifier = _qualified(call)
    mode, runtime = call.params["UpdateRuntimeOn"], call.params.get("RuntimeVersionArn")
    if (mode == "Manual") != (runtime is not None):
        raise ServiceError(
            "InvalidParameterValueException", "RuntimeVersionArn goes with UpdateRuntimeOn Manual alone."
        )
    kept = {"UpdateRuntimeOn": mode, **({"RuntimeVersionArn": runtime} if runtime else {})}
    _kept(call, _RUNTIMES)[function.function_name, qualifier] = kept
    return {**kept, "FunctionArn": _arn(function, qualifier)}


def get_runtime(call: Invocation) -> dict[str, Any]:
    function, qualifier = _qualified(call)
    kept = _kept(call, _RUNTIMES).get((function.function_name, qualifier), {"UpdateRuntimeOn": "Auto"})
    return {**kept, "FunctionArn": _arn(function, qualifier)}


def put_loop(call: Invocation) -> dict[str, Any]:
    function, _ = _qualified(call)
    _kept(call, _LOOPS)[function.function_name] = call.params["RecursiveLoop"]
    return get_loop(call)


def get_loop(call: Invocation) -> dict[str, Any]:
    function, _ = _qualified(call)
    return {"RecursiveLoop": _kept(call, _LOOPS).get(function.function_name, "Terminate")}


def create_signing(call: Invocation) -> dict[str, Any]:
    """A rule about who must have signed code. Signatures themselves are not checked here: code comes unsigned."""
    name = "csc-" + "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(17))
    arn = f"arn:aws:lambda:{call.region}:{call.account}:code-signing-config:{name}"
    _kept(call, _SIGNING)[arn] = {
        **{"CodeSigningConfigId": name, "CodeSigningConfigArn": arn, "Description": "", **_rules(call)},
        "LastModified": _now(),
    }
    _kept(call, SIGNING_TAGS)[arn] = SimpleNamespace(tags=dict(call.params.get("Tags") or {}))
    return {"CodeSigningConfig": _kept(call, _SIGNING)[arn]}


def get_signing(call: Invocation) -> dict[str, Any]:
    return {"CodeSigningConfig": _signing(call)}


def update_signing(call: Invocation) -> dict[str, Any]:
    _signing(call).update(_rules(call), LastModified=_now())
    return get_signing(call)


def delete_signing(call: Invocation) -> dict[str, Any]:
    """Deletes a configuration that no function has."""
    arn = _signing(call)["CodeSigningConfigArn"]
    if _signed_by(call, arn):
        raise ServiceError("ResourceConflictException", f"{arn} is still attached to functions.", 409)
    del _kept(call, _SIGNING)[arn], _kept(call, SIGNING_TAGS)[arn]
    return {}


def list_signed(call: Invocation) -> dict[str, Any]:
    return {"FunctionArns": _signed_by(call, _signing(call)["CodeSigningConfigArn"])}


def put_function_signing(call: Invocation) -> dict[str, Any]:
    function, _ = _qualified(call)
    function.code_signing_config_arn = _signing(call)["CodeSigningConfigArn"]
    return {"CodeSigningConfigArn": function.code_signing_config_arn, "FunctionName": function.function_name}


def get_function_signing(call: Invocation) -> dict[str, Any]:
    function, _ = _qualified(call)
    given = function.code_signing_config_arn
    return {"FunctionName": function.function_name, **({"CodeSigningConfigArn": given} if given else {})}


def delete_function_signing(call: Invocation) -> dict[str, Any]:
    function, _ = _qualified(call)
    function.code_signing_config_arn = None
    return {}


def _rules(call: Invocation) -> dict[str, Any]:
    """What a call says of a configuration; code that nobody signed is let through with a warning unless said."""
    members = ("AllowedPublishers", "CodeSigningPolicies", "Description")
    given = {member: call.params[member] for member in members if call.params.get(member) is not None}
    if call.operation == "CreateCodeSigningConfig":
        given.setdefault("CodeSigningPolicies", {"UntrustedArtifactOnDeployment": "Warn"})
    return given


def _signing(call: Invocation) -> dict[str, Any]:
    arn = str(call.params["CodeSigningConfigArn"])
    found: dict[str, Any] | None = _kept(call, _SIGNING).get(arn)
    if found is None:
        raise ServiceError("ResourceNotFoundException", f"The code signing configuration cannot be found: {arn}", 404)
    return found


def _signed_by(call: Invocation, arn: str) -> list[str]:
    functions = lambda_backends[call.account][call.region].list_functions()
    return [str(one.function_arn) for one in functions if one.code_signing_config_arn == arn]


def _qualified(call: Invocation) -> tuple[Any, str]:
    """A function by name or ARN, and the version or alias that a call names. Raises ServiceError as Lambda does."""
    given, qualifier = str(call.params["FunctionName"]), str(call.params.get("Qualifier") or "$LATEST")
    name = given.split(":")[6] if given.startswith("arn:") else given
    try:
        return lambda_backends[call.account][call.region].get_function(name), qualifier
    except Exception:
        raise ServiceError(
            "ResourceNotFoundException",
            f"Function not found: arn:aws:lambda:{call.region}:{call.account}:function:{name}",
            404,
        ) from None


def _arn(function: Any, qualifier: str) -> str:
    arn = ":".join(str(function.function_arn).split(":")[:7])
    return arn if qualifier == "$LATEST" else f"{arn}:{qualifier}"


def _now() -> str:
    return utcnow().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"


def _kept(call: Invocation, what: str) -> dict[Any, Any]:
    held: dict[Any, Any] = lambda_backends[call.account][call.region].__dict__.setdefault(what, {})
    return held


HANDLERS: dict[tuple[str, str], Handler] = {
    ("lambda", name): handler
    for name, handler in {
        "CreateCodeSigningConfig": create_signing,
        "DeleteCodeSigningConfig": delete_signing,
        "DeleteFunctionCodeSigningConfig": delete_function_signing,
        "GetCodeSigningConfig": get_signing,
        "GetFunctionCodeSigningConfig": get_function_signing,
        "GetFunctionRecursionConfig": get_loop,
        "GetRuntimeManagementConfig": get_runtime,
        "ListFunctionsByCodeSigningConfig": list_signed,
        "PutFunctionCodeSigningConfig": put_function_signing,
        "PutFunctionRecursionConfig": put_loop,
        "PutRuntimeManagementConfig": put_runtime,
        "UpdateCodeSigningConfig": update_signing,
    }.items()
}
