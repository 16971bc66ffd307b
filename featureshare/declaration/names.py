"""Rules that teams and feature groups share."""

from collections.abc import Iterator, Mapping, Sequence

from featureshare.declaration.document import Document, KeyPath
from featureshare.errors import Problem


def same_name(what: str, key: str, documents: Mapping[str, Document]) -> Iterator[Problem]:
    """A file's stem and the name inside are the same, so there cannot be two of one name."""
    for stem, document in documents.items():
        name = document.value.get(key)
        if not isinstance(name, str) or name == stem:
            continue
        if name in documents:
            rule = f"two {what}s are called {name}; {documents[name].file} is the other."
            yield document.problem((key,), rule, f"write {stem}, or delete one of the files")
        else:
            rule = f"{name} is not the name of the file, {stem}.yaml."
            yield document.problem((key,), rule, f"write {stem}, or rename the file to {name}.yaml")


def repeated(document: Document, path: KeyPath, values: Sequence[object]) -> Iterator[Problem]:
    """A list that says something twice."""
    for index, value in enumerate(values):
        if value is not None and value in values[:index]:
            yield document.problem((*path, index), f"{value} is there twice.", "keep one of the two")
