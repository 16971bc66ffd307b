"""The access matrix by asking the engine about everything, whether or not anything speaks of it."""

from collections.abc import Container, Iterator
from itertools import groupby

from featureshare.access import Model
from featureshare.access.closure import Closure, Reach
from featureshare.access.model import Actor
from featureshare.access.near import CORE
from featureshare.access.purposes import VERBS, Need
from featureshare.iam import decide
from featureshare.iam.context import called_via

Cells = set[tuple[str, str, str]]


class Everybody(Closure):
    """The closure in which each session tries to become each role."""

    def __init__(self, model: Model, teams: Container[str] | None) -> None:
        super().__init__(model)
        self._teams = teams

    def principals(self) -> Iterator[Reach]:
        return (one for one in super().principals() if self._teams is None or one.team in self._teams)

    def _candidates(self, actor: Actor) -> list[str]:
        return list(self.model.roles)


def brute_force(model: Model, teams: Container[str] | None = None) -> Cells:
    """Every session of every team asks for every group and verb: the (team, group, verb) where a core call works,
    copies in replicas included.

    `teams` are those to ask for (default: all).
    """
    closure = Everybody(model, teams)
    central = {one["team"]: one for one in model.render["workgroups"].values() if one["stack"] != "team"}
    own = {one["team"]: one for one in model.render["workgroups"].values() if one["stack"] == "team"}
    cells: Cells = set()
    for reach in closure.reaches():
        written: Cells = set()
        for group in model.shown:
            for verb in VERBS:
                if verb == "read-offline" and not group["offline_store"]["enabled"]:
                    continue
                # Whoever writes whole records updates them too, which is no access of its own.
                standard = group["online_store"]["storage"] == "standard"
                if verb == "update" and (standard or (reach.holder, group["name"], "write") in written):
                    continue
                workgroup = (central if group["store"] == "central" else own).get(reach.team)
                needs = closure.purposes.verb(verb, group, reach.actor.account, workgroup, reach.team)
                if _any_works(model, reach.actor, verb, needs):
                    cells.add((reach.holder, group["name"], verb))
                    if verb == "write":
                        written.add((reach.holder, group["name"], verb))
        for name, copied in model.render["replicas"].items():
            for group, copy in copied["groups"].items():
                lies = {"account": copied["account"], "database": copied["database"], "table": copy["table"]}
                lies["s3_uri"] = f"s3://{copied['bucket']}/{copy['prefix'].removesuffix('/')}"
                workgroup = model.render["workgroups"][f"{copied['account']}/{copied['workgroup']}"]
                purposes = closure.purposes.in_region(copied["region"])
                needs = purposes.verb("read-offline", lies, copied["account"], workgroup)
                if _any_works(model, reach.actor, "read-offline", needs):
                    cells.add((reach.holder, f"{group} in {name}", "read-offline"))
    return cells


def _any_works(model: Model, actor: Actor, verb: str, needs: tuple[Need, ...]) -> bool:
    calls = [list(one) for _, one in groupby(needs, key=lambda need: id(need.call))]
    core = [one for one in calls if one[0].call.operation in CORE[verb]]
    return any(all(_works(model, actor, need) for need in one) for one in core)


def _works(model: Model, actor: Actor, need: Need) -> bool:
    check = need.check
    if check.as_role is not None and check.as_role not in model.roles:
        return False
    actor = model.role_actor(model.roles[check.as_role]) if check.as_role else actor
    context = model.context(actor, check.resource, check.account, check.action)
    context |= {**called_via(check.via), **check.context}
    world = model.world(actor, check.action, check.resource, check.account)
    request = model.request(actor, check.action, check.resource, check.account, context, check.wildcard_only)
    return decide(request, world).allowed
