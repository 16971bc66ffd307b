"""The templates obey the rules of policies/README.md, and its tables name every template and statement."""

import json
import re
import shutil
from pathlib import Path

import pytest

from featureshare.errors import BadInput
from featureshare.render import render

ROOT = Path(__file__).parents[3]
POLICIES = ROOT / "policies"
TEMPLATES = sorted(POLICIES.glob("*/*.json.tftpl"))
HOLE = re.compile(r"\$\{jsonencode\((\w+)\)\}")
# How access-policies fills a template: format(local.templates["identity/write"], [for hole in { groups = ... } : ...
FILLED = re.compile(
    r'local\.templates\["([^"]+)"\], \[for name, hole in \{(.*?)\} : '
    r'jsonencode\(hole\) if contains\(local\.holes\["\1"\], name\)\]\.\.\.\)',
    re.DOTALL,
)


def name_of(template: Path) -> str:
    return str(template.relative_to(POLICIES)).removesuffix(".json.tftpl")


def skeleton(template: Path) -> dict:
    """The template with every hole filled by a harmless word."""
    return json.loads(HOLE.sub('"hole"', template.read_text()))


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('"Resource": ${jsonencode(concat(groups, ["*"]))}', '${jsonencode(concat(groups, ["*"]))}'),
        ('"Resource": "${bucket}"', "${bucket}"),
        ("%{ if open }", "%{ if open }"),
    ],
)
def test_a_hole_that_is_no_name_is_refused_with_its_line(tmp_path: Path, line: str, shown: str) -> None:
    """Before Terraform is asked, which would say that some name is missing."""
    shutil.copytree(ROOT / "environments", tmp_path / "environments")
    file = tmp_path / "policies" / "identity" / "own.json.tftpl"
    file.parent.mkdir(parents=True)
    file.write_text('{ "Id": ${jsonencode(id)}, "Of": "$${aws:PrincipalTag/x}",\n' + line + "\n}\n")
    with pytest.raises(BadInput) as refused:
        render("local", tmp_path)
    (problem,) = refused.value.problems
    assert (problem.file, problem.key) == ("policies/identity/own.json.tftpl", "line 2")
    assert f"{shown} is not" in problem.rule


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 15


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_every_hole_is_json_encoded_and_nothing_branches(template: Path) -> None:
    text = template.read_text()
    assert "%{" not in text
    assert "${" not in HOLE.sub("", text), "a hole that is not ${jsonencode(...)}"
    assert not re.search(r'"[^"\n]*\$\{jsonencode\([^{}]*\)\}[^"\n]*"', text), "a quoted hole is an injection path"


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_statements_have_sids_and_enumerated_actions(template: Path) -> None:
    document = skeleton(template)
    assert document["Version"] == "2012-10-17"
    sids = [statement["Sid"] for statement in document["Statement"]]
    assert len(sids) == len(set(sids))
    for statement in document["Statement"]:
        assert re.fullmatch(r"([A-Z][a-z]+)+", statement["Sid"])
        assert "NotPrincipal" not in statement
        # A Deny may spare something; an Allow names what it gives.
        assert statement["Effect"] == "Deny" or "NotResource" not in statement
        listed = statement["Action"] if "Action" in statement else statement["NotAction"]
        actions = listed if isinstance(listed, list) else [listed]
        if statement["Effect"] == "Allow":
            assert "Action" in statement
            assert not [action for action in actions if "*" in action or "?" in action]
            assert statement.get("Principal") != "*"
        if actions != ["hole"]:
            assert actions == sorted(actions), "actions in alphabetical order"


