"""What the tables of probes are written with."""

from collections.abc import Callable
from functools import partial
from typing import Any

from featureshare.journeys import athena
from featureshare.journeys.cast import Actor, Group
from featureshare.journeys.denials import DENIED, Why
from featureshare.journeys.stage import Stage
from featureshare.journeys.strangers import Strangers

RUNTIME = "sagemaker-featurestore-runtime"
LOCAL_ONLY = "only local AWS can play this principal"

Row = tuple[str, str, str, frozenset[str], Why | None, Callable[[], object] | None, str]
"""A probe without its category: who, what, where, codes, why, call, skip."""


def row(
    who: str,
    what: str,
    where: str,
    why: Why | None,
    call: Callable[[], object] | None,
    codes: frozenset[str] = DENIED,
    skip: str = "",
) -> Row:
    return who, what, where, codes, why, call, skip


def not_here(who: str, what: str, where: str) -> Row:
    return row(who, what, where, None, None, skip=LOCAL_ONLY)


def assuming(stage: Stage, verb: str) -> list[Actor]:
    """The actors that do `verb` through an access role, one for each role."""
    found: dict[str, Actor] = {}
    for actor in stage.cast.assuming():
        if actor.verb == verb:
            found.setdefault(actor.acts_as, actor)
    return list(found.values())


def one_of_each(stage: Stage) -> list[Actor]:
    """One actor for each verb of access roles."""
    found: dict[str, Actor] = {}
    for actor in stage.cast.assuming():
        found.setdefault(actor.verb, actor)
    return list(found.values())


def central(stage: Stage) -> list[Group]:
    return [group for group in stage.cast.groups if group.store == "central"]


def any_online(stage: Stage) -> Group | None:
    return next((group for group in central(stage) if group.online and group.created_by == "terraform"), None)


def made_by(client: Callable[[], Any], call: Callable[..., None], *args: Any, **options: Any) -> None:
    """Make the client when the probe is tried, not when the table is: a refused session is a result like others."""
    call(client(), *args, **options)


def on_objects(client: Callable[[], Any], call: Callable[..., None], bucket: str, prefix: str) -> Callable[[], None]:
    return partial(made_by, client, call, bucket, prefix)


def stranger_client(strangers: Strangers, account: str, service: str) -> Any:
    return strangers.administrator(account).client(service)


def execution_client(stage: Stage, role: Any, service: str) -> Any:
    return stage.execution(role["arn"], role["compute"]).client(service)


def query(stage: Stage, actor: Actor, sql: str, workgroup: Any, database: str | None) -> None:
    athena.run(stage.client(actor, "athena"), sql, workgroup, database or "default", stage.options.query_wait)
