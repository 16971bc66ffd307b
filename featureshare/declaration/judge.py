"""Rules between keys and between files: environment and teams here, feature groups in judge_groups.py.

The limits are AWS's: role names of 64 characters, bucket names of 63 (IAM and S3 user guides).
"""

from collections import defaultdict
from collections.abc import Iterator

from featureshare.declaration.document import Document
from featureshare.declaration.drafts import Drafts, items, says, table, text
from featureshare.declaration.judge_groups import judge_groups
from featureshare.declaration.judge_network import judge_network
from featureshare.declaration.judge_options import judge_options
from featureshare.declaration.judge_replicas import judge_replicas
from featureshare.declaration.judge_tags import judge_tag_use, judge_tags
from featureshare.declaration.model import ROLE_KINDS
from featureshare.declaration.names import repeated, same_name
from featureshare.errors import Problem

_BUCKET_NAME = 63
# <prefix>-<team>-results-<account>-<region> without prefix, team and Region.
_BUCKET_NAME_REST = len("--results-111122223333-")
# A role's name has 64 characters; <prefix>-<team>-<principal> needs two hyphens and 16 for the principal.
_PREFIX_AND_TEAM = 46
_PARTITIONS = {"cn": "aws-cn", "us-gov": "aws-us-gov"}


def judge(drafts: Drafts) -> list[Problem]:
    """Everything that is wrong between the keys and files of `drafts`, unused verbs and grants excepted."""
    return [
        *_environment(drafts),
        *_teams(drafts),
        *_role_names(drafts),
        *judge_groups(drafts),
        *judge_network(drafts),
        *judge_replicas(drafts),
        *judge_tags(drafts),
    ]


def judge_use(drafts: Drafts) -> list[Problem]:
    """Verbs that nothing grants and grants that nobody uses. Only meaningful when every file could be read."""
    return [*_unused_verbs(drafts), *_unused_grants(drafts), *judge_options(drafts), *judge_tag_use(drafts)]


def _environment(drafts: Drafts) -> Iterator[Problem]:
    document = drafts.environment
    if document is None:
        return
    name = text(document.value, "name")
    if name and name != drafts.folder:
        yield document.problem(
            ("name",), f"{name} is not the name of the folder, {drafts.folder}.", f"write {drafts.folder}"
        )
    partition = _partition(drafts)
    region = text(document.value, "region")
    usual = next((value for start, value in _PARTITIONS.items() if region.startswith(f"{start}-")), "aws")
    if region and partition != usual:
        yield document.problem(
            ("partition",),
            f"Region {region} lies in partition {usual}, not {partition}.",
            f"write partition: {usual}, or another Region",
        )
    principal = text(document.value, "platform", "principal")
    if principal.startswith("arn:") and principal.split(":")[1] != partition:
        yield document.problem(
            ("platform", "principal"), f"the ARN lies outside partition {partition}.", f"begin it with arn:{partition}:"
        )


def _partition(drafts: Drafts) -> str:
    return text(drafts.settings, "partition") or "aws"


def _teams(drafts: Drafts) -> Iterator[Problem]:
    yield from same_name("team", "team", drafts.teams)
    if drafts.environment and not drafts.team_names:
        yield drafts.environment.problem((), "no team is declared.", "add a file to teams/")
    prefix, region = text(drafts.settings, "prefix"), text(drafts.settings, "region")
    most = min(_PREFIX_AND_TEAM, _BUCKET_NAME - _BUCKET_NAME_REST - len(region))
    for name, document in drafts.teams.items():
        if len(prefix) + len(name) > most:
            yield document.problem(
                ("team",),
                f"prefix {prefix} and team {name} have {len(prefix) + len(name)} characters together; role names "
                f"leave room for {_PREFIX_AND_TEAM}, bucket names in {region} for "
                f"{_BUCKET_NAME - _BUCKET_NAME_REST - len(region)}.",
                f"shorten the team's name to {max(most - len(prefix), 1)} characters or the environment's prefix",
            )
        for principal in table(document.value, "principals"):
            yield from _principal(drafts, document, principal)


