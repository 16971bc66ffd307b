"""The order of evaluation.

Sources: IAM User Guide, "Policy evaluation logic" (reference_policies_evaluation-logic and its pages for single
accounts and cross-account requests), "Permissions boundaries" and "Session policies"; KMS Developer Guide, "Key
policies"; Organizations User Guide, "SCP evaluation" and "RCP evaluation".
"""

from functools import partial
from itertools import product

from featureshare.iam import explain
from featureshare.iam.document import Policy, Question
from featureshare.iam.model import (
    ALLOWED,
    EXPLICITLY_DENIED,
    IMPLICITLY_DENIED,
    ContextValue,
    Decision,
    Finding,
    Request,
    Strength,
    World,
)
from featureshare.iam.outcome import Outcome
from featureshare.iam.principals import OF_ACCOUNT, Caller, Kind, UnknownPrincipalError, caller_of, parse_principal
from featureshare.iam.services import (
    KMS_CROSS_ACCOUNT,
    Regime,
    admits_anonymous,
    assumes_role,
    is_aws_managed_key,
    is_feature_data_plane,
    is_object_read,
    rcp_governs,
    regime_of,
)

_MOST_READINGS = 64


def decide(request: Request, world: World) -> Decision:
    """Does AWS allow this request, given the documents in force?

    Never raises for what a request or its documents hold: what cannot be decided is denied, and a finding names it.
    """
    context = {key.lower(): value for key, value in request.context.items()}
    if len(context) != len(request.context):
        return _ambiguous(request, world)
    return _decide(request, world, context)


def walk_through(request: Request, world: World) -> str:
    """The evaluation of a request layer by layer, as text for a person."""
    context = {key.lower(): value for key, value in request.context.items()}
    decision = decide(request, world)
    question = _question(request, world, context)
    if isinstance(question, str) or len(context) != len(request.context):
        return explain.short_text(decision)
    return explain.text(question, world, evaluate(question, world, request.wildcard_only))


def _decide(request: Request, world: World, context: dict[str, ContextValue]) -> Decision:
    question = _question(request, world, context)
    if isinstance(question, str):
        return _refused("2.1", question)
    outcome = evaluate(question, world, request.wildcard_only)
    return Decision(
        outcome.result,
        partial(explain.reasons, question, world, outcome),
        partial(explain.findings, question, world, outcome),
    )


def _question(request: Request, world: World, context: dict[str, ContextValue]) -> Question | str:
    """The request as statements see it, or why it cannot be put to them."""
    resource = "*" if request.wildcard_only else request.resource
    try:
        caller = caller_of(parse_principal(request.principal), context)
    except UnknownPrincipalError as error:
        return str(error)
    action = request.action
    service, _, name = action.partition(":")
    if not service or not name or "*" in name or "?" in name or "*" in service or "?" in service:
        return f"{request.action!r} is not one action, `service:Name`"
    return Question(caller, action, resource, request.account, context, world.boundary is not None)


def _refused(rule: str, text: str) -> Decision:
    finding = Finding("unsupported", rule, text)
    return Decision(IMPLICITLY_DENIED, lambda: (explain.engine_reason(text),), lambda: (finding,))


def _ambiguous(request: Request, world: World) -> Decision:
    """Keys that differ only in case: every reading is tried and the worst one counts."""
    choices: dict[str, list[ContextValue]] = {}
    for key, value in request.context.items():
        choices.setdefault(key.lower(), []).append(value)
    twice = sorted(key for key, values in choices.items() if len(values) > 1)
    finding = Finding("inferred", "5.2", f"{', '.join(twice)} stands more than once, differing in case only")
    readings = 1
    for values in choices.values():
        readings *= len(values)
    if readings > _MOST_READINGS:
        return _refused("5.2", finding.text)
    decisions = [
        _decide(request, world, dict(zip(choices, values, strict=True))) for values in product(*choices.values())
    ]
    worst = min(decisions, key=lambda decision: (EXPLICITLY_DENIED, IMPLICITLY_DENIED, ALLOWED).index(decision.result))
    return Decision(worst.result, lambda: worst.reasons, lambda: (finding, *worst.findings))


