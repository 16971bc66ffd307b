"""Where in a feature group's file a grant is added."""

from pathlib import Path

from featureshare.declaration.document import read_document


def grant_lines(folder: Path) -> dict[str, int]:
    """By group, the line (from 1) after which a new reader is written: the last of `shared_with`, else of the file.

    `folder` is the environment's folder; files that cannot be read are left out.
    """
    lines = {}
    for path in sorted((folder / "feature-groups").glob("*.yaml")):
        document, _ = read_document(path, path.name)
        if document is None:
            continue
        within = [line for key, line in document.lines.items() if key[0] == "shared_with"]
        lines[path.stem] = max(within) if within else len(path.read_text(encoding="utf-8").splitlines())
    return lines
