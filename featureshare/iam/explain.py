"""Why a decision came out as it did: reasons, findings, and the evaluation layer by layer for a person.

Everything here asks the same compiled statements as the decision itself.
"""

from collections.abc import Iterator

from featureshare.iam.document import Policy, Question, Statement
from featureshare.iam.model import (
    ALLOWED,
    EXPLICITLY_DENIED,
    Decision,
    Finding,
    Reason,
    Strength,
    World,
)
from featureshare.iam.outcome import Outcome
from featureshare.iam.patterns import odd_values
from featureshare.iam.principals import OF_ACCOUNT, Kind
from featureshare.iam.services import RCP_SERVICES, Regime

_STRENGTHS = {
    Strength.ACCOUNT: "names the account",
    Strength.ROLE: "names the role",
    Strength.DIRECT: "names the caller or everybody",
}


def engine_reason(text: str) -> Reason:
    """A reason that no document gave."""
    return Reason("engine", "", "", text)


def layers(question: Question, world: World, outcome: Outcome) -> Iterator[tuple[str, str, tuple[Policy, ...]]]:
    """The layers that apply: (layer, level or empty, documents), in the order of evaluation."""
    if outcome.rcps_apply:
        for level in world.rcps:
            yield "rcp", level.name, level.policies
    if outcome.scps_apply:
        for level in world.scps:
            yield "scp", level.name, level.policies
    documents = (*(() if world.resource is None else (world.resource,)), *world.grants, *(world.acls or ()))
    if documents:
        yield "resource", "", documents
    if question.caller.principal.kind not in OF_ACCOUNT:
        return
    yield "identity", "", world.identity
    if world.boundary is not None:
        yield "boundary", "", world.boundary
    if world.session is not None:
        yield "session", "", world.session


def effect(layer: str, statement: Statement, question: Question, outcome: Outcome) -> tuple[bool, str]:
    """Whether a statement applies, and in words why or why not."""
    if not statement.actions.matches(question.action):
        return False, f"is not about {question.shown_action}"
    if layer == "resource" and statement.without_resource and outcome.regime is Regime.KEY:
        return False, "has no Resource and so no effect in a key policy"
    misses: list[str] = []
    strength = statement.strength(question)
    if not strength:
        misses.append(f"does not name {question.caller.principal.text}")
    if not statement.on_resource(question):
        texts = [pattern.text for pattern in statement.resources]
        word = "excepts" if statement.not_resource else "does not cover"
        misses.append(f"{word} {question.resource} (its {_resource_word(statement)}: {', '.join(texts)})")
    failed = [clause.describe(question.context) for clause in statement.clauses if not clause.holds(question.context)]
    misses += [f"condition not met: {text}" for text in failed]
    if misses:
        return False, "; ".join(misses)
    said = "denies" if statement.deny else "allows"
    text = f"{said} {question.shown_action} on {question.resource}"
    if layer == "resource" and not statement.deny:
        text += f", {_STRENGTHS[strength]}"
    held = [clause.describe(question.context) for clause in statement.clauses]
    return True, "; ".join([text, *(f"condition met: {item}" for item in held)])


def _resource_word(statement: Statement) -> str:
    return "NotResource" if statement.not_resource else "Resource"


def reasons(question: Question, world: World, outcome: Outcome) -> tuple[Reason, ...]:
    """Why the outcome is what it is."""
    if outcome.result == EXPLICITLY_DENIED:
        return tuple(_statements(question, world, outcome, applying=True, denying=True))
    if outcome.result != ALLOWED:
        return tuple(_missing(question, world, outcome))
    out = tuple(_statements(question, world, outcome, applying=True, denying=False))
    if question.caller.principal.kind is Kind.ROOT and not any(reason.layer == "identity" for reason in out):
        out += (engine_reason("the root user of an account needs no identity policy"),)
    return out


def findings(question: Question, world: World, outcome: Outcome) -> tuple[Finding, ...]:
    """What a reader of the outcome must know."""
    return tuple(_findings(question, world, outcome))


