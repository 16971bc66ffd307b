"""`featureshare iam decide` and `explain` on the case format, section 9."""

import json
from pathlib import Path
from typing import Any

import pytest
from iam_table import EVERYTHING, OBJECT, ROOT, USER, A, B, doc
from typer.testing import CliRunner

from featureshare.cli.iam import app
from featureshare.iam.cases import CaseError, parse_case

RUN = CliRunner()

# The two examples of section 9, to the letter.
EXAMPLES = [
    r'{"id":"ex/1","topic":"athena","name":"workgroup named after the session tag","request":{"principal":"arn:aws:sts::444455556666:assumed-role/query/run7","action":"athena:StartQueryExecution","resource":{"arn":"arn:aws:athena:eu-west-1:444455556666:workgroup/wg-growth","account":"444455556666"},"context":{"aws:PrincipalTag/team":"growth"}},"identity_policies":[{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"athena:Start*","Resource":"arn:aws:athena:*:444455556666:workgroup/wg-${aws:PrincipalTag/team}"}]}],"resource_policy":null,"scps":[],"rcps":[],"boundary":null,"session_policy":null,"expected":{"decision":"Allow","result":"Allowed"}}',  # noqa: E501
    r'{"id":"ex/2","topic":"glue","name":"catalog policy alone does not admit an outside role","request":{"principal":"arn:aws:sts::777788889999:assumed-role/etl/j1","action":"glue:GetTable","resource":{"arn":"arn:aws:glue:eu-west-1:444455556666:table/features/clicks","account":"444455556666"},"context":{"aws:PrincipalArn":"arn:aws:iam::777788889999:role/batch/etl"}},"identity_policies":[],"resource_policy":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"777788889999"},"Action":"glue:GetTable","Resource":"arn:aws:glue:eu-west-1:444455556666:*"}]},"scps":[],"rcps":[],"boundary":null,"session_policy":null,"expected":{"decision":"Deny","result":"ImplicitlyDenied"}}',  # noqa: E501
]


def case(name: str = "c", **changes: Any) -> dict[str, Any]:
    return {
        "id": name,
        "topic": "t",
        "name": "n",
        "request": {
            "principal": USER,
            "action": "s3:GetObject",
            "resource": {"arn": OBJECT, "account": A},
            "context": {},
        },
        "identity_policies": [EVERYTHING],
        "resource_policy": None,
        "scps": [],
        "rcps": [],
        "boundary": None,
        "session_policy": None,
        **changes,
    }


def write(path: Path, *lines: Any) -> str:
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return str(path)


def answers(text: str) -> list[tuple[str, str, str]]:
    return [(line["id"], line["decision"], line["result"]) for line in map(json.loads, text.splitlines())]


def test_the_examples_of_section_9(tmp_path: Path) -> None:
    result = RUN.invoke(app, ["decide", write(tmp_path / "a.jsonl", *EXAMPLES)])
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        '{"id":"ex/1","decision":"Allow","result":"Allowed"}',
        '{"id":"ex/2","decision":"Deny","result":"ImplicitlyDenied"}',
    ]


def test_a_malformed_line_is_named_and_the_others_are_decided(tmp_path: Path) -> None:
    first = write(tmp_path / "a.jsonl", case("one"), "{not json", "", {"id": "x"}, case("two"))
    second = write(tmp_path / "b.jsonl", case("three", identity_policies=[]))
    result = RUN.invoke(app, ["decide", first, str(tmp_path / "absent.jsonl"), second])
    assert result.exit_code == 2
    assert answers(result.stdout) == [
        ("one", "Allow", "Allowed"),
        ("two", "Allow", "Allowed"),
        ("three", "Deny", "ImplicitlyDenied"),
    ]
    errors = result.stderr.splitlines()
    assert [line.split(": ")[0] for line in errors] == [f"{first}:2", f"{first}:4", str(tmp_path / "absent.jsonl")]
    assert "not JSON" in errors[0]
    assert "request is an object" in errors[1]


def test_an_ill_formed_document_is_denied_with_a_finding(tmp_path: Path) -> None:
    bad = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*"}]}
    odd = doc({"Condition": {"StringMatches": {"aws:x": "1"}}})
    file = write(
        tmp_path / "a.jsonl",
        case("ill", identity_policies=[EVERYTHING, bad]),
        case("odd", identity_policies=[EVERYTHING, odd]),
        case("session", session_policy={"Statement": 1}),
        case("deny", identity_policies=[doc({"Effect": "Deny"}), bad]),
    )
    result = RUN.invoke(app, ["decide", "--details", file])
    assert result.exit_code == 0
    assert answers(result.stdout) == [
        ("ill", "Deny", "ImplicitlyDenied"),
        ("odd", "Deny", "ImplicitlyDenied"),
        ("session", "Deny", "ImplicitlyDenied"),
        ("deny", "Deny", "ExplicitlyDenied"),
    ]
    kinds = [json.loads(line)["findings"][0]["kind"] for line in result.stdout.splitlines()]
    assert kinds == ["ill-formed", "unsupported", "ill-formed", "ill-formed"]
    assert f"{file}:2: odd: unsupported (1): identity identity_policies[1]" in result.stderr


