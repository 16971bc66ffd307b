"""Rules for feature groups. AWS's limits are from CreateFeatureGroup's API reference and the Feature Store guide."""

import re
from collections.abc import Iterator
from decimal import Decimal

from featureshare.declaration.document import Document
from featureshare.declaration.drafts import Drafts, items, says, table, text
from featureshare.declaration.judge_group_options import judge_group_options
from featureshare.declaration.names import repeated, same_name
from featureshare.errors import Problem

# SageMaker adds these columns to the offline store.
_RESERVED = ("is_deleted", "write_time", "api_invocation_time")
# Partition keys of a Glue-format offline store; Athena refuses a table whose column is named like a partition key.
_PARTITION_KEYS = ("year", "month", "day", "hour")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def judge_groups(drafts: Drafts) -> Iterator[Problem]:
    """Everything that is wrong with the feature groups of `drafts`, unused grants excepted."""
    yield from same_name("feature group", "feature_group", drafts.groups)
    yield from _table_names(drafts)
    for document in drafts.groups.values():
        yield from _features(document)
        yield from _expectations(document)
        yield from _stores(document)
        yield from judge_group_options(document)
        yield from _sharing(drafts, document)
        yield from _creation(document)
        yield from _name_space(drafts, document)


def _table_names(drafts: Drafts) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for name, document in sorted(drafts.groups.items()):
        table_name = name.lower().replace("-", "_")
        if table_name in seen:
            yield document.problem(
                ("feature_group",),
                f"{name} and {seen[table_name]} would share the table {table_name}.",
                "rename one of the groups",
            )
        seen.setdefault(table_name, name)


def _features(document: Document) -> Iterator[Problem]:
    group = document.value
    features = items(group, "features")
    types = {text(feature, "name"): text(feature, "type") for feature in features if text(feature, "name")}
    taken = dict.fromkeys(_RESERVED, "SageMaker adds a column of that name")
    if says(group, "offline_store", "enabled") is True and text(group, "offline_store", "format") != "iceberg":
        taken |= dict.fromkeys(_PARTITION_KEYS, "the offline table is partitioned by a column of that name")
    seen: dict[str, str] = {}
    for index, feature in enumerate(features):
        name = text(feature, "name")
        at = ("features", index, "name")
        if name.lower() in taken:
            yield document.problem(at, f"{name} cannot be a feature: {taken[name.lower()]}.", "rename it")
        if name and name.lower() in seen:
            rule = f"there are two features {name}."
            if seen[name.lower()] != name:
                rule = f"{seen[name.lower()]} and {name} are the same column, since tables ignore case."
            yield document.problem(at, rule, "keep one of the two")
        seen.setdefault(name.lower(), name)
    for key in ("record_identifier", "event_time"):
        name = text(group, key)
        if name and types and name not in types:
            yield document.problem((key,), f"{name} is none of the features.", "name a feature, or add one")
    event_time = text(group, "event_time")
    if event_time and event_time == text(group, "record_identifier"):
        yield document.problem(("event_time",), "the record identifier cannot be the event time.", "use two features")
    kind = types.get(event_time, "")
    if kind == "Integral":
        yield document.problem(
            ("event_time",),
            f"feature {event_time} is Integral; an event time is String (ISO 8601) or Fractional (Unix seconds).",
            "change the feature's type",
        )
    if kind == "Fractional" and text(group, "offline_store", "format") == "iceberg":
        yield document.problem(
            ("event_time",), "an iceberg offline store needs an event time of type String.", "change the feature's type"
        )


def _expectations(document: Document) -> Iterator[Problem]:
    group = document.value
    types = {text(feature, "name"): text(feature, "type") for feature in items(group, "features")}
    for name in table(group, "expectations"):
        at = ("expectations", name)
        expected = table(group, "expectations", name)
        if name not in types:
            yield document.problem(at, f"{name} is none of the features.", "name a feature, or leave it out")
            continue
        if not expected:
            yield document.problem(at, "nothing is expected.", "say what is, or leave the feature out")
        for key in ("min", "max"):
            if key in expected and types[name] == "String":
                yield document.problem((*at, key), f"{name} is String, and has no bounds.", "leave it out")
        if "allowed" in expected and types[name] in ("Integral", "Fractional"):
            yield document.problem(
                (*at, "allowed"), f"{name} is {types[name]}; allowed lists values of String.", "write min and max"
            )
        yield from repeated(document, (*at, "allowed"), items(expected, "allowed"))
        bounds = [text(expected, key) for key in ("min", "max")]
        if all(_NUMBER.fullmatch(bound) for bound in bounds) and Decimal(bounds[0]) > Decimal(bounds[1]):
            yield document.problem((*at, "max"), "max is less than min.", "swap them, or leave one out")