def _statements(
    question: Question, world: World, outcome: Outcome, *, applying: bool, denying: bool, only: str = ""
) -> Iterator[Reason]:
    for layer, level, policies in layers(question, world, outcome):
        if only and layer != only:
            continue
        for policy in policies:
            if layer == "resource" and outcome.uncovered and applying and not denying and policy is world.resource:
                continue  # what it allows does not reach this resource
            for statement in policy.about(question.action)[0 if denying else 1]:
                applies, text = effect(layer, statement, question, outcome)
                if applies is applying:
                    yield Reason(layer, _place(level, policy), statement.label, text)


def _place(level: str, policy: Policy) -> str:
    return " ".join(part for part in (level, policy.name) if part)


def _missing(question: Question, world: World, outcome: Outcome) -> Iterator[Reason]:
    for fault in outcome.faults:
        yield Reason(fault.layer or "engine", fault.document, fault.sid, f"{fault.kind}: {fault.text}")
    for _, text in outcome.refusals:
        yield engine_reason(text)
    if outcome.uncovered and not outcome.refusals:
        yield Reason("resource", "", "", outcome.uncovered)
    for layer in outcome.missing:
        asked = f"{question.shown_action} on {question.resource}"
        if layer == "scp":
            for level in outcome.silent_scps:
                yield Reason("scp", level.name, "", f"no statement of this level allows {asked}")
        elif layer == "resource" and world.resource is None and not world.grants and not world.acls:
            yield Reason("resource", "", "", f"there is no resource policy, and {_why_needed(outcome)}")
        else:
            why = f"; {_why_needed(outcome)}" if layer == "resource" else ""
            beside = ", ".join(policy.name for policy in world.grants) if layer == "resource" else ""
            yield Reason(layer, beside, "", f"no statement allows {asked}{why}")
        yield from _statements(question, world, outcome, applying=False, denying=False, only=layer)


def _why_needed(outcome: Outcome) -> str:
    if outcome.regime is Regime.TRUST:
        return "a trust policy must always allow"
    if outcome.regime is Regime.KEY:
        return "a key policy must always allow"
    if outcome.cross_account:
        return "the resource belongs to another account"
    return "this caller has no identity policy"


def _findings(question: Question, world: World, outcome: Outcome) -> Iterator[Finding]:
    yield from outcome.faults
    for rule, text in outcome.refusals:
        yield Finding("unsupported" if rule == "3" else "lint", rule, text)
    if question.caller.doubtful:
        yield Finding("lint", "2.2", "aws:PrincipalArn is not the role behind this session")
    if question.caller.principal.kind is Kind.FEDERATED_USER and world.session is None:
        text = "a federated user without a session policy has only what resource policies grant; taken as not limited"
        yield Finding("not-decided", "3.7", text)
    if question.caller.service_linked and world.rcps:
        yield Finding("inferred", "3.2", "RCPs do not apply to calls of a service-linked role")
    if world.rcps and question.service not in RCP_SERVICES:
        yield Finding("lint", "3.2", f"RCPs do not apply to {question.service}")
    if outcome.regime is Regime.KEY and not outcome.strength and not world.grants and not outcome.refusals:
        yield Finding("not-decided", "4.1", "KMS grants could allow this and were no input")
    if question.alias:
        text = (
            f"the key behind {question.alias} is not known: only patterns that cover every key were taken to match it"
        )
        yield Finding("not-decided", "4.1", text)
    if outcome.uncovered:
        yield Finding("not-decided", "3", outcome.uncovered)
    for layer, level, policies in layers(question, world, outcome):
        for policy in policies:
            for statement in policy.statements:
                if statement.actions.matches(question.action):
                    for kind, rule, text in _reached(layer, statement, question):
                        yield Finding(kind, rule, text, layer, _place(level, policy), statement.label)


