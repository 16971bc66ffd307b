"""The two readers of a declaration, side by side: Python's load(), and the HCL module under real Terraform."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]

_ROOT_MODULE = """
variable "environment" { type = string }
variable "root" { type = string }
variable "team" {
  type    = string
  default = null
}
variable "replica" {
  type    = string
  default = null
}
module "declaration" {
  source      = "../environments/declaration"
  environment = var.environment
  root        = var.root
  team        = var.team
  replica     = var.replica
}
output "json" { value = jsonencode(module.declaration.normal) }
output "digest" { value = module.declaration.digest }
"""


@dataclass(frozen=True)
class Answer:
    """What Terraform made of a declaration: its outputs, or what it printed when it refused."""

    status: int
    outputs: dict[str, Any]
    printed: str


class Terraform:
    """A root module without a provider that reads declarations; one `init` serves every test."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("terraform")
        assert program, "terraform is not on PATH"
        self.program = program
        self.folder = folder / "main"
        self.folder.mkdir()
        shutil.copytree(REPOSITORY / "environments" / "declaration", folder / "environments" / "declaration")
        (self.folder / "main.tf").write_text(_ROOT_MODULE)
        # Nothing of the shell's but where programs lie: a TF_VAR_team or TF_CLI_ARGS of hers is not ours.
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TF_DATA_DIR": str(folder / "data"),
            "CHECKPOINT_DISABLE": "1",
            "TF_IN_AUTOMATION": "1",
            "GOGC": "off",  # it ends before there is garbage worth collecting: a quarter less time of the processor
        }
        done = self._run("init", "-backend=false")
        assert done.returncode == 0, done.stderr

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.program, *arguments, "-input=false", "-no-color"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def read(self, root: Path, environment: str, team: str | None = None, replica: str | None = None) -> Answer:
        """The declaration `environment` in `root` as Terraform reads it. Nothing is created: there is no resource."""
        state = self.folder / "state.json"
        state.unlink(missing_ok=True)
        variables = [f"-var=environment={environment}", f"-var=root={root}"]
        if team is not None:
            variables.append(f"-var=team={team}")
        if replica is not None:
            variables.append(f"-var=replica={replica}")
        done = self._run("apply", "-auto-approve", "-lock=false", "-backup=-", f"-state={state}", *variables)
        outputs = json.loads(state.read_text())["outputs"] if done.returncode == 0 else {}
        return Answer(
            done.returncode, {name: output["value"] for name, output in outputs.items()}, done.stdout + done.stderr
        )
