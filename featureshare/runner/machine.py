"""What a run of a stack needs of this machine: folder, data folder, backend, provider, who it acts as.

`Machine.environment` answers for `featureshare env` (a run by hand) and for the runner alike.
"""

import hashlib
import os
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from featureshare import toolchain
from featureshare.errors import FeatureShareError
from featureshare.runner import landing
from featureshare.runner.environment import Access, AmbientAccess, child_environment, session_variables
from featureshare.runner.process import Children
from featureshare.runner.stacks import Normal, Stack
from featureshare.runner.terraform import Event, Terraform
from featureshare.workspace import STATE, Workspace

# The S3 backend asks AWS who it is and where buckets live; local AWS answers neither by host name.
LOCAL_BACKEND = (
    "use_path_style=true",
    "skip_credentials_validation=true",
    "skip_metadata_api_check=true",
    "skip_region_validation=true",
    "skip_requesting_account_id=true",
    "skip_s3_checksum=true",
)


@dataclass(frozen=True)
class StackRun:
    """A stack's run: the folder to stand in, all of the child's environment, and the backend's settings."""

    folder: Path
    environment: Mapping[str, str]
    backend_config: tuple[str, ...]
    data: Path


@dataclass(frozen=True)
class Machine:
    """This machine as a run sees it; `parent` is the shell's environment, read and never changed."""

    workspace: Workspace
    parent: Mapping[str, str]
    terraform: toolchain.Terraform
    provider: toolchain.Discovery

    @classmethod
    def detect(cls, workspace: Workspace, parent: Mapping[str, str] | None = None) -> "Machine":
        """Look for Terraform and its provider. Raises FeatureShareError when there is no Terraform that will do."""
        parent = os.environ if parent is None else parent
        home = Path(parent["HOME"]) if parent.get("HOME") else None
        return cls(
            workspace,
            parent,
            toolchain.find_terraform(parent),
            toolchain.discover(parent, home, workspace.root),
        )

    def tool_variables(self) -> dict[str, str]:
        """Environment variables that make Terraform find its provider."""
        state = self.workspace.root / STATE
        variables: dict[str, str] = {}
        if file := self.provider.configure(state):
            variables["TF_CLI_CONFIG_FILE"] = str(file)
        if "TF_PLUGIN_CACHE_DIR" not in self.parent:
            cache = state / "plugin-cache"
            cache.mkdir(parents=True, exist_ok=True)
            variables["TF_PLUGIN_CACHE_DIR"] = str(cache)
        # One download for all folders: their lock files are made here and never committed, so there is none to break.
        variables["TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE"] = "true"
        return variables

    @property
    def registry(self) -> bool:
        """May a provider have to be downloaded?"""
        return self.provider.source is not toolchain.ProviderSource.MIRROR

    def environment(self, stack: Stack, access: Access, more: Mapping[str, str] | None = None) -> StackRun:
        """What a run of `stack` needs, by hand or by the runner; `more` are further variables of its Terraform."""
        data = self.workspace.state(stack.env) / "tfdata" / stack.slug
        backend = (
            str(self.workspace.environments / stack.env / "backend.hcl"),
            f"key={stack.key}",
            *(LOCAL_BACKEND if access.local else ()),
        )
        extra = self.tool_variables() | {
            "TF_DATA_DIR": str(data),
            "TF_VAR_environment": stack.env,
            "TF_VAR_local": "true" if access.local else "false",
        }
        if stack.team is not None:
            extra["TF_VAR_team"] = stack.team
        if stack.replica is not None:
            extra["TF_VAR_replica"] = stack.replica
        variables = child_environment(
            self.parent, access=access, region=stack.region, registry=self.registry, extra={**extra, **(more or {})}
        )
        return StackRun(self.workspace.stacks / stack.kind, variables, backend, data)

    def open(
        self, run: StackRun, children: Children | None = None, on_event: Callable[[Event], None] | None = None
    ) -> Terraform:
        """Terraform for a run, not initialised yet."""
        return Terraform(run.folder, run.environment, binary=self.terraform.path, children=children, on_event=on_event)

    def initialise(self, run: StackRun, terraform: Terraform) -> None:
        """`init`, unless nothing that it reads has changed since the last time.

        One at a time in a folder, since all stacks of a kind share the folder's dependency lock file.
        """
        if not run.folder.is_dir():
            raise FeatureShareError(f"There is no {self.workspace.relative(run.folder)}.")
        run.data.mkdir(parents=True, exist_ok=True)
        stamp = run.data / "initialised"
        locks = self.workspace.root / STATE / "locks"
        locks.mkdir(parents=True, exist_ok=True)
        with FileLock(locks / f"{run.folder.name}.lock"):
            wanted = self._init_inputs(run)
            if stamp.is_file() and stamp.read_text() == wanted and (run.folder / ".terraform.lock.hcl").exists():
                return
            stamp.unlink(missing_ok=True)
            terraform.initialise(run.backend_config)
            stamp.write_text(wanted)

    def _init_inputs(self, run: StackRun) -> str:
        digest = hashlib.sha256(repr((run.backend_config, run.environment.get("TF_CLI_CONFIG_FILE"))).encode())
        backend = Path(run.backend_config[0])
        configuration = self.workspace.root / STATE / "terraform.rc"
        files = [
            *run.folder.glob("*.tf"),
            *(self.workspace.root / "modules").rglob("*.tf"),
            *(self.workspace.environments / "declaration").glob("*.tf"),
            *(file for file in (backend, configuration) if file.is_file()),
        ]
        for file in sorted(files):
            digest.update(f"{file}\0".encode() + file.read_bytes())
        return digest.hexdigest()


def shell_variables(run: StackRun) -> dict[str, str]:
    """The variables of a run by hand: also the backend's settings, so that a plain `terraform init` has them."""
    arguments = " ".join(shlex.quote(f"-backend-config={setting}") for setting in run.backend_config)
    return dict(run.environment) | {"TF_CLI_ARGS_init": f"-reconfigure {arguments}"}


class LocalAccess:
    """Local AWS, as the platform's own role: sessions are minted there, the shell's AWS_* are never read."""

    local = True

    def __init__(self, endpoint: str, mint: Callable[[], Mapping[str, str]]) -> None:
        self._endpoint, self._mint = endpoint, mint

    def variables(self) -> dict[str, str]:
        return session_variables(self._endpoint, self._mint())


def is_local(workspace: Workspace, env: str) -> bool:
    """Does this environment run on local AWS? `local` always does, any other when one was started for it."""
    return env == "local" or (workspace.root / STATE / env / "localaws.json").is_file()


def open_access(workspace: Workspace, parent: Mapping[str, str], normal: Normal) -> Access:
    """Who runs of this environment act as; on local AWS, with the rights that the declaration gives them now.

    Raises FeatureShareError when the environment's local AWS does not run.
    """
    environment = normal["environment"]
    env, principal = environment["name"], environment["platform_principal"]
    if not is_local(workspace, env):
        return AmbientAccess(parent)
    if not (workspace.root / STATE / env / "localaws.json").is_file():
        raise FeatureShareError(f"Local AWS does not run for {env}: start it with `featureshare localaws up {env}`.")
    # Imported here: real environments need nothing of local AWS, whose packages may not be installed.
    from featureshare.localaws.control import LocalAWS

    aws = LocalAWS.connect(workspace.state(env))
    landing.refresh(workspace, env, keep=True)
    return LocalAccess(aws.endpoint, lambda: aws.session(principal))
