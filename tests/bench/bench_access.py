"""How long the proof takes on a generated environment, beside brute force over the same matrix.

    python tests/bench/bench_access.py [--teams 10,50,100,200,500] [--brute-force 50]

Rendering is timed apart: Terraform does it once. Grants grow with teams: 20 a team, spread over two groups for every
five teams. Brute force asks the engine for every role, group and verb whether or not anything speaks of them, which is
the same matrix; it is run up to the size given, since it grows with the square. Memory is the peak of the process.
"""

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import groupby
from pathlib import Path
from typing import Any

from featureshare.access import Matrix, Model, prove
from featureshare.access.closure import Closure
from featureshare.access.matrix import CORE
from featureshare.access.purposes import VERBS
from featureshare.declaration import load
from featureshare.iam import decide
from featureshare.render import render

ROOT = Path(__file__).parents[2]
CENTRAL, PLATFORM = "200000000000", "300000000000"
GRANTS_A_TEAM = 20


def generate(root: Path, teams: int) -> int:
    """Write an environment `bench` of so many teams below `root`; the number of grants."""
    # Copies: Terraform follows links, and would read the declaration of the clone.
    for folder in ("modules", "policies", "environments/declaration", "environments/stacks"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns(".terraform*"))
    environments = root / "environments"
    target = environments / "bench"
    (target / "teams").mkdir(parents=True)
    (target / "feature-groups").mkdir()
    (target / "environment.yaml").write_text(
        f"name: bench\nephemeral: true\nregion: eu-west-1\norganization_id: o-benchmark1\nprefix: fs\n"
        f'central_account: "{CENTRAL}"\nplatform:\n  principal: arn:aws:iam::{PLATFORM}:role/platform\ntags: {{}}\n'
    )
    names = [f"team{index:03d}" for index in range(teams)]
    return _groups(target, names)


def _team(target: Path, index: int, name: str, verbs: set[str]) -> None:
    """A team whose principals declare the verbs that it is granted, one each."""
    lines = [f"  {verb}-job: {{verbs: [{verb}], compute: sagemaker}}\n" for verb in sorted(verbs)]
    (target / "teams" / f"{name}.yaml").write_text(
        f'team: {name}\naccount: "{100000000000 + index}"\ncontact: {name}@example.com\nprincipals:\n' + "".join(lines)
    )


def _groups(target: Path, names: list[str]) -> int:
    chance = random.Random(7)
    count = max(2, len(names) * 2 // 5)
    shared: dict[int, dict[str, list[str]]] = {index: {} for index in range(count)}
    grants = count
    for index, name in enumerate(names):
        verbs = [(group, verb) for group in range(count) for verb in ("read-online", "read-offline")]
        chosen = chance.sample(verbs, min(GRANTS_A_TEAM, len(verbs)))
        for group, verb in chosen:
            shared[group].setdefault(name, []).append(verb)
        grants += len(chosen)
        _team(target, index, name, {verb for _, verb in chosen} | ({"write"} if index < count else set()))
    for index in range(count):
        owner = names[index % len(names)]
        lines = [f"  {team}: [{', '.join(sorted(verbs))}]" for team, verbs in sorted(shared[index].items())]
        name = f"group{index:03d}"
        (target / "feature-groups" / f"{name}.yaml").write_text(
            f"feature_group: {name}\nstore: central\nowner: {owner}\ncontact: {owner}@example.com\n"
            "pipeline: https://git.example.com/pipeline\ndescription: Generated.\nrecord_identifier: id\n"
            "event_time: event_time\nfeatures:\n  - {name: id, type: String, description: Identifier.}\n"
            "  - {name: event_time, type: String, description: Time.}\nonline_store: {enabled: true}\n"
            "offline_store: {enabled: true}\nshared_with:\n" + "\n".join(lines) + "\n"
        )
    return grants


def brute_force(model: Model) -> set[tuple[str, str, str]]:
    """The matrix by asking for every session, group and verb."""
    closure, cells = Closure(model), set()
    for reach in closure.reaches():
        for group in model.render["feature_groups"].values():
            for verb in VERBS:
                needs = closure.purposes.verb(verb, group, reach.actor.account, None)
                core = [list(one) for _, one in groupby(needs, key=lambda need: id(need.call))]
                core = [one for one in core if one[0].call.operation in CORE[verb]]
                if any(all(_works(model, reach.actor, need) for need in one) for one in core):
                    cells.add((reach.team, group["name"], verb))
    return cells


def _works(model: Model, actor: Any, need: Any) -> bool:
    check = need.check
    context = model.context(actor, check.resource, check.account) | dict(check.context)
    world = model.world(actor, check.action, check.resource, check.account)
    actor = model.role_actor(model.roles[check.as_role]) if check.as_role else actor
    return decide(model.request(actor, check.action, check.resource, check.account, context), world).allowed


def measure(teams: int, with_brute_force: bool) -> dict[str, Any]:
    """One size, in this process."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        grants = generate(root, teams)
        started = time.perf_counter()
        documents = render("bench", root)
        rendered = time.perf_counter()
        normal = load(root / "environments", "bench").normal()
        loaded = time.perf_counter()
        proof = prove(normal, documents)
        out: dict[str, Any] = {
            "teams": teams,
            "grants": grants,
            "result": proof.result,
            "render_s": round(rendered - started, 1),
            "declaration_s": round(loaded - rendered, 1),
            "prove_s": round(proof.seconds, 1),
            "decisions": proof.requests,
        }
        started = time.perf_counter()
        model = Model(documents)
        matrix = Matrix(model)
        out["matrix_s"] = round(time.perf_counter() - started, 1)
        if proof.counterexamples:
            out["first"] = proof.counterexamples[0].words
        if with_brute_force:
            started = time.perf_counter()
            same = brute_force(model) == set(matrix.cells)
            out["brute_force_s"] = round(time.perf_counter() - started, 1)
            out["same_matrix"] = same
        out["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teams", default="10,50,100,200,500")
    parser.add_argument("--brute-force", type=int, default=50, help="the largest size to run brute force on")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.one, arguments.one <= arguments.brute_force)))
        return
    for teams in map(int, arguments.teams.split(",")):
        # A process a size, so that peak memory is that size's.
        command = [sys.executable, __file__, "--one", str(teams), "--brute-force", str(arguments.brute_force)]
        print(subprocess.run(command, check=True, capture_output=True, text=True, env=dict(os.environ)).stdout, end="")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
