"""The scan of an environment: its rendered documents by our rules, its stacks' plans by checkov and our rules."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from featureshare.scan.checkov import ScanFailed, ScanReport, scan_plans
from featureshare.scan.model import Context, Finding, Kind
from featureshare.scan.plan import BadPlan, documents, read_plan
from featureshare.scan.rules import judge, load_rules, parse
from featureshare.scan.templates import template_of

Render = Mapping[str, Any]


@dataclass(frozen=True)
class RenderedDocument:
    """A document of the render: whose it is and where it goes."""

    name: str
    kind: Kind
    account: str
    text: str
    planned: bool
    """Whether a stack's plan holds it too; the landing zone's do not stand in any plan of ours."""


@dataclass(frozen=True)
class RenderedFinding:
    """A finding in a rendered document, with the template it comes from (empty when none is recognised)."""

    document: str
    template: str
    finding: Finding


_ENDPOINT_KINDS: dict[str, Kind] = {"glue": "glue", "kms": "kms"}


def rendered(render: Render) -> Iterator[RenderedDocument]:
    """Every document of an environment."""
    for key, role in render["roles"].items():
        planned = role["stack"] != "landing-zone"
        kind: Kind = "administration" if role["kind"] == "deploy" else "identity"
        yield RenderedDocument(f"{key} trust", "trust", role["account"], role["trust"], planned)
        for name, text in role["policies"].items():
            yield RenderedDocument(f"{key} {name}", kind, role["account"], text, planned)
    for arn, policy in render["managed_policies"].items():
        yield RenderedDocument(arn, "boundary", policy["account"], policy["document"], True)
    for name, bucket in render["buckets"].items():
        yield RenderedDocument(f"bucket {name}", "s3", bucket["account"], bucket["policy"], True)
    for name, key_policy in render["keys"].items():
        yield RenderedDocument(f"key {name}", "kms", key_policy["account"], key_policy["policy"], True)
    for account, catalog in render["catalogs"].items():
        if catalog["policy"]:
            yield RenderedDocument(f"catalog {account}", "glue", account, catalog["policy"], True)
    for endpoints in (render.get("endpoints") or {}).values():
        for service, one in endpoints["policies"].items():
            # Judged as the resource policy that it resembles most; no plan is held against it.
            kind = _ENDPOINT_KINDS.get(service, "s3")
            name = f"endpoint {service} of {endpoints['team']}"
            yield RenderedDocument(name, kind, endpoints["account"], one["policy"], False)
    platform = render.get("landing_zone", {}).get("platform")
    if platform:
        yield RenderedDocument("platform", "administration", platform["account"], platform["policy"], False)
    for name, text in render["organization"]["scps"].items():
        yield RenderedDocument(f"scp {name}", "organization", "", text, False)


def context_for(account: str, render: Render) -> Context:
    """Documents of `account`: every account of the environment may be named, and no other."""
    accounts = {one["account"] for one in (*render["roles"].values(), *render["teams"].values())}
    platform = str(render["environment"]["platform_principal"]).split(":")
    accounts |= {str(render["environment"]["central_account"]), platform[4] if len(platform) > 4 else ""}
    return Context(
        owner_account=account,
        org_id=render["environment"]["organization_id"] or "",
        region=render["environment"]["region"],
        accounts=frozenset(accounts - {""}),
    )


def scan_render(render: Render, policies: Path) -> tuple[int, tuple[RenderedFinding, ...]]:
    """Judge every rendered document by our rules; (documents, findings). Raises ScanFailed when there is none."""
    rules = load_rules(policies / "checks")
    count, found = 0, []
    for document in rendered(render):
        count += 1
        parsed = parse(document.text, document.kind)
        sids = [statement.sid for statement in parsed.statements]
        for finding in judge(parsed, document.kind, context_for(document.account, render), rules):
            template = template_of(policies, document.kind, sids, finding.statement)
            found.append(RenderedFinding(document.name, template, finding))
    if not count:
        raise ScanFailed("The environment renders no document, so nothing was judged.")
    return count, tuple(found)


def scan_stacks(render: Render, stacks: Mapping[str, str], plans: Path, *, root: Path, out: Path) -> ScanReport:
    """Scan the plan of every stack; `stacks` maps its file name, without .json, to its account.

    Raises ScanFailed for a stack whose plan is missing, and when the plans hold other documents than the declaration
    renders now: they are from before a change.
    """
    env = render["environment"]["name"]
    if missing := sorted(name for name in stacks if not (plans / f"{name}.json").is_file()):
        raise ScanFailed(f"No plan of {', '.join(missing)}. Run `featureshare plan {env}` first.")
    files = {name: plans / f"{name}.json" for name in sorted(stacks)}
    if stale := _stale(render, files):
        raise ScanFailed(
            f"The plans do not hold what the declaration renders now ({stale}). Run `featureshare plan {env}` again."
        )
    contexts = {name: context_for(account, render) for name, account in stacks.items()}
    return scan_plans(files, contexts, root=root, out=out)


def _stale(render: Render, files: Mapping[str, Path]) -> str | None:
    """One document that only the render or only the plans hold."""
    now = {
        (document.kind, _canonical(document.text)): document.name for document in rendered(render) if document.planned
    }
    planned = {}
    for name, file in files.items():
        for found in documents(read_plan(file)):
            if found.kind == "attachment" or found.source is None:
                continue  # judged by rules; neither can be in the render
            planned[(found.kind, _canonical(found.source))] = f"{name}: {found.address}"
    only_render, only_plans = now.keys() - planned.keys(), planned.keys() - now.keys()
    if only_render:
        return f"{now[min(only_render)]} is in no plan"
    if only_plans:
        return f"{planned[min(only_plans)]} is not rendered"
    return None


def _canonical(source: str | Mapping[str, Any]) -> str:
    try:
        return json.dumps(json.loads(source) if isinstance(source, str) else source, sort_keys=True)
    except ValueError as error:
        raise BadPlan(f"A document of a plan is no JSON: {error}.") from None
