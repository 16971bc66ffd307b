"""Rules for what a feature group can be beside its plain form: collections, throughput, updates of single features.

AWS's limits: API reference of CreateFeatureGroup, UpdateFeatureMetadata and UpdateRecord; the Feature Store guide,
"Online store" and "Collection types".
"""

from collections.abc import Iterator

from featureshare.declaration.document import Document
from featureshare.declaration.drafts import items, says, table, text
from featureshare.declaration.names import repeated
from featureshare.errors import Problem


def judge_group_options(document: Document) -> Iterator[Problem]:
    """Everything that is wrong with the options of one group."""
    yield from _collections(document)
    yield from _throughput(document)
    yield from _updates(document)


def _collections(document: Document) -> Iterator[Problem]:
    group = document.value
    in_memory = text(group, "online_store", "storage") == "in-memory"
    vectors = 0
    for index, feature in enumerate(items(group, "features")):
        at = ("features", index)
        collection, name = text(feature, "collection"), text(feature, "name")
        if collection == "vector":
            vectors += 1
            if text(feature, "type") in ("String", "Integral"):
                yield document.problem((*at, "type"), "a vector holds numbers of type Fractional.", "write Fractional")
            if "dimension" not in table(feature):
                yield document.problem((*at, "collection"), "a vector has a dimension.", "add dimension")
            if vectors == 2:
                yield document.problem((*at, "collection"), "a group has one vector at most.", "keep one of the two")
        elif "dimension" in table(feature):
            yield document.problem((*at, "dimension"), "only a vector has a dimension.", "leave it out")
        if collection not in ("list", "set", "vector"):
            continue
        if not in_memory:
            yield document.problem(
                (*at, "collection"),
                "only an in-memory store holds collections.",
                "write storage: in-memory, or leave collection out",
            )
        for key in ("record_identifier", "event_time"):
            if name and text(group, key) == name:
                yield document.problem((key,), f"{name} is a collection.", "name a feature that holds one value")


def _throughput(document: Document) -> Iterator[Problem]:
    group = document.value
    if "throughput" not in group:
        return
    storage = text(group, "online_store", "storage") or "standard"
    if storage != "standard":
        yield document.problem(
            ("throughput",), f"a {storage} store is served on demand.", "leave it out, or write storage: standard"
        )
    online = says(group, "online_store", "enabled")
    there = "read" in table(group, "throughput")
    if online is True and not there:
        yield document.problem(("throughput",), "a group with an online store is read: read is missing.", "add read")
    if online is False and there:
        yield document.problem(
            ("throughput", "read"), "read says something of an online store that is not there.", "leave it out"
        )


def _updates(document: Document) -> Iterator[Problem]:
    group = document.value
    updates = table(group, "updates")
    if not updates:
        return
    if text(group, "online_store", "storage") not in ("standard-v2", "in-memory"):
        yield document.problem(
            ("updates",),
            "single features are updated in a standard-v2 or in-memory store only.",
            "write storage: standard-v2, or share write",
        )
    if text(group, "store") == "team":
        yield document.problem(
            ("updates",), "in a team's own store its principals write whole records.", "share write, or leave it out"
        )
    names = {text(feature, "name") for feature in items(group, "features")}
    for team in updates:
        at = ("updates", team)
        if "update" not in items(group, "shared_with", team):
            yield document.problem(
                at, f"{team} is not granted update.", f"add update under shared_with for {team}, or leave it out"
            )
        yield from repeated(document, at, items(updates, team))
        for index, name in enumerate(items(updates, team)):
            if names and str(name) not in names:
                yield document.problem((*at, index), f"{name} is none of the features.", "name a feature")
            elif name == text(group, "record_identifier"):
                yield document.problem((*at, index), "the record identifier cannot be updated.", "leave it out")
