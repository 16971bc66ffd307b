"""`featureshare scan documents INDEX.json --json`: its output, its exit status, and input that is no input."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from featureshare.errors import BadInput
from featureshare.scan.loose import scan_documents
from featureshare.scan.rules import load_rules

RULES = load_rules(Path(__file__).parents[3] / "policies" / "checks")
CONTEXT = {
    "owner_account": "111122223333",
    "consumer_account": "444455556666",
    "unrelated_account": "999988887777",
    "org_id": "o-a1b2c3d4e5",
    "region": "us-east-1",
}
GROUP = "arn:aws:sagemaker:us-east-1:111122223333:feature-group/sessions"


def policy(action: str) -> dict[str, Any]:
    statement = {"Sid": "Read", "Effect": "Allow", "Action": action, "Resource": GROUP}
    return {"Version": "2012-10-17", "Statement": [statement]}


def write(folder: Path, documents: dict[str, Any], **changes: Any) -> Path:
    for name, document in documents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(document if isinstance(document, str) else json.dumps(document))
    policies = [{"file": name, "kind": "identity"} for name in documents]
    index = folder / "index.json"
    index.write_text(json.dumps({"context": CONTEXT, "policies": policies} | changes))
    return index


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    code = "from featureshare.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, "scan", "documents", *arguments], capture_output=True, text=True, check=False
    )


def test_findings_as_json_and_exit_status_1(tmp_path: Path) -> None:
    done = run(
        str(write(tmp_path, {"deep/a.json": policy("sagemaker:GetRecord"), "b.json": policy("sagemaker:*")})), "--json"
    )
    assert done.returncode == 1, done.stderr
    output = json.loads(done.stdout)
    assert list(output) == ["documents"]
    clean, bad = output["documents"]
    assert clean == {"file": "deep/a.json", "findings": []}
    assert bad["file"] == "b.json"
    finding = next(one for one in bad["findings"] if one["rule"] == "FS001")
    assert finding.keys() == {"rule", "severity", "message", "statement"}
    assert finding["statement"] == "Read"


def test_clean_documents_and_exit_status_0(tmp_path: Path) -> None:
    done = run(str(write(tmp_path, {"a.json": policy("sagemaker:GetRecord")})), "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"documents": [{"file": "a.json", "findings": []}]})


def test_bad_input_and_exit_status_2(tmp_path: Path) -> None:
    done = run(str(write(tmp_path, {"a.json": "no json"})), "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["problems"][0]["file"] == "a.json"
    assert run(str(tmp_path / "none.json")).returncode == 2
    assert run().returncode == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"policies": []},
        {"policies": None},
        {"policies": [{"file": "none.json", "kind": "identity"}]},
        {"policies": [{"file": "a.json", "kind": "sqs"}]},
        {"policies": [{"kind": "identity"}]},
        {"policies": ["a.json"]},
        {"context": None},
        {"context": CONTEXT | {"owner_account": "12345"}},
        {"context": CONTEXT | {"consumer_account": 444455556666}},
    ],
)
def test_an_index_that_is_not_whole_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        scan_documents(write(tmp_path, {"a.json": policy("sagemaker:GetRecord")}, **changes), RULES)


@pytest.mark.parametrize("text", ["", "[", "\x00", "{'a': 1}"])
def test_an_index_of_garbage_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "index.json").write_text(text)
    with pytest.raises(BadInput):
        scan_documents(tmp_path / "index.json", RULES)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        scan_documents(write(tmp_path, {"a.json": "[", "b.json": "("}), RULES)
    assert [problem.file for problem in caught.value.problems] == ["a.json", "b.json"]


@pytest.mark.parametrize(
    "text",
    [
        "null",
        "[]",
        "{}",
        '{"Statement": []}',
        '{"Statement": [7]}',
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": 7, "Resource": {}}]}',
        '{"Statement": {"Effect": "Allow", "Action": "sagemaker:GetRecord", "Resource": "(known after apply)"}}',
        '{"Statement": {"Effect": "Allow", "Effect": "Deny", "Action": "sagemaker:GetRecord", "Resource": "*"}}',
        '{"Statement": {"Effect": "Allow", "Action": "sagemaker:GetRecord", "Resource": "*", "Condition": "none"}}',
        '{"Statement": {"Effect": "Allow", "Principal": 3, "Action": "sts:AssumeRole"}}',
        '{"Statement": {"Effect": "Allow", "Principal": {"AWS": 3}, "Action": "sts:AssumeRole", "Condition": 3}}',
    ],
)
@pytest.mark.parametrize("kind", ["identity", "trust", "s3", "kms", "glue"])
def test_json_that_is_no_policy_is_a_finding_and_never_clean(tmp_path: Path, text: str, kind: str) -> None:
    index = write(tmp_path, {"a.json": text}, policies=[{"file": "a.json", "kind": kind}])
    assert scan_documents(index, RULES)[0].findings