def test_resource_star_stands_only_where_the_readme_says_why() -> None:
    stars = {
        (name_of(template), statement["Sid"])
        for template in TEMPLATES
        for statement in skeleton(template)["Statement"]
        if statement.get("Resource") == "*"
    }
    # Key policies mean the key they are attached to; the others have no resource level, or are a boundary.
    assert stars == {
        ("identity/boundary-access-role", "AtMostSharedFeatures"),
        ("identity/boundary-direct-catalog", "AtMostDirectCatalog"),
        ("identity/boundary-execution-role", "AtMostOwnFeatures"),
        ("identity/boundary-replica-reader", "AtMostReplicas"),
        ("identity/boundary-replication", "AtMostReplication"),
        ("identity/deploy-replication", "ReplicateExistingObjects"),
        ("resource/direct-key", "ReadOfflineStoreDirectly"),
        ("resource/offline-key-replication", "ReplicateOfflineStore"),
        ("resource/replica-key", "AdministerByDeployRole"),
        ("resource/replica-key", "EncryptReplicas"),
        ("resource/replica-key", "ReadReplica"),
        ("identity/boundary-execution-role", "WriteOwnOfflineStore"),
        ("identity/deploy-feature-groups", "ListGroups"),
        ("identity/deploy-keys", "CreateKeys"),
        ("identity/deploy-keys", "ListKeyAliases"),
        ("identity/deploy-parameters", "DescribeParameters"),
        ("endpoint/sagemaker", "ListGroups"),
        ("endpoint/sts", "AskWho"),
        ("identity/deploy-endpoints", "LookAtEndpoints"),
        ("identity/deploy-notebook", "LookAtNetwork"),
        ("identity/discover", "ListGroups"),
        ("identity/manage", "ListKeyAliases"),
        ("resource/offline-key", "AdministerByDeployRole"),
        ("resource/offline-key", "CreateFeatureGroups"),
        ("resource/offline-key", "ReadOfflineStore"),
        ("resource/offline-key", "WriteOfflineStore"),
        ("resource/online-key", "AdministerByDeployRole"),
        ("resource/online-key", "CreateFeatureGroups"),
        ("resource/online-key-users", "ReadAndWriteRecords"),
    }


def test_the_readme_names_every_template_and_statement_and_no_other() -> None:
    rows = re.findall(r"^\| `([a-z]+/[a-z-]+)` \|[^|]*\|(.*)\|$", (POLICIES / "README.md").read_text(), re.MULTILINE)
    documented = {name: set(re.findall(r"`([A-Z][A-Za-z]+)`", text)) for name, text in rows}
    assert documented == {name_of(t): {s["Sid"] for s in skeleton(t)["Statement"]} for t in TEMPLATES}


def filled() -> list[tuple[str, str]]:
    files = (ROOT / "modules" / "access-policies").glob("*.tf")
    return [found.groups() for file in sorted(files) for found in FILLED.finditer(file.read_text())]


def names_given(text: str) -> list[str]:
    """The attributes of an object in HCL, in the order written; not those of what its values hold."""
    text, depth, out = re.sub(r"#.*", "", text), 0, []
    for token in re.finditer(r"[\[({]|[\])}]|(?:(?<=[\n,{ ])|^)(\w+) +=(?![=>])", text):
        if token[1]:
            out += [token[1]] if depth == 0 else []
        else:
            depth += 1 if token[0] in "[({" else -1
    return out


@pytest.mark.parametrize(("name", "given"), filled(), ids=[name for name, _ in filled()])
def test_every_hole_is_filled_by_its_name(name: str, given: str) -> None:
    """Holes are filled in the order of their names, so a wrong name would put a value into another hole."""
    for verb in ("write", "delete", "read-online", "discover") if "${" in name else ("",):
        template = POLICIES / f"{re.sub(r'[$]{.*}', verb, name)}.json.tftpl"
        assert set(names_given(given)) == set(HOLE.findall(template.read_text()))


def test_no_template_is_filled_in_another_way() -> None:
    text = "".join(file.read_text() for file in (ROOT / "modules" / "access-policies").glob("*.tf"))
    assert len(filled()) == text.count("local.templates[")
    assert text.count("templatefile(") == 1
    by_verb = {f"identity/{verb}" for verb in ("write", "delete", "read-online")}
    used = {name for name, _ in filled() if "${" not in name} | by_verb
    assert used == set(map(name_of, TEMPLATES))


def test_access_policies_is_the_only_reader() -> None:
    readers = {
        path.relative_to(ROOT).parts[:2]
        for folder in ("modules", "environments")
        for path in (ROOT / folder).rglob("*.tf")
        if "templatefile(" in path.read_text()
    }
    assert readers == {("modules", "access-policies")}
