"""What was applied passes the gates: checkov and our own rules see every stack, and access equals the declaration."""

from typing import Any

import pytest
from work_copy import ROOT

pytestmark = pytest.mark.timeout(300)


def test_the_applied_plans_are_clean(applied_local: Any) -> None:
    checkov = applied_local.copy.root / ".venv-checkov"
    if not checkov.exists():
        checkov.symlink_to(ROOT / ".venv-checkov")
    found = applied_local.copy.json("scan", "local")
    assert found["rendered_findings"] == []
    assert found["failures"] == []
    assert found["plans"] == len(applied_local.report["stacks"])
    assert found["planned_documents"] > 60
    assert found["planted_examples_caught"] >= found["rules"]


def test_what_was_planned_is_proved_and_agrees_with_the_render(applied_local: Any) -> None:
    proof = applied_local.copy.json("access", "prove", "local", "--from", "plan")
    assert proof["result"] == "proved"
    assert proof["counterexamples"] == []