def _stores(document: Document) -> Iterator[Problem]:
    group = document.value
    online, offline = says(group, "online_store", "enabled"), says(group, "offline_store", "enabled")
    if online is False and offline is False:
        yield document.problem(("online_store", "enabled"), "a group needs a store.", "enable one of the two")
    if online is False:
        for key in ("storage", "ttl"):
            if key in table(group, "online_store"):
                yield document.problem(
                    ("online_store", key), f"{key} says something of an online store that is not there.", "leave it out"
                )
    if offline is False and "format" in table(group, "offline_store"):
        yield document.problem(
            ("offline_store", "format"), "format says something of an offline store that is not there.", "leave it out"
        )
    if text(group, "online_store", "storage") == "in-memory":
        if offline is True:
            yield document.problem(
                ("offline_store", "enabled"), "an in-memory group is online only.", "write enabled: false"
            )
        if text(group, "classification") in ("confidential", "restricted"):
            yield document.problem(
                ("classification",),
                f"an in-memory store has no customer key, so it cannot hold {text(group, 'classification')} data.",
                "write storage: standard",
            )


def _sharing(drafts: Drafts, document: Document) -> Iterator[Problem]:
    group = document.value
    owner, shared = text(group, "owner"), table(group, "shared_with")
    known = ", ".join(sorted(drafts.team_names))
    if owner and owner not in drafts.team_names:
        yield document.problem(("owner",), f"there is no team {owner}.", f"name one of: {known}")
    restricted = text(group, "classification") == "restricted"
    if restricted and text(group, "store") == "central":
        yield document.problem(
            ("store",), "restricted data stays in its team's account.", "write store: team, or another classification"
        )
    for team in shared:
        at = ("shared_with", team)
        if team not in drafts.team_names:
            yield document.problem(at, f"there is no team {team}.", f"name one of: {known}")
        if team != owner and restricted:
            yield document.problem(at, "a restricted group is shared with nobody.", "leave the team out")
        elif team != owner and text(group, "store") == "team":
            yield document.problem(
                at,
                "a group in a team's own store is shared with nobody.",
                "leave the team out, or write store: central",
            )
        verbs = items(shared, team)
        yield from repeated(document, at, verbs)
        for index, verb in enumerate(verbs):
            yield from _grant(document, (*at, index), str(verb), team == owner)


def _grant(document: Document, at: tuple[str | int, ...], verb: str, owns: bool) -> Iterator[Problem]:
    group = document.value
    if verb == "write" and owns:
        yield document.problem(at, "an owner has write already.", "leave it out")
    if verb == "manage" and not owns:
        yield document.problem(at, "only a group's owner manages it.", "leave it out, or name another owner")
    if verb == "manage" and owns and text(group, "created_by") != "api":
        yield document.problem(
            at, "Terraform manages this group; manage is for a group made through the API.", "write created_by: api"
        )
    if verb == "update" and text(group, "owner") and not items(group, "updates", str(at[1])):
        yield document.problem(
            at, "update is a right to named features, and none is named.", f"list them: updates: {{{at[1]}: [...]}}"
        )
    for read, store in (("read-online", "online_store"), ("read-offline", "offline_store")):
        if verb == read and says(group, store, "enabled") is False:
            yield document.problem(
                at, f"{read} is granted, and the group has no {store.replace('_', ' ')}.", "enable it, or leave it out"
            )


def _creation(document: Document) -> Iterator[Problem]:
    group = document.value
    owner, name = text(group, "owner"), text(group, "feature_group")
    if text(group, "created_by") != "api":
        return
    if text(group, "store") == "team":
        yield document.problem(
            ("created_by",),
            "the groups of a team's own store are made by its stack; through the API only those of the central store.",
            "leave created_by out, and manage under shared_with",
        )
        return
    online, offline = says(group, "online_store", "enabled"), says(group, "offline_store", "enabled")
    if online is False or offline is False or text(group, "online_store", "storage") == "in-memory":
        store = "offline_store" if offline is False else "online_store"
        yield document.problem(
            (store,),
            "a group made through the API has an online and an offline store, both under the store's keys: its "
            "creation is refused without.",
            "write both stores, or leave created_by out",
        )
    if owner and "--" not in name and "manage" not in items(group, "shared_with", owner):
        yield document.problem(
            ("created_by",),
            "the owner cannot make the group through the API without manage.",
            f"add manage under shared_with for {owner}",
        )


def _name_space(drafts: Drafts, document: Document) -> Iterator[Problem]:
    """A name with `--` belongs to the name space of the team before it, where its owner makes groups by itself."""
    group = document.value
    name, owner = text(group, "feature_group"), text(group, "owner")
    if "--" not in name:
        return
    space = name.partition("--")[0]
    team = drafts.teams.get(space)
    if space != owner:
        yield document.problem(
            ("feature_group",),
            f"{name} lies in the name space of {space}, and its owner is {owner}.",
            f"write owner: {space}, or a name without two hyphens in a row",
        )
    elif team is not None and says(team.value, "namespace") is not True:
        yield document.problem(
            ("feature_group",),
            f"{name} lies in a name space that {space} does not have.",
            f"write namespace: true in {team.file}, or a name without two hyphens in a row",
        )
    elif text(group, "created_by") != "api" or text(group, "store") != "central":
        yield document.problem(
            ("feature_group",),
            "a group in a name space lies in the central store and is made by its team through the API.",
            "write store: central and created_by: api, or a name without two hyphens in a row",
        )
    if "manage" in items(group, "shared_with", owner):
        yield document.problem(
            ("shared_with", owner), "the name space gives its owner manage already.", "leave manage out"
        )
