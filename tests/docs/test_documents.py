"""Every block of the README runs or is checked; module examples validate; rendered documents are current."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from sybil import Document, Sybil
from sybil.example import Example
from sybil.parsers.markdown import CodeBlockParser
from work_copy import ROOT, Copy, copy_work_tree

from featureshare.runner.environment import child_environment
from featureshare.runner.machine import Machine
from featureshare.workspace import Workspace

pytestmark = pytest.mark.timeout(600)

LANGUAGES = ("console", "hcl", "mermaid", "python", "text", "yaml")
README = ROOT / "README.md"


def blocks(path: Path) -> list[tuple[str, str, int]]:
    """(language, text, line) of every fenced block."""
    found: list[tuple[str, str, int]] = []

    def keep(language: str) -> CodeBlockParser:
        def evaluate(example: Example) -> None:
            found.append((language, str(example.parsed), example.line))

        return CodeBlockParser(language=language, evaluator=evaluate)

    document: Document = Sybil(parsers=[keep(language) for language in LANGUAGES]).parse(path)
    for example in document.examples():
        example.evaluate()
    return sorted(found, key=lambda block: block[2])


def commands(text: str) -> list[str]:
    return [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]


def test_every_block_has_a_language_that_is_tested() -> None:
    for path in [README, *ROOT.glob("docs/*.md"), *ROOT.glob("modules/*/README.md"), ROOT / "policies/README.md"]:
        fences = [line for line in path.read_text().splitlines() if line.startswith("```")]
        assert len(fences) % 2 == 0, path
        assert {fence.removeprefix("```") for fence in fences[::2]} <= set(LANGUAGES), path


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """A copy of its own, since the README starts at the beginning: no local AWS runs there yet."""
    copy = copy_work_tree(tmp_path_factory.mktemp("readme"))
    try:
        yield copy
    finally:
        copy.run("localaws", "down", "local", check=False)


@pytest.mark.parametrize(
    "block", [block for block in blocks(README) if block[0] == "console"], ids=lambda b: f"line-{b[2]}"
)
def test_console_blocks_run_as_they_stand(block: tuple[str, str, int], fresh: Copy) -> None:
    script = commands(block[1])
    assert script
    # The two commands are this very test run and what the other tests do piece by piece: here, that make knows them.
    script = [re.sub(r"^make ", "make --dry-run --assume-old=.venv ", line) for line in script]
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(script)],
        cwd=fresh.root,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        text=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_tree_is_clean_after_the_readme(fresh: Copy) -> None:
    leftover = [line for line in fresh.git("status", "--porcelain").splitlines() if not line.endswith(".tfplan")]
    assert leftover == []


def test_yaml_blocks_stand_in_the_local_declaration() -> None:
    declared = [YAML(typ="safe").load(file) for file in (ROOT / "environments/local").rglob("*.yaml")]
    for language, text, line in blocks(README):
        if language == "yaml":
            wanted = YAML(typ="safe").load(text)
            assert any(wanted.items() <= document.items() for document in declared), f"README line {line}"


def test_the_picture_shows_the_accounts_and_groups_that_are_declared() -> None:
    picture = next(text for language, text, _ in blocks(README) if language == "mermaid")
    files = {path: YAML(typ="safe").load(path) for path in (ROOT / "environments/local").rglob("*.yaml")}
    accounts = {data["account"] for data in files.values() if "account" in data}
    accounts |= {data["central_account"] for data in files.values() if "central_account" in data}
    for data in files.values():
        accounts |= {replica["account"] for replica in data.get("replicas", {}).values()}
    assert set(re.findall(r"\b\d{12}\b", picture)) == accounts
    for path, data in files.items():
        if "feature_group" in data or "team" in data:
            assert path.stem in picture


def test_the_output_shown_is_what_the_commands_print(work_copy: Copy) -> None:
    """Titles, steps and kinds of denial of the demo's output; counts are compared by the journeys, times change."""
    from featureshare.cli import demo
    from featureshare.journeys.article import TITLES
    from featureshare.journeys.probes import CATEGORIES

    shown = next(text for language, text, _ in blocks(README) if language == "text")
    assert [line for line in shown.splitlines() if re.match(r"\d  ", line)] == [
        f"{number}  {title}  passed" for number, title in TITLES.items()
    ]
    source = Path(demo.__file__).read_text()
    for title, command in re.findall(r"^== (.*?)  \(featureshare (.*)\)$", shown, re.MULTILINE):
        assert f'"{title}"' in source
        assert command.split()[-1] == "local"
    denials = shown.partition("Calls that must be denied\n")[2].partition("...")[0].splitlines()
    assert denials
    for line in denials:
        assert line.split("  ")[0] in CATEGORIES
    proved = [text for language, text, _ in blocks(README) if language == "text"][1].strip()
    assert work_copy.run("access", "prove", "local").stdout.startswith(proved)


def test_paths_that_the_documents_name_exist() -> None:
    for path in [README, ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
    for name in re.findall(r"`((?:modules|policies|featureshare|tests|environments)/[\w./-]+)`", README.read_text()):
        assert (ROOT / name).exists(), name


def test_module_examples_validate(tmp_path: Path) -> None:
    """The examples of all modules in one configuration, since init and the provider's start cost seconds each."""
    for name in ("modules", "policies"):
        (tmp_path / name).symlink_to(ROOT / name)
    folder = tmp_path / "modules-examples" / "all"
    folder.mkdir(parents=True)
    modules = sorted(path.parent.name for path in ROOT.glob("modules/*/README.md"))
    assert modules == sorted(path.name for path in (ROOT / "modules").iterdir() if path.is_dir())
    for module in modules:
        examples = [text for language, text, _ in blocks(ROOT / "modules" / module / "README.md") if language == "hcl"]
        assert examples, module
        text = "\n".join(examples).replace('source = "../', 'source = "../../modules/')
        (folder / f"{module}.tf").write_text(text)
    machine = Machine.detect(Workspace(ROOT))
    environment = child_environment(
        os.environ, access=None, region=None, registry=machine.registry, extra=machine.tool_variables()
    )
    for arguments in (["init", "-backend=false", "-input=false"], ["validate", "-no-color"]):
        done = subprocess.run(["terraform", *arguments], cwd=folder, env=environment, text=True, capture_output=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_rendered_documents_are_current(work_copy: Copy) -> None:
    """docs/policies/local shows a pull request the policy bytes that change. Mend with `make policies`."""
    work_copy.run("policies", "local")
    assert work_copy.git("status", "--porcelain", "docs/policies") == "", "run `make policies` and commit"