def _reached(layer: str, statement: Statement, question: Question) -> Iterator[tuple[str, str, str]]:
    """The undocumented corners and lint of a statement that is about the request's action."""
    for rule, text in statement.lints:
        yield "inferred" if rule == "1.3" else "lint", rule, text
    if layer == "rcp" and statement.without_principal:
        yield "lint", "2.3", "an RCP needs Principal; taken as everybody"
    if layer == "resource" and statement.without_resource and question.service == "kms":
        yield "lint", "4.1", "no Resource: without effect in a key policy"
    if statement.not_principal and statement.deny and statement.principals is not None:
        spared, account = (
            statement.principals.lists(question.caller),
            statement.principals.lists_account(question.caller),
        )
        if spared and not account and question.caller.principal.kind in OF_ACCOUNT:
            yield "lint", "2.5", "NotPrincipal does not list the account, which some services check first"
    resource, context = question.resource, question.context
    for pattern in statement.resources:
        if resource == "*":
            if not pattern.star:
                kind = "inferred" if statement.not_resource else "lint"
                yield kind, "1.4", f"the action has no resource, and {pattern.text!r} is one"
        elif pattern.wide(resource, context) != pattern.strict(resource, context):
            yield "inferred", "1.3", f"{pattern.text!r} matches as a whole but not part by part"
        for odd in odd_values(pattern.variables, context):
            yield "inferred", "6.2", f"the value of a variable in {pattern.text!r} {odd}"
    for clause in statement.clauses:
        for rule, text in clause.inferred(context):
            yield "inferred", rule, text


def text(question: Question, world: World, outcome: Outcome) -> str:
    """The whole evaluation, layer by layer, for a person."""
    caller = question.caller
    lines = [
        f"principal  {caller.principal.text} ({caller.principal.kind.value})",
        f"action     {question.shown_action}",
        f"resource   {question.resource}, owned by {question.account}",
        f"rule       {'across accounts' if outcome.cross_account else outcome.regime.value}",
        "",
    ]
    for layer, level, policies in layers(question, world, outcome):
        lines.append(f"{layer}{' ' + level if level else ''}: {_answer_word(policies, layer, question, outcome)}")
        for policy in policies:
            lines.append(f"  {policy.name or 'document'}")
            for statement in policy.statements:
                applies, why = effect(layer, statement, question, outcome)
                mark = ("DENY " if statement.deny else "ALLOW") if applies else "  -  "
                lines.append(f"    {mark} {statement.label}: {why}")
        if not policies:
            lines.append("  no document")
    lines += [f"not applied: {note}" for note in _not_applied(question, world, outcome)]
    told = _verdict(outcome.result, reasons(question, world, outcome), findings(question, world, outcome))
    return "\n".join([*lines, "", *told])


def short_text(decision: Decision) -> str:
    """The verdict alone, for a request that could not be put to the documents as it stands."""
    return "\n".join(_verdict(decision.result, decision.reasons, decision.findings))


def _verdict(result: str, reasons: tuple[Reason, ...], findings: tuple[Finding, ...]) -> list[str]:
    lines = [result, *(f"  {reason}" for reason in reasons)]
    return [*lines, "", "findings", *(f"  {finding}" for finding in findings)] if findings else lines


def _not_applied(question: Question, world: World, outcome: Outcome) -> Iterator[str]:
    if world.rcps and not outcome.rcps_apply:
        yield "RCPs (service, resource, caller or account is exempt)"
    if world.scps and not outcome.scps_apply:
        yield "SCPs (caller or account is exempt)"
    if world.resource is None:
        yield "resource policy (there is none)"


def _answer_word(policies: tuple[Policy, ...], layer: str, question: Question, outcome: Outcome) -> str:
    allowed = layer == "rcp"  # RCPFullAWSAccess is always attached
    for policy in policies:
        for statement in policy.statements:
            if effect(layer, statement, question, outcome)[0]:
                if statement.deny:
                    return "explicit deny"
                allowed = True
    return "allow" if allowed else "no allow"
