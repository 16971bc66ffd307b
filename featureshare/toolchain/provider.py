"""Where Terraform takes its AWS provider from: what the user configured, a mirror on this machine, or the registry.

Nothing of the user's is changed: a mirror that was found is named in a CLI configuration of our own, which only our
child processes see. Behaviour of Terraform relied on: an explicit `provider_installation` turns the implied mirrors
off, and TF_CLI_CONFIG_FILE at a missing file counts as absent
(https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation).
"""

import json
import os
import platform
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from featureshare.errors import FeatureShareError

REGISTRY = "registry.terraform.io"
SOURCE = "hashicorp/aws"
CONSTRAINT = "~> 5.100"  # the modules' versions.tf say the same
MIRROR_VARIABLE = "FEATURESHARE_PROVIDER_MIRROR"

# Where packagers and administrators put what a machine shares. Searched to a small depth for a folder of the
# registry's name, whatever the folders above it are called.
SYSTEM_ROOTS = (
    "/opt",
    "/srv",
    "/usr/local/share",
    "/usr/local/lib",
    "/var/cache",
    "/var/lib",
    "/usr/share",
    "/usr/lib",
)
_DEPTH = 3
_WIDTH = 2000  # a folder with more entries than this is a data store, not a place for a mirror


class ProviderSource(Enum):
    USER = "the user's Terraform CLI configuration"
    MIRROR = "a mirror on this machine"
    REGISTRY = "the registry"


@dataclass(frozen=True)
class Discovery:
    """Where the provider comes from; `mirror` is set for a mirror, `user_file` for a user's own configuration."""

    source: ProviderSource
    mirror: Path | None = None
    user_file: Path | None = None

    def configure(self, folder: Path) -> Path | None:
        """Write the CLI configuration into `folder`; the path for TF_CLI_CONFIG_FILE, None for Terraform's default."""
        if self.source is ProviderSource.USER:
            return self.user_file
        text = cli_configuration(self.mirror)
        file = folder / "terraform.rc"
        if not file.is_file() or file.read_text() != text:
            folder.mkdir(parents=True, exist_ok=True)
            scratch = file.with_suffix(f".{os.getpid()}")
            scratch.write_text(text)
            scratch.replace(file)
        return file


def cli_configuration(mirror: Path | None) -> str:
    """A Terraform CLI configuration: the AWS provider from `mirror` alone, or everything from the registry."""
    if mirror is None:
        # Said out loud: an implied mirror without a matching version is an error and not a way on to the registry.
        return "provider_installation {\n  direct {}\n}\n"
    name = f"{REGISTRY}/{SOURCE}"
    return (
        "provider_installation {\n"
        "  filesystem_mirror {\n"
        f"    path    = {json.dumps(str(mirror))}\n"
        f'    include = ["{name}"]\n'
        "  }\n"
        "  direct {\n"
        f'    exclude = ["{name}"]\n'
        "  }\n"
        "}\n"
    )


def discover(
    environ: Mapping[str, str], home: Path | None, here: Path, system_roots: Iterable[str | Path] = SYSTEM_ROOTS
) -> Discovery:
    """Find the AWS provider, cheapest and most explicit first; searching reads folders only.

    `here` is the folder whose `terraform.d/plugins` counts, the repository's root. Raises FeatureShareError when
    FEATURESHARE_PROVIDER_MIRROR names a folder without a matching provider.
    """
    if named := environ.get(MIRROR_VARIABLE):
        mirror = Path(named).expanduser().absolute()
        if not has_provider(mirror):
            raise FeatureShareError(
                f"{MIRROR_VARIABLE} is {named}, but {mirror}/{REGISTRY}/{SOURCE} has no version {CONSTRAINT} "
                f"for {system_platform()}."
            )
        return Discovery(ProviderSource.MIRROR, mirror)
    if (configured := environ.get("TF_CLI_CONFIG_FILE")) and Path(configured).is_file():
        return Discovery(ProviderSource.USER, user_file=Path(configured).absolute())
    if home is not None and (home / ".terraformrc").is_file():
        return Discovery(ProviderSource.USER)
    for mirror in (*_implied(environ, home, here), *_search(system_roots)):
        if has_provider(mirror):
            return Discovery(ProviderSource.MIRROR, mirror.absolute())
    return Discovery(ProviderSource.REGISTRY)


def has_provider(mirror: Path) -> bool:
    """Does `mirror`, unpacked or packed, hold the AWS provider for this machine in a version that we accept?"""
    folder = mirror / REGISTRY / SOURCE
    system = system_platform()
    pattern = re.compile(rf"terraform-provider-aws_(.+)_{re.escape(system)}\.zip")
    for name in _entries(folder):
        if packed := pattern.fullmatch(name):
            if _accepts(packed.group(1)):
                return True
        elif _accepts(name) and any(e.startswith("terraform-provider-aws") for e in _entries(folder / name / system)):
            return True
    return False


def system_platform() -> str:
    """This machine as Terraform names it, such as linux_amd64."""
    machine = platform.machine().lower()
    architecture = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}.get(machine, machine)
    return f"{platform.system().lower()}_{architecture}"


def _accepts(version: str) -> bool:
    # `~> 5.100`: 5.100 or later, below 6. A pre-release never satisfies a range.
    match = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version)
    least = tuple(int(number) for number in CONSTRAINT.removeprefix("~> ").split("."))
    return match is not None and int(match.group(1)) == least[0] and int(match.group(2)) >= least[1]


def _implied(environ: Mapping[str, str], home: Path | None, here: Path) -> Iterator[Path]:
    """The folders that Terraform itself searches, and the plugin cache, which has the same layout."""
    yield here / "terraform.d" / "plugins"
    if home is not None:
        yield home / ".terraform.d" / "plugins"
    data_home = environ.get("XDG_DATA_HOME") or (str(home / ".local" / "share") if home else "")
    data_dirs = environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    for folder in filter(None, (data_home, *data_dirs.split(":"))):
        yield Path(folder) / "terraform" / "plugins"
    if cache := environ.get("TF_PLUGIN_CACHE_DIR"):
        yield Path(cache)


def _search(roots: Iterable[str | Path]) -> Iterator[Path]:
    """Folders under `roots`, nearest first, that hold a folder of the registry's name."""
    for root in roots:
        level = [str(root)]
        for _ in range(_DEPTH + 1):
            below: list[str] = []
            for folder in level:
                inside = _folders(folder)
                if REGISTRY in inside:
                    yield Path(folder)
                else:
                    below += [os.path.join(folder, name) for name in inside if not name.startswith(".")]
            level = below


def _entries(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _folders(folder: str) -> list[str]:
    """The folders in `folder`; not its links, which could lead anywhere (name such a mirror by the variable)."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return []
    return names if len(names) <= _WIDTH else []
