"""The IAM documents of a render as files that people review: one document a file, indented, in a stable order."""

import json
from collections.abc import Iterator
from pathlib import Path

from featureshare.render import Render


def files(render: Render) -> dict[str, str]:
    """Relative path to content for every document.

    `roles/<account>/<role>/trust.json` and `.../<policy>.json`, `boundaries/<account>/<name>.json`,
    `buckets/<bucket>.json`, `keys/<account>/<alias>.json`, `catalogs/<account>.json`, `organization/<name>.json`,
    `brought-roles/<team>/<principal>/<policy>.json`, `landing-zone/platform.json`.
    """
    return {path: _pretty(document) for path, document in sorted(_documents(render))}


def _documents(render: Render) -> Iterator[tuple[str, str]]:
    for role in render["roles"].values():
        folder = f"roles/{role['account']}/{role['name']}"
        yield f"{folder}/trust.json", role["trust"]
        for name, document in role["policies"].items():
            yield f"{folder}/{name}.json", document
    for policy in render["managed_policies"].values():
        yield f"boundaries/{policy['account']}/{policy['name']}.json", policy["document"]
    for bucket in render["buckets"].values():
        if bucket["policy"]:
            yield f"buckets/{bucket['name']}.json", bucket["policy"]
    for key in render["keys"].values():
        yield f"keys/{key['account']}/{key['alias'].removeprefix('alias/')}.json", key["policy"]
    for account, catalog in render["catalogs"].items():
        if catalog.get("policy"):
            yield f"catalogs/{account}.json", catalog["policy"]
    for name, role in render.get("brought_roles", {}).items():
        for policy, document in role["policies"].items():
            yield f"brought-roles/{name}/{policy}.json", document
    yield "landing-zone/platform.json", render["landing_zone"]["platform"]["policy"]
    for name, document in render["organization"].get("scps", {}).items():
        yield f"organization/{name}.json", document


def _pretty(document: str) -> str:
    # The order of statements and of keys is the template's; only white space is ours.
    return json.dumps(json.loads(document), indent=2, ensure_ascii=False) + "\n"


def stale(folder: Path, wanted: dict[str, str]) -> list[str]:
    """Paths below `folder` that are missing, differ from what is wanted, or are wanted no more."""
    there = {str(file.relative_to(folder)) for file in folder.rglob("*.json")}
    differ = {path for path, text in wanted.items() if path in there and (folder / path).read_text("utf-8") != text}
    return sorted(differ | (there ^ wanted.keys()))


def write(folder: Path, wanted: dict[str, str]) -> list[str]:
    """Make the JSON files below `folder` exactly the wanted ones; the paths that changed."""
    changed = stale(folder, wanted)
    for path in changed:
        file = folder / path
        if path in wanted:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(wanted[path], encoding="utf-8")
        else:
            file.unlink()
    for empty in sorted((d for d in folder.rglob("*") if d.is_dir()), key=lambda d: len(d.parts), reverse=True):
        if not any(empty.iterdir()):
            empty.rmdir()
    return changed
