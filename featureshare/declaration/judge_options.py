"""Rules for what a team chooses beside its principals: a name space, where results go, the workgroup primary, and the
central catalog as a data catalog of its own.

An option that serves nobody is refused: it would be an access that nobody uses.
"""

from collections.abc import Iterator

from featureshare.declaration.document import Document
from featureshare.declaration.drafts import Drafts, says, text
from featureshare.errors import Problem


def judge_options(drafts: Drafts) -> Iterator[Problem]:
    """Everything that is wrong with the options of the teams of `drafts`."""
    reads = {team for team, _, verb in drafts.grants() if verb == "read-offline"}
    private = {name for name, group in drafts.groups.items() if text(group.value, "store") == "team"}
    shared = {team for team, name, verb in drafts.grants() if verb == "read-offline" and name not in private}
    own = {text(group.value, "owner") for group in drafts.groups.values() if text(group.value, "store") == "team"}
    for team, document in drafts.teams.items():
        uses = drafts.uses(team)
        yield from _name_space(document, uses)
        offline = team in reads and "read-offline" in uses
        yield from _results(document, offline=offline, own_store=team in own)
        shares = team in shared and "read-offline" in uses
        yield from _primary(document, shared=shares)
        yield from _direct_catalog(drafts, document, shared=shares, own_store=team in own)


def _name_space(document: Document, uses: set[str]) -> Iterator[Problem]:
    if says(document.value, "namespace") is not True:
        return
    for verb in ("manage", "write"):
        if verb not in uses:
            yield document.problem(
                ("namespace",),
                f"no principal uses {verb}, so that a name space would serve nobody.",
                f"add {verb} to a principal, or leave namespace out",
            )


def _results(document: Document, *, offline: bool, own_store: bool) -> Iterator[Problem]:
    if text(document.value, "results") != "central":
        return
    if not offline:
        yield document.problem(
            ("results",), "the team reads nothing offline, so that there are no results.", "leave results out"
        )
    elif own_store:
        yield document.problem(
            ("results",),
            "a team that combines shared features with a store of its own needs its results in its own account.",
            "write results: team",
        )


def _primary(document: Document, *, shared: bool) -> Iterator[Problem]:
    if says(document.value, "athena", "allow_primary") is True and not shared:
        yield document.problem(
            ("athena", "allow_primary"),
            "the team reads nothing offline in the central account, where that workgroup is.",
            "leave it out",
        )


def _direct_catalog(drafts: Drafts, document: Document, *, shared: bool, own_store: bool) -> Iterator[Problem]:
    """Reading without an access role is for joining with features of the team's own, from another account, in the
    team's own Athena; what stands before it are two locks, and the organization is one of them."""
    if says(document.value, "direct_catalog") is not True:
        return
    problem = None
    if text(document.value, "results") == "central":
        problem = (
            "queries through a data catalog of the team's own leave their results in its account.",
            "write results: team, or leave direct_catalog out",
        )
    elif text(document.value, "account") == text(drafts.settings, "central_account"):
        problem = ("the team's account is the central one, whose catalog it has already.", "leave it out")
    elif not text(drafts.settings, "organization_id"):
        problem = (
            "without an organization, one lock alone would stand before what is read without an access role.",
            "name the organization_id in environment.yaml, or leave direct_catalog out",
        )
    elif not own_store:
        problem = (
            "the team has no store of its own, so that there is nothing to join directly.",
            "leave it out: queries under the access role read shared features",
        )
    elif not shared:
        problem = ("the team reads nothing offline in the central account, where that catalog is.", "leave it out")
    if problem:
        yield document.problem(("direct_catalog",), *problem)