def evaluate(question: Question, world: World, wildcard_only: bool = False) -> Outcome:
    """Every layer's answer and what follows from them."""
    out = Outcome()
    caller = question.caller
    principal = caller.principal
    own = principal.kind in OF_ACCOUNT
    regime = regime_of(question.action, question.resource)
    if wildcard_only and regime is Regime.KEY:
        regime = Regime.IDENTITY
    out.regime = regime
    out.cross_account = own and principal.account != question.account
    out.scps_apply = own and bool(world.scps) and principal.account != world.management_account
    out.rcps_apply = (
        bool(world.rcps)
        and question.account != world.management_account
        and rcp_governs(question.action, question.resource)
        and not (world.aws_managed_key or is_aws_managed_key(question.alias or question.resource, question.context))
    )
    if caller.service_linked:
        out.scps_apply = out.rcps_apply = False
    _find_faults(out, world, own)
    denied = _layers(out, question, world, own)
    if denied:
        out.result = EXPLICITLY_DENIED
        return out
    if out.faults:
        out.result = IMPLICITLY_DENIED
        return out
    _limits(out, question, world)
    if out.refusals or not _granted(out, caller):
        out.result = IMPLICITLY_DENIED
    else:
        out.result = ALLOWED
    return out


def _find_faults(out: Outcome, world: World, own: bool) -> None:
    """Documents that AWS would not have stored where they are; nothing is allowed on their word."""
    faults: list[Finding] = list(world.faults)

    def note(layer: str, policy: Policy, text: str | None) -> None:
        if text is not None:
            faults.append(Finding("ill-formed", "1", text, layer, policy.name))

    if own:
        for policy in world.identity:
            note("identity", policy, policy.fault_as_identity)
        for policy in world.boundary or ():
            note("boundary", policy, policy.fault_as_identity)
        for policy in world.session or ():
            note("session", policy, policy.fault_as_identity)
        for level in world.scps:
            for policy in level.policies:
                note("scp", policy, policy.fault_as_identity)
    if world.resource is not None:
        policy = world.resource
        if out.regime is Regime.TRUST:
            note("resource", policy, policy.fault_as_trust)
        elif out.regime is Regime.KEY:
            note("resource", policy, policy.fault_as_key)
        elif out.regime is Regime.ORDINARY:
            note("resource", policy, policy.fault_as_resource)
    for level in world.rcps:
        for policy in level.policies:
            note("rcp", policy, policy.fault_as_rcp)
    out.faults = tuple(faults)


def _layers(out: Outcome, question: Question, world: World, own: bool) -> bool:
    """Fill in the layers' answers; True as soon as one denies explicitly."""
    if out.rcps_apply:
        for level in world.rcps:
            if _answer(level.policies, question) < 0:
                return True
    if out.scps_apply:
        for level in world.scps:
            answer = _answer(level.policies, question)
            if answer < 0:
                return True
            if not answer:
                out.silent_scps += (level,)
    strength = _resource_answer(world, question, out.regime)
    if strength is None:
        return True
    out.strength = strength
    if not own:
        return False
    identity = _answer(world.identity, question)
    if identity < 0:
        return True
    out.identity = identity > 0 or question.caller.principal.kind is Kind.ROOT
    if world.boundary is not None:
        answer = _answer(world.boundary, question)
        if answer < 0:
            return True
        out.boundary = answer > 0
    if world.session is not None:
        answer = _answer(world.session, question)
        if answer < 0:
            return True
        out.session = answer > 0
    return False


def _answer(policies: tuple[Policy, ...], question: Question) -> int:
    """-1 where a statement denies, 1 where one allows, 0 otherwise."""
    action = question.action
    allowed = 0
    for policy in policies:
        denies, allows = policy.about(action)
        for statement in denies:
            if statement.applies(question):
                return -1
        if not allowed:
            for statement in allows:
                if statement.applies(question):
                    allowed = 1
                    break
    return allowed


