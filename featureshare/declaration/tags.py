"""Grants by tag as grants by name: what is enforced, proved and shown is exact, and a tag in AWS decides nothing."""

from collections.abc import Mapping

from featureshare.declaration.drafts import Drafts
from featureshare.declaration.model import FeatureGroup
from featureshare.declaration.normal import Grant


def resolve(drafts: Drafts, groups: Mapping[str, FeatureGroup]) -> tuple[dict[str, FeatureGroup], dict[Grant, str]]:
    """`groups`, each with what tags grant on it beside what its file does, and the file and line of every grant that
    only a tag gives. `drafts` must be sound."""
    resolved = dict(groups)
    origins: dict[Grant, str] = {}
    for index, team, name, verb in drafts.by_tag():
        group = resolved[name]
        verbs = group.shared_with.get(team, [])
        if verb in verbs or drafts.environment is None:
            continue
        line = drafts.environment.lines["shared_by_tag", index]
        origins[Grant(team, name, verb)] = f"{drafts.environment.file}:{line}"
        resolved[name] = group.model_copy(update={"shared_with": {**group.shared_with, team: [*verbs, verb]}})
    return resolved, origins
