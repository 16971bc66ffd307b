"""Every entry, against two catalogues that are not ours: botocore's operations and the service authorization data."""

import ast
import inspect
import re
from types import ModuleType

import pytest
from calls_support import CALLER, CENTRAL, REGION, SmallEstate, members, sample_params

from featureshare.iam.calls import Call, Check, Unmapped, checks, checks_for, operations, source_of
from featureshare.iam.catalogue import catalogue

ALL = operations()
NAMES = [f"{service}:{operation}" for service, operation in ALL]

# Actions that know a resource, and are asked for `*` all the same: their only resource is a CloudWatch dataset, which
# these calls name through parameters of their own that nothing here uses.
WITHOUT_RESOURCE = {"cloudwatch:GetMetricData", "cloudwatch:ListMetrics", "cloudwatch:PutMetricData"}


def made(service: str, operation: str) -> tuple[Check, ...]:
    call = Call(service, operation, sample_params(service, operation), CENTRAL, REGION, CALLER)
    return checks_for(call, SmallEstate())


@pytest.mark.parametrize(("service", "operation"), ALL, ids=NAMES)
def test_the_operation_exists_in_botocore_or_is_internal(service: str, operation: str) -> None:
    if not operation.startswith("_"):
        assert members(service, operation) is not None


@pytest.mark.parametrize(("service", "operation"), ALL, ids=NAMES)
def test_every_action_exists(service: str, operation: str) -> None:
    for check in made(service, operation):
        assert catalogue().action(check.action).name == check.action


@pytest.mark.parametrize(("service", "operation"), ALL, ids=NAMES)
def test_every_resource_fits_a_template_of_its_action(service: str, operation: str) -> None:
    for check in made(service, operation):
        action = catalogue().action(check.action)
        if check.resource == "*":
            assert check.wildcard_only == action.wildcard_only
            assert action.wildcard_only or check.action in WITHOUT_RESOURCE, f"{check.action} knows resources"
        else:
            assert action.resource_type(check.resource), f"{check.action} cannot be asked for {check.resource}"


@pytest.mark.parametrize(("service", "operation"), ALL, ids=NAMES)
def test_every_condition_key_is_one_the_action_knows(service: str, operation: str) -> None:
    for check in made(service, operation):
        action = catalogue().action(check.action)
        resource = None if check.resource == "*" else check.resource
        unknown = [key for key in check.context if not action.knows(key, resource)]
        assert not unknown, f"{check.action}: {unknown}"


@pytest.mark.parametrize(("service", "operation"), ALL, ids=NAMES)
def test_every_check_names_owner_and_source(service: str, operation: str) -> None:
    for check in made(service, operation):
        assert re.fullmatch(r"\d{12}", check.account)
        assert check.source.startswith("https://docs.aws.amazon.com/")
    assert source_of(service, operation).startswith("https://docs.aws.amazon.com/")


@pytest.mark.parametrize(("service", "operation"), ALL, ids=NAMES)
def test_a_call_without_parameters_needs_no_less(service: str, operation: str) -> None:
    """Whoever leaves parameters out is asked for the same action, on resources that only wide patterns match."""
    call = Call(service, operation, {}, CENTRAL, REGION, CALLER)
    asked = {check.action for check in made(service, operation)}
    bare = {check.action for check in checks_for(call, SmallEstate())}
    assert bare or not asked


def test_what_has_no_entry_is_named() -> None:
    call = Call("sagemaker", "CreateModelCard", {}, CENTRAL, REGION, CALLER)
    with pytest.raises(Unmapped, match="sagemaker:CreateModelCard") as caught:
        checks_for(call, SmallEstate())
    assert (caught.value.service, caught.value.operation) == ("sagemaker", "CreateModelCard")


def test_every_parameter_read_is_a_member_of_some_input() -> None:
    """A misspelt parameter would silently leave a check out."""
    known = {"partition", "region", "account"}
    for service, operation in ALL:
        known |= set(sample_params(service, operation)) | _deep(service, operation)
    assert not (_parameters() - known)


def _deep(service: str, operation: str) -> set[str]:
    found: set[str] = set()

    def walk(shape: object, depth: int) -> None:
        kind = getattr(shape, "type_name", "")
        if kind == "structure" and depth < 5:
            for name, member in shape.members.items():  # type: ignore[attr-defined]
                found.add(name)
                walk(member, depth + 1)
        elif kind == "list":
            walk(shape.member, depth)  # type: ignore[attr-defined]

    if not operation.startswith("_"):
        for name, shape in members(service, operation).items():
            found.add(name)
            walk(shape, 0)
    return found


def _parameters() -> set[str]:
    """Names given to scope.get and scope.text, and the holes of ARN templates, in every module of entries."""
    names: set[str] = set()
    modules = [one for one in vars(checks).values() if isinstance(one, ModuleType) and hasattr(one, "TABLE")]
    for module in modules:
        source = inspect.getsource(module)
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("get", "text"):
                owner = getattr(getattr(node.func, "value", None), "id", "")
                if owner == "scope" and node.args and isinstance(node.args[0], ast.Constant):
                    names |= set(str(node.args[0].value).split("."))
        for hole in re.findall(r"(?<!\{)\{([A-Z]\w+(?:\.\w+)*)\}", source):
            names |= set(hole.split("."))
    return names - {"_transitive_tags", "_source_identity", "_organization"}
