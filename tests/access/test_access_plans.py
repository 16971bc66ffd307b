"""Plans are read resource by resource; they agree with the render, and what cannot be read is a fault."""

import json

import planned
import pytest

from featureshare.access import PROVED, prove
from featureshare.access.plans import differences, from_plans

CATALOG_POLICY = "aws_glue_resource_policy"
OPEN = {"Effect": "Allow", "Principal": {"AWS": "333333333333"}, "Action": "glue:GetTable", "Resource": "*"}


@pytest.fixture
def folder(tmp_path, normal, documents):
    planned.write(normal, documents, tmp_path)
    return tmp_path


def change(file, edit):
    plan = json.loads(file.read_text())
    edit(plan)
    file.write_text(json.dumps(plan))


def held(plan, kind, **values):
    """The first resource of a type whose values include these."""
    for module in plan["planned_values"]["root_module"]["child_modules"]:
        for one in module["resources"]:
            if one["type"] == kind and values.items() <= one["values"].items():
                return one
    raise AssertionError(f"no {kind} with {values}")


def test_plans_and_render_agree_and_are_proved(folder, normal, documents):
    read = from_plans(normal, folder, documents)
    assert read.faults == []
    assert differences(read.render, documents) == []
    assert prove(normal, read.render).result == PROVED


def test_what_a_resource_holds_counts_not_what_the_output_says(folder, normal, documents):
    def widen(plan):
        one = held(plan, "aws_iam_role_policy", name="write", role="fs-personalization-writer")
        one["values"]["policy"] = one["values"]["policy"].replace("group/sessions", "group/sessions*")

    change(folder / "central-team-personalization.json", widen)
    read = from_plans(normal, folder, documents)
    assert differences(read.render, documents) == [
        "policy write of 222222222222/fs-personalization-writer differs between plans and render"
    ]
    assert any("feature-group/sessionsx" in one.words for one in prove(normal, read.render).counterexamples)


def test_an_attachment_is_read(folder, normal, documents):
    arn = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
    attachment = planned.resource(
        "aws_iam_role_policy_attachment", "x", role="fs-personalization-writer", policy_arn=arn
    )
    change(
        folder / "central-team-personalization.json",
        lambda plan: plan["planned_values"]["root_module"]["resources"].append(attachment),
    )
    read = from_plans(normal, folder, documents)
    assert prove(normal, read.render).faults == [
        f"fs-personalization-writer is attached to {arn}, whose document is not known."
    ]


def within(module):
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from within(child)


def test_a_catalog_policy_is_read(folder, normal, documents):
    def widen(plan):
        (one,) = (r for r in within(plan["planned_values"]["root_module"]) if r["type"] == CATALOG_POLICY)
        policy = json.loads(one["values"]["policy"])
        one["values"]["policy"] = json.dumps({**policy, "Statement": [*policy["Statement"], OPEN]})

    change(folder / "central.json", widen)
    read = from_plans(normal, folder, documents)
    assert any("glue:GetTable" in one.words for one in prove(normal, read.render).counterexamples)


def test_a_second_policy_of_one_catalog_is_a_fault(folder, normal, documents):
    """AWS keeps the one that is written last, which a plan does not tell."""
    policy = json.dumps({"Version": "2012-10-17", "Statement": [OPEN]})
    change(
        folder / "central.json",
        lambda plan: plan["planned_values"]["root_module"]["resources"].append(
            planned.resource(CATALOG_POLICY, "x", policy=policy)
        ),
    )
    faults = from_plans(normal, folder, documents).faults
    assert [fault for fault in faults if "two policies of one catalog" in fault]


@pytest.mark.parametrize(
    ("stack", "edit", "fault"),
    [
        (
            "central",
            lambda plan: held(plan, "aws_s3_bucket_policy")["values"].pop("policy"),
            "is unknown",
        ),
        ("central", lambda plan: held(plan, "aws_kms_key")["values"].update(policy=None), "is unknown"),
        (
            "central",
            lambda plan: plan["planned_values"]["root_module"]["resources"].append(
                planned.resource("aws_kms_grant", "x")
            ),
            "what it grants is not known",
        ),
        ("team-core-search", lambda plan: plan.update(errored=True), "is not complete"),
        (
            "team-core-search",
            lambda plan: plan["planned_values"]["outputs"].pop("documents"),
            "does not know its documents",
        ),
        (
            "central-team-core-search",
            lambda plan: plan["planned_values"]["outputs"]["declaration"]["value"]["feature_groups"]["sessions"][
                "shared_with"
            ].update({"product-success": ["read-online"]}),
            "another declaration",
        ),
        ("central", lambda plan: plan.pop("planned_values"), "cannot be read"),
    ],
    ids=["bucket policy", "key policy", "grant", "errored", "no documents", "shared_with", "garbage"],
)
def test_what_cannot_be_read_is_a_fault(stack, edit, fault, folder, normal, documents):
    change(folder / f"{stack}.json", edit)
    assert any(fault in text for text in from_plans(normal, folder, documents).faults)


def test_a_missing_stack_is_a_fault(folder, normal, documents):
    (folder / "team-core-search.json").unlink()
    assert from_plans(normal, folder, documents).faults == ["the stack team/core-search has no plan"]


def test_no_plans_at_all_are_a_fault_for_each_stack(tmp_path, normal, documents):
    assert len(from_plans(normal, tmp_path, documents).faults) == 11


def test_a_role_that_only_a_plan_has_is_judged(folder, normal, documents):
    trust = json.loads(documents["roles"]["222222222222/fs-personalization-writer"]["trust"])
    made = planned.resource(
        "aws_iam_role", "x", name="backdoor", path="/", assume_role_policy=json.dumps(trust), permissions_boundary=None
    )
    change(folder / "central.json", lambda plan: plan["planned_values"]["root_module"]["resources"].append(made))
    read = from_plans(normal, folder, documents)
    assert any("role/backdoor" in one.words for one in prove(normal, read.render).counterexamples)
