"""A clone that holds what rendering needs and one environment from elsewhere, to render what does not ship."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]
_NEEDED = ("modules/access-policies", "policies", "environments/declaration", "environments/stacks/render")


def scratch_clone(target: Path, environment: Path) -> Path:
    """Copies the renderer and the folder `environment` to `target`, which is returned; render its name there."""
    for folder in _NEEDED:
        # Copies: Terraform follows links, and would read the declaration of the clone.
        shutil.copytree(
            ROOT / folder, target / folder, ignore=shutil.ignore_patterns(".terraform*"), dirs_exist_ok=True
        )
    shutil.copytree(environment, target / "environments" / environment.name, dirs_exist_ok=True)
    return target
