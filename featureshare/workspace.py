"""Where things lie in a clone: the repository's root and the state folder of an environment."""

import re
from dataclasses import dataclass
from pathlib import Path

from featureshare.errors import BadInput, FeatureShareError, Problem

STATE = ".featureshare"
_NAME = re.compile(r"[a-z0-9](-?[a-z0-9])*")


@dataclass(frozen=True)
class Workspace:
    """A clone of the repository; every path is absolute."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> "Workspace":
        """The clone that `start` (default: the current folder) lies in, else the one this package was installed from.

        Raises FeatureShareError when there is neither.
        """
        here = (start or Path.cwd()).resolve()
        for folder in (here, *here.parents, Path(__file__).resolve().parent.parent):
            if (folder / "environments").is_dir() and (folder / "modules").is_dir():
                return cls(folder)
        raise FeatureShareError(
            f"{here} is not inside a Feature Share clone (no environments/ and modules/ there or above)."
        )

    @property
    def environments(self) -> Path:
        return self.root / "environments"

    @property
    def stacks(self) -> Path:
        return self.environments / "stacks"

    def environment_names(self) -> tuple[str, ...]:
        """The environments that are declared, in alphabetical order."""
        return tuple(sorted(file.parent.name for file in self.environments.glob("*/environment.yaml")))

    def declaration_folder(self, env: str) -> Path:
        """The folder of an environment's YAML. Raises BadInput when there is no such environment."""
        folder = self.environments / env
        if not _NAME.fullmatch(env) or not (folder / "environment.yaml").is_file():
            known = ", ".join(self.environment_names()) or "none"
            raise BadInput(
                [
                    Problem(
                        f"environments/{env}/environment.yaml",
                        "",
                        f"there is no environment {env!r}.",
                        f"name one of: {known}.",
                    )
                ]
            )
        return folder

    def state(self, env: str) -> Path:
        """The state folder of an environment: git-ignored, private to its user, made when asked for."""
        folder = self.root / STATE / env
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def relative(self, path: Path) -> str:
        """`path` as a message shows it: relative to the clone where it lies inside."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)
