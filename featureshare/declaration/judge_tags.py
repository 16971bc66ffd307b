"""Rules for grants by tag. Both sides must agree: the platform team grants, and a group's owner lets tags share it."""

from collections.abc import Iterator

from featureshare.declaration.document import Document
from featureshare.declaration.drafts import Drafts, items, says, table, text
from featureshare.declaration.model import TAG_VERBS, VERBS
from featureshare.declaration.names import repeated
from featureshare.errors import Problem


def judge_tags(drafts: Drafts) -> Iterator[Problem]:
    """Everything that is wrong with grants by tag in `drafts`, use excepted."""
    for group in drafts.groups.values():
        yield from _consent(group)
    document = drafts.environment
    if document is None:
        return
    known = f"name one of: {', '.join(sorted(drafts.team_names))}"
    for index, grant in enumerate(items(document.value, "shared_by_tag")):
        at = ("shared_by_tag", index)
        if says(grant, "tags") == {}:
            rule = "no tag is named, which would be every group."
            yield document.problem((*at, "tags"), rule, "name a classification, an owner or both")
        if text(grant, "tags", "classification") == "restricted":
            rule = "a restricted group is shared with nobody."
            yield document.problem((*at, "tags", "classification"), rule, "name another class")
        owner = text(grant, "tags", "owner")
        if owner and owner not in drafts.team_names:
            yield document.problem((*at, "tags", "owner"), f"there is no team {owner}.", known)
        for team in table(grant, "shared_with"):
            if team not in drafts.team_names:
                yield document.problem((*at, "shared_with", team), f"there is no team {team}.", known)
            verbs = items(grant, "shared_with", team)
            yield from repeated(document, (*at, "shared_with", team), verbs)
            for place, verb in enumerate(verbs):
                if verb in VERBS and verb not in TAG_VERBS:
                    yield document.problem(
                        (*at, "shared_with", team, place),
                        f"{verb} is granted by name: a tag gives {', '.join(TAG_VERBS)}, never a change.",
                        "leave it out, or ask the owners to add it under shared_with",
                    )


def judge_tag_use(drafts: Drafts) -> Iterator[Problem]:
    """Grants by tag that serve nobody. Only meaningful when what tags look at could be read."""
    document = drafts.environment
    if document is None:
        return
    given = {(index, team, verb) for index, team, _, verb in drafts.by_tag()}
    for index, grant in enumerate(items(document.value, "shared_by_tag")):
        at = ("shared_by_tag", index)
        tagged = drafts.tagged(table(grant, "tags"))
        if not tagged:
            yield document.problem(
                (*at, "tags"),
                "no group of the central store bears these tags and says shared_by_tag: true.",
                "correct them, ask an owner for shared_by_tag: true, or leave the entry out",
            )
            continue
        for team, verbs in table(grant, "shared_with").items():
            for place, verb in enumerate(verbs):
                if verb not in drafts.uses(team):
                    yield document.problem(
                        (*at, "shared_with", team, place),
                        f"no principal of {team} uses {verb}, so the grant would serve nobody.",
                        f"leave {verb} out, or add it to a principal of {team}",
                    )
                elif (index, team, verb) not in given:
                    yield document.problem(
                        (*at, "shared_with", team, place),
                        f"{', '.join(tagged)}: {team} owns them, or they have no such store.",
                        f"leave {verb} out",
                    )


def _consent(group: Document) -> Iterator[Problem]:
    if says(group.value, "shared_by_tag") is not True:
        return
    if text(group.value, "classification") == "restricted":
        yield group.problem(("shared_by_tag",), "a restricted group is shared with nobody.", "leave it out")
    elif text(group.value, "store") == "team":
        yield group.problem(
            ("shared_by_tag",),
            "a group in a team's own store is shared with nobody.",
            "leave it out, or write store: central",
        )
