"""The settings of the Terraform state, which people write, against the bucket that roles and policies are made for."""

import re
from collections.abc import Iterator
from pathlib import Path

from featureshare.errors import BadInput, Problem
from featureshare.render import Render

# `name = "value"`, as in a partial backend configuration (Terraform, Backend block configuration overview).
_SETTING = re.compile(r'^\s*(\w+)\s*=\s*"([^"]*)"', re.MULTILINE)


def check_backend(file: Path, shown: str, documents: Render) -> None:
    """Hold a backend.hcl against the render of its environment; `shown` is its name in messages.

    Raises BadInput when it is missing or names another bucket or Region than the policies are made for: Terraform would
    be denied its state, and would not say why.
    """
    if problems := tuple(_problems(file, shown, documents)):
        raise BadInput(problems)


def _problems(file: Path, shown: str, documents: Render) -> Iterator[Problem]:
    bucket, region = documents["landing_zone"]["state"]["bucket"], documents["environment"]["region"]
    if not file.is_file():
        rule = "the file is missing: it tells Terraform where the states lie."
        yield Problem(shown, "", rule, f'write bucket = "{bucket}" and region = "{region}" into it.')
        return
    settings = dict(_SETTING.findall(file.read_text(encoding="utf-8")))
    for name, wanted, why in (
        ("bucket", bucket, "prefix, platform account and Region"),
        ("region", region, "Region"),
    ):
        if (found := settings.get(name)) != wanted:
            rule = f"the roles may use {name} {wanted}, after the {why} of environment.yaml, not {found or 'none'}."
            yield Problem(shown, name, rule, f'write {name} = "{wanted}".')
