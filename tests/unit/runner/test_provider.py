from pathlib import Path

import pytest

from featureshare.errors import FeatureShareError
from featureshare.toolchain import ProviderSource, discover, find_terraform
from featureshare.toolchain.provider import cli_configuration, system_platform


def _unpacked(mirror: Path, version: str, system: str | None = None) -> Path:
    folder = mirror / "registry.terraform.io/hashicorp/aws" / version / (system or system_platform())
    folder.mkdir(parents=True)
    (folder / f"terraform-provider-aws_v{version}_x5").touch()
    return mirror


def _packed(mirror: Path, version: str) -> Path:
    folder = mirror / "registry.terraform.io/hashicorp/aws"
    folder.mkdir(parents=True)
    (folder / f"terraform-provider-aws_{version}_{system_platform()}.zip").touch()
    return mirror


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def nowhere(tmp_path: Path) -> dict[str, str]:
    return {"XDG_DATA_DIRS": str(tmp_path / "no-data-dirs")}


def test_nothing_found_means_the_registry(nowhere: dict[str, str], home: Path, tmp_path: Path) -> None:
    found = discover(nowhere, home, tmp_path, [tmp_path / "missing"])
    assert found.source is ProviderSource.REGISTRY
    file = found.configure(tmp_path / "state")
    assert file is not None
    assert "direct {}" in file.read_text()


def test_a_configuration_of_the_user_s_is_left_alone(nowhere: dict[str, str], home: Path, tmp_path: Path) -> None:
    root = _unpacked(tmp_path / "opt/m", "5.100.0").parent
    mine = tmp_path / "mine.rc"
    mine.touch()
    found = discover({**nowhere, "TF_CLI_CONFIG_FILE": str(mine)}, home, tmp_path, [root])
    assert (found.source, found.configure(tmp_path / "state")) == (ProviderSource.USER, mine)
    (home / ".terraformrc").touch()
    found = discover(nowhere, home, tmp_path, [root])
    assert (found.source, found.configure(tmp_path / "state")) == (ProviderSource.USER, None)


def test_a_configuration_file_that_is_missing_counts_as_absent(
    nowhere: dict[str, str], home: Path, tmp_path: Path
) -> None:
    mirror = _unpacked(tmp_path / "opt/m", "5.100.0")
    found = discover({**nowhere, "TF_CLI_CONFIG_FILE": str(tmp_path / "gone.rc")}, home, tmp_path, [mirror.parent])
    assert (found.source, found.mirror) == (ProviderSource.MIRROR, mirror)


def test_the_project_s_variable_wins_and_must_be_right(nowhere: dict[str, str], home: Path, tmp_path: Path) -> None:
    (home / ".terraformrc").touch()
    mirror = _packed(tmp_path / "my mirror", "5.101.2")
    found = discover({**nowhere, "FEATURESHARE_PROVIDER_MIRROR": str(mirror)}, home, tmp_path, [])
    assert found.mirror == mirror
    with pytest.raises(FeatureShareError, match=r"no version ~> 5\.100"):
        discover({**nowhere, "FEATURESHARE_PROVIDER_MIRROR": str(tmp_path)}, home, tmp_path, [])


@pytest.mark.parametrize(
    "place",
    [
        "home/.terraform.d/plugins",
        "home/.local/share/terraform/plugins",
        "terraform.d/plugins",
        "no-data-dirs/terraform/plugins",
    ],
)
def test_terraform_s_own_folders_are_searched(nowhere: dict[str, str], home: Path, tmp_path: Path, place: str) -> None:
    mirror = _unpacked(tmp_path / place, "5.100.0")
    assert discover(nowhere, home, tmp_path, []).mirror == mirror


def test_the_plugin_cache_and_xdg_folders_are_searched(nowhere: dict[str, str], home: Path, tmp_path: Path) -> None:
    cache = _unpacked(tmp_path / "cache", "5.100.1")
    assert discover({**nowhere, "TF_PLUGIN_CACHE_DIR": str(cache)}, home, tmp_path, []).mirror == cache
    data = _unpacked(tmp_path / "xdg/terraform/plugins", "5.100.1")
    assert discover({**nowhere, "XDG_DATA_HOME": str(tmp_path / "xdg")}, home, tmp_path, []).mirror == data


@pytest.mark.parametrize(("depth", "found"), [("m", True), ("a/m", True), ("a/b/m", True), ("a/b/c/m", False)])
def test_system_roots_are_searched_to_a_small_depth(
    nowhere: dict[str, str], home: Path, tmp_path: Path, depth: str, found: bool
) -> None:
    root = tmp_path / "root"
    mirror = _unpacked(root / depth, "5.100.0")
    assert discover(nowhere, home, tmp_path, [root]).mirror == (mirror if found else None)


@pytest.mark.parametrize("version", ["5.99.9", "4.100.0", "6.0.0", "5.100.0-beta1", "latest"])
def test_other_versions_do_not_count(nowhere: dict[str, str], home: Path, tmp_path: Path, version: str) -> None:
    _unpacked(tmp_path / "root/m", version)
    assert discover(nowhere, home, tmp_path, [tmp_path / "root"]).source is ProviderSource.REGISTRY


def test_other_systems_do_not_count(nowhere: dict[str, str], home: Path, tmp_path: Path) -> None:
    _unpacked(tmp_path / "root/m", "5.100.0", "plan9_mips")
    assert discover(nowhere, home, tmp_path, [tmp_path / "root"]).source is ProviderSource.REGISTRY


def test_links_are_not_followed_round_in_circles(nowhere: dict[str, str], home: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "loop").symlink_to(root)
    assert discover(nowhere, home, tmp_path, [root]).source is ProviderSource.REGISTRY


def test_the_configuration_names_the_mirror_for_the_aws_provider_alone() -> None:
    text = cli_configuration(Path('/a "quoted" place'))
    assert r'path    = "/a \"quoted\" place"' in text
    assert 'include = ["registry.terraform.io/hashicorp/aws"]' in text
    assert 'exclude = ["registry.terraform.io/hashicorp/aws"]' in text


def _fake_terraform(folder: Path, answer: str) -> dict[str, str]:
    folder.mkdir()
    binary = folder / "terraform"
    binary.write_text(f"#!/bin/sh\necho '{answer}'\n")
    binary.chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


def test_terraform_is_there_and_new_enough(tmp_path: Path) -> None:
    path = _fake_terraform(tmp_path / "bin", '{"terraform_version": "1.11.0-rc1"}')
    assert find_terraform(path).version == (1, 11, 0)


def test_old_missing_or_strange_terraform_is_one_sentence(tmp_path: Path) -> None:
    old = _fake_terraform(tmp_path / "old", '{"terraform_version": "1.10.5"}')
    with pytest.raises(FeatureShareError, match=r"is Terraform 1\.10\.5: install version 1\.11 or later"):
        find_terraform(old)
    with pytest.raises(FeatureShareError, match="Terraform is not on the PATH"):
        find_terraform({"PATH": str(tmp_path)})
    with pytest.raises(FeatureShareError, match="does not tell its version"):
        find_terraform(_fake_terraform(tmp_path / "strange", "hello"))
