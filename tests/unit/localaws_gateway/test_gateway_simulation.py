"""IAM's policy simulator: what it says of a role is what the engine would decide."""

from typing import Any

from gateway_support import OWNER, REGION, Aws, allow, document, refusal, statement

INSIDE, OUTSIDE = "arn:aws:s3:::inside/k", "arn:aws:s3:::outside/k"


def test_a_simulation_is_decided_as_a_request_is(aws: Aws, admin: str) -> None:
    """For a role: what its policies allow, what the call adds to them, what is denied, a boundary, a key's policy."""
    iam = aws.as_role("iam", admin)
    role = aws.role("simulated", allow("s3:GetObject", on="arn:aws:s3:::inside/*"))

    def results(*actions: str, on: tuple[str, ...] = (), **more: Any) -> list[str]:
        more = {**more, "ResourceArns": list(on)} if on else more
        asked = iam.simulate_principal_policy(PolicySourceArn=role, ActionNames=list(actions), **more)
        assert [one["EvalResourceName"] for one in asked["EvaluationResults"]] == list(on or ("*",)) * len(actions)
        return [one["EvalDecision"] for one in asked["EvaluationResults"]]

    assert results("s3:GetObject", on=(INSIDE, OUTSIDE)) == ["allowed", "implicitDeny"]
    assert results("s3:GetObject", "s3:PutObject", on=(INSIDE,)) == ["allowed", "implicitDeny"]
    tagged = document(
        statement("Allow", "s3:GetObject", Condition={"StringEquals": {"s3:ExistingObjectTag/a": "b"}}),
        statement("Deny", "s3:PutObject"),
    )
    key = {"ContextKeyName": "s3:ExistingObjectTag/a", "ContextKeyValues": ["b"], "ContextKeyType": "string"}
    assert results("s3:GetObject", "s3:PutObject", on=(OUTSIDE,), PolicyInputList=[tagged]) == [
        "implicitDeny",
        "explicitDeny",
    ]
    assert results("s3:GetObject", on=(OUTSIDE,), PolicyInputList=[tagged], ContextEntries=[key]) == ["allowed"]
    mine = f"arn:aws:kms:{REGION}:{OWNER}:key/1"
    assert results("kms:Decrypt", on=(mine,)) == ["implicitDeny"]
    assert results("kms:Decrypt", on=(mine,), PolicyInputList=[allow("kms:Decrypt")]) == ["allowed"]
    assert results("s3:ListAllMyBuckets", PolicyInputList=[allow("s3:ListAllMyBuckets")]) == ["allowed"]


def test_a_boundary_in_the_call_is_told_apart(aws: Aws, admin: str) -> None:
    iam = aws.as_role("iam", admin)
    role = aws.role("simulated-bounded", allow("s3:GetObject"))
    for boundary, decision in ((allow("s3:PutObject"), "implicitDeny"), (allow("s3:*"), "allowed")):
        (found,) = iam.simulate_principal_policy(
            PolicySourceArn=role,
            ActionNames=["s3:GetObject"],
            ResourceArns=[INSIDE],
            PermissionsBoundaryPolicyInputList=[boundary],
        )["EvaluationResults"]
        within = found["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"]
        assert (found["EvalDecision"], within) == (decision, decision == "allowed")


def test_a_simulation_tells_which_policies_it_comes_from(aws: Aws, admin: str) -> None:
    iam = aws.as_role("iam", admin)
    role = aws.role("simulated-telling", allow("s3:GetObject"))
    (inline,) = iam.list_role_policies(RoleName="simulated-telling")["PolicyNames"]
    managed = iam.create_policy(PolicyName="no-writes", PolicyDocument=document(statement("Deny", "s3:PutObject")))
    iam.attach_role_policy(RoleName="simulated-telling", PolicyArn=managed["Policy"]["Arn"])
    asked = iam.simulate_principal_policy(
        PolicySourceArn=role,
        ActionNames=["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
        ResourceArns=[INSIDE],
        PolicyInputList=[allow("s3:GetObject")],
    )
    told = [
        [(one["SourcePolicyId"], one["SourcePolicyType"]) for one in result["MatchedStatements"]]
        for result in asked["EvaluationResults"]
    ]
    mine = (f"role_simulated-telling_{inline}", "PolicyInputList.1")
    assert told == [[(one, "IAM Policy") for one in mine], [("no-writes", "IAM Policy")], []]


def test_who_may_simulate_whom(aws: Aws, admin: str) -> None:
    role = aws.role("simulated-by-few", allow("s3:GetObject"))
    asked = {"PolicySourceArn": role, "ActionNames": ["s3:GetObject"]}
    may = aws.as_role("iam", aws.role("simulates", allow("iam:SimulatePrincipalPolicy", on=role)))
    assert may.simulate_principal_policy(**asked)["EvaluationResults"]
    for other in ("nobody", "simulates"):
        source = {**asked, "PolicySourceArn": f"arn:aws:iam::{OWNER}:role/{other}"}
        assert refusal(may.simulate_principal_policy, **source)[0] == "AccessDenied"
    unknown = {**asked, "PolicySourceArn": f"arn:aws:iam::{OWNER}:role/nobody"}
    assert refusal(aws.as_role("iam", admin).simulate_principal_policy, **unknown)[0] == "NoSuchEntity"
