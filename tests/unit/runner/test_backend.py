"""backend.hcl against the bucket that the policies are made for."""

from pathlib import Path

import pytest

from featureshare.errors import BadInput
from featureshare.runner.backend import check_backend

DOCUMENTS = {"landing_zone": {"state": {"bucket": "fs-state-6-eu-west-1"}}, "environment": {"region": "eu-west-1"}}
SOUND = '# Where states lie.\nbucket       = "fs-state-6-eu-west-1"\nregion = "eu-west-1"\nencrypt = true\n'


def test_what_ships_is_sound(tmp_path: Path) -> None:
    file = tmp_path / "backend.hcl"
    file.write_text(SOUND)
    check_backend(file, "backend.hcl", DOCUMENTS)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (SOUND.replace("fs-state", "own-state"), ["bucket"]),
        (SOUND.replace("eu-west-1", "eu-central-1"), ["bucket", "region"]),
        (SOUND.replace("bucket ", "# bucket "), ["bucket"]),
        (None, [""]),
    ],
)
def test_another_bucket_is_named_before_terraform_is_denied(tmp_path: Path, text: str | None, keys: list[str]) -> None:
    file = tmp_path / "backend.hcl"
    if text is not None:
        file.write_text(text)
    with pytest.raises(BadInput) as refused:
        check_backend(file, "environments/x/backend.hcl", DOCUMENTS)
    assert [problem.key for problem in refused.value.problems] == keys
    assert all(
        "fs-state-6-eu-west-1" in f"{one.rule} {one.fix}" for one in refused.value.problems if one.key != "region"
    )
