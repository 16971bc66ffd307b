"""Laws that hold for every request and every set of documents."""

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from iam_table import (
    EVERYTHING,
    FEDERATED,
    KEY,
    OBJECT,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    TARGET,
    USER,
    A,
    B,
    C,
    Row,
    answer,
)

from featureshare.iam.acl import ALL_USERS, AUTHENTICATED_USERS, PERMISSIONS, Grant, acl_policy
from featureshare.iam.principals import parse_principal

PRINCIPALS = [USER, ROLE, SESSION, ROOT, FEDERATED, SERVICE, "anonymous"]
ACTIONS = {
    "s3:GetObject": OBJECT,
    "s3:PutObject": OBJECT,
    "s3:ListAllMyBuckets": "*",
    "kms:Decrypt": KEY,
    "kms:PutKeyPolicy": KEY,
    "sts:AssumeRole": TARGET,
    "sts:TagSession": TARGET,
    "iam:PassRole": TARGET,
    "glue:GetTable": f"arn:aws:glue:eu-west-1:{A}:table/features/clicks",
}
TAGS = st.sampled_from(["core", "other", "*", ""])
CONTEXT = st.fixed_dictionaries(
    {},
    optional={
        "aws:PrincipalArn": st.just(ROLE),
        "aws:PrincipalTag/team": TAGS,
        "aws:ResourceTag/team": TAGS,
        "aws:SourceIp": st.sampled_from(["10.0.0.1", "192.0.2.1"]),
        "aws:TagKeys": st.lists(TAGS, max_size=2).map(tuple),
    },
)
CONDITION = st.sampled_from(
    [
        *[{}] * 8,
        {"StringEquals": {"aws:PrincipalTag/team": "core"}},
        {"StringNotEquals": {"aws:PrincipalTag/team": "${aws:ResourceTag/team}"}},
        {"StringLikeIfExists": {"aws:ResourceTag/team": "${aws:PrincipalTag/team, 'core'}*"}},
        {"ForAllValues:StringEquals": {"aws:TagKeys": ["core"]}},
        {"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["core"]}},
        {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"Null": {"aws:PrincipalArn": "false"}},
    ]
)
ACTION = st.sampled_from(
    [*["*"] * 6, "s3:*", "s3:Get*", "kms:*", "kms:Decrypt", "sts:*", "sts:AssumeRole", "iam:*", "glue:*"]
)
RESOURCE = st.sampled_from(
    [
        *["*"] * 5,
        "arn:aws:s3:::features/*",
        "arn:aws:*:*:*:*",
        KEY,
        TARGET,
        "arn:aws:s3:::features/${aws:PrincipalTag/team}*",
    ]
)
PRINCIPAL = st.sampled_from(
    [
        "*",
        {"AWS": A},
        {"AWS": [ROLE, SESSION]},
        {"AWS": SESSION},
        {"AWS": USER},
        {"Service": SERVICE},
        {"AWS": FEDERATED},
    ]
)


@st.composite
def statements(
    draw: st.DrawFn, *, principal: bool = False, trust: bool = False, effect: str | None = None
) -> dict[str, Any]:
    out: dict[str, Any] = {
        "Effect": effect or draw(st.sampled_from(["Allow"] * 5 + ["Deny"])),
        draw(st.sampled_from(["Action", "Action", "Action", "NotAction"])): draw(ACTION),
        "Condition": draw(CONDITION),
    }
    if not trust:
        out[draw(st.sampled_from(["Resource", "Resource", "Resource", "NotResource"]))] = draw(RESOURCE)
    if principal:
        negated = out["Effect"] == "Deny" and not trust and draw(st.booleans())
        out["NotPrincipal" if negated else "Principal"] = draw(PRINCIPAL)
    return out


def documents(**options: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.lists(statements(**options), min_size=1, max_size=3).map(
        lambda items: {"Version": "2012-10-17", "Statement": items}
    )


@st.composite
def questions(draw: st.DrawFn) -> Row:
    action = draw(st.sampled_from(sorted(ACTIONS)))
    # Half of the documents allow everything, or hardly any request would pass all layers.
    own = st.just(EVERYTHING) | documents()
    some = st.lists(own, min_size=1, max_size=2).map(tuple)
    mostly_none = st.none() | st.none() | some
    return Row(
        "",
        "",
        "",
        "",
        principal=draw(st.sampled_from(PRINCIPALS)),
        action=action,
        resource=ACTIONS[action],
        owner=draw(st.sampled_from([A, A, B])),
        context=draw(CONTEXT),
        identity=draw(some),
        policy=draw(st.none() | documents(principal=True, trust=action in ("sts:AssumeRole", "sts:TagSession"))),
        scps=draw(st.just(()) | st.lists(some, max_size=2).map(tuple)),
        rcps=draw(st.lists(st.lists(documents(principal=True), max_size=1).map(tuple), max_size=1).map(tuple)),
        boundary=draw(mostly_none),
        session=draw(mostly_none),
    )


LAYERS = ("identity", "boundary", "session", "scps", "rcps", "policy")


def with_statement(row: Row, layer: str, statement: dict[str, Any], *, at: int) -> Row | None:
    """The row with one more statement in a document of the layer, or None where the layer has no document."""
    value = copy.deepcopy(getattr(row, layer))
    if not value:
        return None
    if layer == "policy":
        target = value
    elif layer in ("scps", "rcps"):
        level = value[at % len(value)]
        if not level:
            return None
        target = level[0]
    else:
        target = value[at % len(value)]
    target["Statement"].append(statement)
    return Row(**{**vars(row), layer: value})


@settings(max_examples=120, deadline=None)
@given(questions(), st.sampled_from(LAYERS), st.data())
def test_adding_a_deny_never_allows_more(row: Row, layer: str, data: st.DataObject) -> None:
    trust = layer == "policy" and row.action.startswith("sts:")
    principal = layer in ("policy", "rcps")
    extra = data.draw(statements(principal=principal, trust=trust, effect="Deny"))
    changed = with_statement(row, layer, extra, at=0)
    if changed is not None and not answer(row).allowed:
        assert not answer(changed).allowed


@settings(max_examples=120, deadline=None)
@given(questions(), st.sampled_from(LAYERS), st.data())
def test_widening_an_allow_never_allows_less(row: Row, layer: str, data: st.DataObject) -> None:
    if not answer(row).allowed:
        return
    wide: dict[str, Any] = {"Effect": "Allow", "Action": "*"}
    if layer in ("policy", "rcps"):
        wide["Principal"] = "*"
    if not (layer == "policy" and row.action.startswith("sts:")):
        wide["Resource"] = "*"
    changed = with_statement(row, layer, wide, at=data.draw(st.integers(0, 1)))
    if changed is not None:
        assert answer(changed).allowed


@settings(max_examples=100, deadline=None)
@given(questions(), st.randoms(use_true_random=False))
def test_order_never_matters(row: Row, random: Any) -> None:
    changed = copy.deepcopy(row)
    for layer in ("identity", "boundary", "session"):
        if value := getattr(changed, layer):
            shuffled = list(value)
            random.shuffle(shuffled)
            changed = Row(**{**vars(changed), layer: tuple(shuffled)})
    levels = list(changed.scps)
    random.shuffle(levels)
    changed = Row(**{**vars(changed), "scps": tuple(levels)})
    for document in (
        *changed.identity,
        *(changed.boundary or ()),
        *(changed.session or ()),
        *filter(None, [changed.policy]),
    ):
        random.shuffle(document["Statement"])
    assert answer(changed).result == answer(row).result


@settings(max_examples=100, deadline=None)
@given(questions())
def test_limits_never_add(row: Row) -> None:
    """Without boundary, session policy, SCPs and RCPs at least as much is allowed as with them."""
    if answer(row).allowed:
        for layer, none in (("boundary", None), ("session", None), ("scps", ()), ("rcps", ())):
            assert answer(Row(**{**vars(row), layer: none})).allowed


@settings(max_examples=100, deadline=None)
@given(questions())
def test_reasons_agree_with_the_result(row: Row) -> None:
    decision = answer(row)
    assert decision.reasons
    denials = [reason for reason in decision.reasons if reason.text.startswith("denies ")]
    allows = [reason for reason in decision.reasons if reason.text.startswith("allows ")]
    if decision.result == "ExplicitlyDenied":
        assert denials
        assert not allows
    elif decision.allowed:
        assert not denials
        assert allows or row.principal == ROOT
    else:
        assert not denials
        assert not allows


GRANTS = st.lists(
    st.builds(Grant, st.sampled_from([A, B, C, ALL_USERS, AUTHENTICATED_USERS]), st.sampled_from(sorted(PERMISSIONS))),
    max_size=3,
).map(tuple)


def listed(row: Row, grants: tuple[Grant, ...], owner: str | None, *, bucket: bool) -> Row:
    """The same question with these grants on the object or its bucket, and an owner of the object."""
    account = parse_principal(row.principal).account
    policy = acl_policy(grants, bucket=bucket, caller_account=account, name="acl")
    return Row(**{**vars(row), "facts": {"object_owner": owner, "acls": (policy,)}})


@settings(max_examples=120, deadline=None)
@given(questions(), GRANTS, st.booleans())
def test_a_list_takes_nothing_away_and_overrides_no_denial(row: Row, grants: tuple[Grant, ...], bucket: bool) -> None:
    """Where the bucket's owner owns the object, an access control list can only add, and to no explicit denial."""
    before, after = answer(row), answer(listed(row, grants, None, bucket=bucket))
    assert after.allowed or not before.allowed
    assert (after.result == "ExplicitlyDenied") == (before.result == "ExplicitlyDenied")


@settings(max_examples=120, deadline=None)
@given(questions(), GRANTS)
def test_what_another_account_owns_is_less_open_than_a_bucket_policy_says(row: Row, grants: tuple[Grant, ...]) -> None:
    """Without a grant nobody but its owner's account reads an object; every grant more lets in as many or more."""
    if not row.action.startswith("s3:Get"):
        return
    closed = answer(listed(row, (), C, bucket=False))
    assert not closed.allowed
    if answer(listed(row, grants[:1], C, bucket=False)).allowed:
        assert answer(listed(row, grants, C, bucket=False)).allowed