def _resource_answer(world: World, question: Question, regime: Regime) -> Strength | None:
    """The strongest Allow of the resource's documents, or None where one denies."""
    documents = world.grants if world.resource is None else (world.resource, *world.grants)
    return _strongest(documents, question, regime)


def _strongest(documents: tuple[Policy, ...], question: Question, regime: Regime) -> Strength | None:
    strongest = Strength.NONE
    for policy in documents:
        denies, allows = policy.about(question.action)
        for statement in denies:
            # A key policy statement without Resource has no effect (KMS Developer Guide, key-policy-overview).
            if not (statement.without_resource and regime is Regime.KEY) and statement.applies(question):
                return None
        for statement in allows:
            if statement.without_resource and regime is Regime.KEY:
                continue
            strength = statement.applies(question)
            if strength > strongest:
                strongest = strength
                if strength is Strength.DIRECT:
                    break
    return strongest


def _limits(out: Outcome, question: Question, world: World) -> None:
    """What a service refuses whatever the documents say, and resource policies that do not reach this resource."""
    action, kind = question.action, question.caller.principal.kind
    if world.boundary == () and kind in OF_ACCOUNT:
        out.refusals += (("9", "a boundary without a document denies all"),)
    if kind is Kind.ANONYMOUS and not admits_anonymous(action):
        out.refusals += (("3", f"{question.service} answers no request without credentials"),)
    if action == "iam:passrole" and out.cross_account:
        out.refusals += (("4.7", "a role of another account can never be passed"),)
    if out.cross_account and question.service == "kms" and out.regime is Regime.KEY and action not in KMS_CROSS_ACCOUNT:
        out.refusals += (("4.1", "this KMS operation does not work across accounts"),)
    if assumes_role(action) and out.regime is Regime.TRUST and kind in (Kind.ROOT, Kind.FEDERATED_USER):
        out.refusals += (("4.2", f"STS lets no {kind.value} assume a role"),)
    if out.regime is Regime.IDENTITY:
        out.strength = Strength.NONE
    if not world.ram_data_plane and out.cross_account and is_feature_data_plane(action):
        out.uncovered = "RAM shares are taken not to reach the feature group's data plane"
    owner = world.object_owner
    if owner and owner != question.account and is_object_read(action, question.resource):
        out.uncovered = f"account {owner} owns the object, which the bucket policy does not cover"
        if question.caller.principal.account == owner:
            out.object_owner = owner
        elif world.acls is None:
            out.refusals += (("3", f"{out.uncovered}; its ACL is no input"),)
        else:
            out.cross_account = kind in OF_ACCOUNT  # to the object, whoever owns the bucket
    if out.uncovered:
        out.strength = Strength.NONE
    if world.acls:
        out.strength = max(out.strength, _strongest(world.acls, question, out.regime) or Strength.NONE)


def _granted(out: Outcome, caller: Caller) -> bool:
    """Whether the layers' answers add up; what is missing is noted."""
    kind = caller.principal.kind
    if kind not in OF_ACCOUNT:
        if not out.strength:
            out.missing += ("resource",)
        return not out.missing
    if out.silent_scps:
        out.missing += ("scp",)
    if out.object_owner is not None:
        return _own_side(out)
    if out.cross_account:
        if not out.strength:
            out.missing += ("resource",)
        return _own_side(out)
    if out.strength is Strength.DIRECT:
        return not out.missing
    if not out.strength and out.regime in (Regime.TRUST, Regime.KEY):
        out.missing += ("resource",)
    return _own_side(out, identity_needed=out.strength is not Strength.ROLE)


def _own_side(out: Outcome, identity_needed: bool = True) -> bool:
    if identity_needed and not out.identity:
        out.missing += ("identity",)
    if out.boundary is False:
        out.missing += ("boundary",)
    if out.session is False:
        out.missing += ("session",)
    return not out.missing


__all__ = ["decide", "evaluate", "walk_through"]
