"""Real Terraform on provider-free configurations: seconds, no network, no AWS."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from featureshare.runner import scheduler
from featureshare.runner.process import Children, Interrupted
from featureshare.runner.terraform import Terraform, TerraformFailed

FolderMaker = Callable[[str, str], Path]

WHO = """
variable "team" { type = string }
resource "terraform_data" "who" {
  input = var.team
  provisioner "local-exec" {
    command = <<-SHELL
      echo $AWS_ACCESS_KEY_ID > ${var.team}.seen
      while [ ! -e ${var.team == "one" ? "two" : "one"}.seen ]; do sleep 0.05; done
    SHELL
  }
}
output "team" { value = terraform_data.who.output }
"""

REFUSING = """
variable "size" { default = 1 }
resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = var.size > 2
      error_message = "Too small."
    }
  }
}
"""

SLOW = """
resource "terraform_data" "slow" {
  provisioner "local-exec" { command = "echo $$ > pid; exec sleep 300" }
}
"""


def _wait_for(file: Path) -> str:
    deadline = time.monotonic() + 60
    while not (file.exists() and file.read_text().strip()):
        assert time.monotonic() < deadline, f"no {file}"
        time.sleep(0.05)
    return file.read_text().strip()


def _gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


def test_two_stacks_of_different_accounts_run_at_once(
    terraform_folder: FolderMaker, bare_environment: dict[str, str], tmp_path: Path
) -> None:
    """Each waits for the other's file, so that both end only if both run, in one folder, each as itself."""
    folder = terraform_folder("stack", WHO)
    before = dict(os.environ)

    def run(team: str) -> dict[str, Any]:
        environment = bare_environment | {
            "TF_DATA_DIR": str(tmp_path / f"data-{team}"),
            "TF_VAR_team": team,
            "AWS_ACCESS_KEY_ID": f"key of {team}",
        }
        terraform = Terraform(folder, environment)
        terraform.initialise()
        return terraform.apply_for_outputs(tmp_path / f"{team}.tfstate")

    outcomes = scheduler.run({"one": [], "two": []}, run, jobs=2)
    assert [outcomes[team].error for team in ("one", "two")] == [None, None]
    assert [outcomes[team].result for team in ("one", "two")] == [{"team": "one"}, {"team": "two"}]
    assert (folder / "one.seen").read_text() == "key of one\n"
    assert (folder / "two.seen").read_text() == "key of two\n"
    assert dict(os.environ) == before


def test_plan_show_apply_pull_and_destroy(
    terraform_folder: FolderMaker, bare_environment: dict[str, str], tmp_path: Path
) -> None:
    events: list[str] = []
    folder = terraform_folder("stack", 'resource "terraform_data" "a" { input = 1 }\noutput "o" { value = "é" }')
    terraform = Terraform(folder, bare_environment, on_event=lambda event: events.append(event["type"]))
    terraform.initialise()
    assert terraform.pull_state() is None
    plan = tmp_path / "a plan.tfplan"
    assert terraform.save_plan(plan) is True
    assert terraform.show_plan(plan)["planned_values"]["outputs"]["o"]["value"] == "é"
    terraform.apply_plan(plan, parallelism=4)
    assert terraform.save_plan(plan) is False
    state = terraform.pull_state()
    assert state is not None
    assert [resource["type"] for resource in state["resources"]] == ["terraform_data"]
    assert terraform.save_plan(plan, destroy=True) is True
    terraform.destroy_all()
    assert (terraform.pull_state() or {})["resources"] == []
    assert {"planned_change", "apply_start", "apply_complete", "change_summary"} <= set(events)


def test_errors_are_terraform_s_words_with_their_place(
    terraform_folder: FolderMaker, bare_environment: dict[str, str], tmp_path: Path
) -> None:
    terraform = Terraform(terraform_folder("stack", REFUSING), bare_environment)
    terraform.initialise()
    with pytest.raises(TerraformFailed) as caught:
        terraform.save_plan(tmp_path / "plan")
    assert str(caught.value) == 'Resource precondition failed (resource "terraform_data" "a", main.tf:6): Too small.'
    broken = Terraform(terraform_folder("broken", "resource {"), bare_environment)
    with pytest.raises(TerraformFailed, match=r"Unclosed configuration block \(resource, main.tf:1\): There is no"):
        broken.initialise()
    with pytest.raises(TerraformFailed, match="cannot run"):
        Terraform(tmp_path, bare_environment, binary=tmp_path / "no-terraform").initialise()


