"""Finding entries by words."""

from collections.abc import Iterable

from featureshare.catalog.entries import Entry


def search(found: Iterable[Entry], words: str) -> tuple[Entry, ...]:
    """The entries in which every word stands (case does not count), best first.

    A word in a group's name counts most, then in a feature's name, then anywhere else; ties are by name.
    """
    wanted = words.lower().split()
    scored = [(entry, [_score(entry, word) for word in wanted]) for entry in found]
    hits = [(entry, sum(scores)) for entry, scores in scored if all(scores)]
    return tuple(entry for entry, _ in sorted(hits, key=lambda hit: (-hit[1], hit[0].name)))


def _score(entry: Entry, word: str) -> int:
    if word in entry.name.lower():
        return 4
    if any(word in feature.name.lower() for feature in entry.features):
        return 2
    return int(word in text_of(entry))


def text_of(entry: Entry) -> str:
    """Everything of an entry that a search looks at, in lower case."""
    parts = [
        entry.name,
        entry.description,
        entry.owner,
        entry.contact,
        entry.classification,
        entry.store,
        entry.pipeline or "",
        *(f"{feature.name} {feature.type} {feature.description}" for feature in entry.features),
        *(use.team for use in entry.uses),
        *(copy.replica for copy in entry.copies),
    ]
    return " ".join(parts).lower()