def test_every_layer_of_a_case_counts(tmp_path: Path) -> None:
    no = doc({"Action": "ec2:*"})
    file = write(
        tmp_path / "a.jsonl",
        case("scp", scps=[{"level": "root", "policies": [EVERYTHING]}, {"level": "account", "policies": [no]}]),
        case("rcp", rcps=[{"level": "root", "policies": [doc({"Effect": "Deny", "Principal": "*"})]}]),
        case("rcp-none", rcps=[{"level": "root", "policies": []}]),
        case("boundary", boundary=[no]),
        case("boundary-empty", boundary=[]),
        case("session", session_policy=no),
        case("resource", identity_policies=[], resource_policy=doc({"Principal": {"AWS": USER}})),
        case("root", identity_policies=[], request={**case()["request"], "principal": ROOT}),
        case(
            "flag",
            request={**case()["request"], "wildcard_only_action": True},
            identity_policies=[doc({"Resource": OBJECT})],
        ),
        case("owner", request={**case()["request"], "resource": {"arn": OBJECT, "account": B}}),
        case(
            "context",
            request={
                **case()["request"],
                "context": {"aws:TagKeys": ["a", "b"], "aws:SecureTransport": True, "aws:x": None},
            },
            identity_policies=[
                doc(
                    {
                        "Condition": {
                            "ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]},
                            "Bool": {"aws:SecureTransport": "true"},
                            "Null": {"aws:x": "true"},
                        }
                    }
                )
            ],
        ),
    )
    result = RUN.invoke(app, ["decide", file])
    assert result.exit_code == 0
    assert [(name, outcome) for name, _, outcome in answers(result.stdout)] == [
        ("scp", "ImplicitlyDenied"),
        ("rcp", "ExplicitlyDenied"),
        ("rcp-none", "Allowed"),
        ("boundary", "ImplicitlyDenied"),
        ("boundary-empty", "ImplicitlyDenied"),
        ("session", "ImplicitlyDenied"),
        ("resource", "Allowed"),
        ("root", "Allowed"),
        ("flag", "ImplicitlyDenied"),
        ("owner", "ImplicitlyDenied"),
        ("context", "Allowed"),
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("[]", "a case is a JSON object"),
        ('{"id":1.5}', "id is a string"),
        ('{"id":"a","id":"b"}', "'id' stands twice"),
        (json.dumps(case(scps=[{"level": "root"}])), "scps[0] is an object"),
        (json.dumps(case(identity_policies="x")), "identity_policies is a list"),
        (json.dumps(case(request={"principal": USER, "action": "", "resource": {"arn": "*", "account": A}})), "action"),
        (json.dumps(case(request={"principal": USER, "action": "s3:X", "resource": {"arn": OBJECT}})), "account"),
        (json.dumps(case(request={**case()["request"], "context": {"a": {}}})), "request.context['a']"),
        ('{"id":"a","request":NaN}', "NaN is not JSON"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_case(line: str, says: str) -> None:
    with pytest.raises(CaseError) as raised:
        parse_case(line)
    assert says in str(raised.value)


def test_unknown_fields_are_reported_not_swallowed(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", case(session_policies=doc({})))
    result = RUN.invoke(app, ["decide", file])
    assert result.exit_code == 0
    assert f"{file}:1: c: field 'session_policies' is not known and was ignored" in result.stderr


def test_explain_shows_every_layer(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", *EXAMPLES)
    result = RUN.invoke(app, ["explain", file, "--id", "ex/2"])
    assert result.exit_code == 0
    assert "ex/2: catalog policy alone does not admit an outside role" in result.stdout
    assert "resource: allow" in result.stdout
    assert "names the account" in result.stdout
    assert "identity: no allow" in result.stdout
    assert "\nImplicitlyDenied\n" in result.stdout


def test_explain_as_json(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", EXAMPLES[0])
    result = RUN.invoke(app, ["explain", file, "--json"])
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["id"], told["result"]) == ("ex/1", "Allowed")
    assert told["reasons"][0]["layer"] == "identity"


def test_explain_needs_one_case(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", *EXAMPLES)
    for arguments in ([file], [file, "--id", "ex/3"]):
        result = RUN.invoke(app, ["explain", *arguments])
        assert result.exit_code == 2
        assert result.stdout == ""
        assert result.stderr