def test_ctrl_c_ends_terraform_cleanly_and_leaves_no_lock(
    terraform_folder: FolderMaker, bare_environment: dict[str, str]
) -> None:
    children = Children()
    folder = terraform_folder("stack", SLOW)
    terraform = Terraform(folder, bare_environment, children=children)
    terraform.initialise()

    def apply(_: str) -> None:
        terraform.cmd("apply", auto_approve=True, json=True)
        raise Interrupted

    interrupter = threading.Thread(
        target=lambda: (_wait_for(folder / "pid"), os.kill(os.getpid(), signal.SIGINT)), daemon=True
    )
    interrupter.start()
    with pytest.raises(KeyboardInterrupt):
        scheduler.run({"slow": []}, apply, jobs=1, interrupt=children.interrupt, kill=children.kill)
    assert _gone(int(_wait_for(folder / "pid")))
    assert list(folder.glob(".*.lock.info")) == []
    assert (folder / "terraform.tfstate").exists()  # what was begun is written down
    with pytest.raises(Interrupted):
        terraform.pull_state()
    again = Terraform(folder, bare_environment)
    again.destroy_all()  # would wait for the lock, were it held


def test_what_ignores_the_interrupt_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    children = Children()
    script = "trap '' INT; sleep 300 & echo $! > child; echo $$ > parent; wait"

    def work() -> None:
        children.run(["/bin/sh", "-c", script], cwd=tmp_path, env={"PATH": os.environ["PATH"]})

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        pids = [int(_wait_for(tmp_path / name)) for name in ("child", "parent")]
        children.interrupt()
        assert not future.done()
        children.kill()
        future.result(30)
    deadline = time.monotonic() + 30
    while not all(_gone(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_output_comes_line_by_line_while_the_child_runs(tmp_path: Path) -> None:
    seen: list[str] = []

    def on_line(line: str) -> None:
        seen.append(line)
        (tmp_path / "go").touch()

    # The child waits for what the first line sets off: read at the end only, it would wait for ever.
    script = "echo one; while [ ! -e go ]; do sleep 0.05; done; echo two; echo bad >&2; exit 3"
    finished = Children().run(
        ["/bin/sh", "-c", script], cwd=tmp_path, env={"PATH": os.environ["PATH"]}, on_line=on_line
    )
    assert (finished.status, finished.stdout, finished.stderr) == (3, "one\ntwo\n", "bad\n")
    assert seen == ["one", "two"]


def test_a_child_sees_its_environment_and_nothing_else(tmp_path: Path) -> None:
    finished = Children().run(
        [sys.executable, "-c", "import os; print(sorted(os.environ))"], cwd=tmp_path, env={"A": "1"}
    )
    assert set(eval(finished.stdout)) - {"LC_CTYPE"} == {"A"}  # Python itself may set LC_CTYPE


def test_nobody_else_imports_python_terraform() -> None:
    root = Path(__file__).resolve().parents[3]
    users = subprocess.run(
        ["grep", "-rlE", r"^\s*(from|import) python_terraform", str(root / "featureshare"), "--include=*.py"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert users.stdout.split() == [str(root / "featureshare/runner/terraform.py")]


def test_nobody_sets_the_environment_of_this_process() -> None:
    root = Path(__file__).resolve().parents[3]
    pattern = r"os\.environ\[[^]]*\]\s*=[^=]|os\.environ\.(update|setdefault|pop|clear)|os\.(putenv|unsetenv)"
    found = subprocess.run(
        [
            "grep",
            "-rnE",
            pattern,
            *(str(root / "featureshare" / part) for part in ("runner", "cli", "toolchain", "render.py")),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""