def _principal(drafts: Drafts, document: Document, principal: str) -> Iterator[Problem]:
    at = ("principals", principal)
    declared = table(document.value, *at)
    if principal in ROLE_KINDS:
        yield document.problem(at, f"{principal} is the name of a kind of access role.", "call it after its work")
    yield from repeated(document, (*at, "verbs"), items(declared, "verbs"))
    kind = says(declared, "kind") or "role"
    arn, account = text(declared, "role_arn"), text(document.value, "account")
    if kind == "account":
        yield document.problem(
            (*at, "kind"),
            "a whole account as principal would let every role in it, and whoever makes roles there, use the grants.",
            "name roles, users or permission sets, each with the verbs it uses",
        )
    for key, of_kind in (("role_arn", "role"), ("permission_set", "sso"), ("user_name", "user")):
        if key in declared and kind != of_kind:
            yield document.problem((*at, key), f"only a principal of kind {of_kind} has {key}.", "leave it out")
        if key not in declared and kind == of_kind != "role":
            yield document.problem((*at, key), f"a principal of kind {kind} needs {key}.", "add it")
    if "compute" in declared and text(declared, "compute") != "none" and (kind != "role" or arn):
        yield document.problem(
            (*at, "compute"),
            "compute is for a role of ours, and this principal is not one.",
            "leave it out",
        )
    if text(declared, "compute") == "none" and kind == "role" and not arn:
        yield document.problem(
            (*at, "compute"),
            "nothing could run as a role of ours with compute none.",
            "name what runs as it, or the role_arn of one that is there",
        )
    if arn.endswith(":root"):
        yield document.problem(
            (*at, "role_arn"),
            "a whole account as principal would let every role in it, and whoever makes roles there, use the grants.",
            "name the role, as arn:aws:iam::111122223333:role/serving",
        )
    elif (
        account
        and arn.count(":") >= 5
        and not arn.startswith(f"arn:{_partition(drafts)}:iam::{text(document.value, 'account')}:")
    ):
        yield document.problem(
            (*at, "role_arn"),
            f"the role lies outside the team's account ({account}, {_partition(drafts)}).",
            "name a role of that account, or declare a team for the other account",
        )


def _role_names(drafts: Drafts) -> Iterator[Problem]:
    """Names of roles are unique in an account whatever their path: a-b and c, a and b-c make the same name."""
    central = text(drafts.settings, "central_account")
    taken: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for team, document in drafts.teams.items():
        for account in sorted({central, text(document.value, "account")} - {""}):
            for kind in sorted(ROLE_KINDS):
                taken[account, f"{team}-{kind}"].append((team, f"access role {kind}"))
    for team, document in drafts.teams.items():
        for principal in table(document.value, "principals"):
            if principal in ROLE_KINDS:
                continue
            name = (text(document.value, "account"), f"{team}-{principal}")
            for other, what in taken[name]:
                yield document.problem(
                    ("principals", principal),
                    f"its role would have the same name as {what} of team {other}, in the same account.",
                    "rename it",
                )
            taken[name].append((team, f"principal {principal}"))
    if drafts.environment is not None:
        yield from _reader_names(drafts, drafts.environment, taken)


def _reader_names(
    drafts: Drafts, document: Document, taken: dict[tuple[str, str], list[tuple[str, str]]]
) -> Iterator[Problem]:
    """The same for the readers of replicas that we make."""
    for replica in table(drafts.settings, "replicas"):
        account = text(drafts.settings, "replicas", replica, "account")
        for index, reader in enumerate(items(drafts.settings, "replicas", replica, "readers")):
            if not isinstance(reader, str) or reader.startswith("arn:") or replica in drafts.team_names:
                continue
            for other, what in taken[account, f"{replica}-{reader}"]:
                yield document.problem(
                    ("replicas", replica, "readers", index),
                    f"its role would have the same name as {what} of {other}, in the same account.",
                    "rename it",
                )


def _unused_verbs(drafts: Drafts) -> Iterator[Problem]:
    granted = {(team, verb) for team, _, verb in drafts.grants()}
    granted |= {
        (team, verb)
        for team, document in drafts.teams.items()
        if says(document.value, "namespace") is True
        for verb in ("manage", "write")
    }
    for team, document in drafts.teams.items():
        principals = table(document.value, "principals")
        for principal in principals:
            for index, verb in enumerate(items(principals, principal, "verbs")):
                if (team, verb) not in granted:
                    yield document.problem(
                        ("principals", principal, "verbs", index),
                        f"no feature group grants {verb} to {team}.",
                        f"leave {verb} out, or ask a group's owner to add it under shared_with",
                    )


def _unused_grants(drafts: Drafts) -> Iterator[Problem]:
    for document in drafts.groups.values():
        owner = text(document.value, "owner")
        if owner in drafts.teams and "write" not in drafts.uses(owner):
            yield document.problem(
                ("owner",),
                f"an owner may write, and no principal of {owner} does.",
                f"add write to a principal in {drafts.teams[owner].file}, or name another owner",
            )
        shared = table(document.value, "shared_with")
        for team in shared:
            if team not in drafts.teams:
                continue
            for index, verb in enumerate(items(shared, team)):
                if verb not in drafts.uses(team):
                    yield document.problem(
                        ("shared_with", team, index),
                        f"no principal of {team} uses {verb}, so the grant would serve nobody.",
                        f"leave {verb} out, or add it to a principal in {drafts.teams[team].file}",
                    )
