"""How long the proof takes on generated environments, beside brute force over the same matrix.

    python tests/bench/bench_access.py [--teams 10,50,100,200,500] [--brute-force 500] [--faults 100] [--sample 50]

A team has 20 grants beside its own groups, spread over two groups for every five teams. Terraform renders once, and is
timed apart. Brute force asks the engine for every session, group and verb, and every session for every role, whether
or not anything speaks of them: the matrix of the environment by definition. It grows with the square, so above
`--sample` teams it asks for the sessions of that many teams, evenly chosen, compares their cells, and `brute_force_s`
says what the whole would take (`brute_force_teams` says how many were asked). Faults are planted in
environments of up to `--faults` teams, and must be found. Wall time (`_s`) suffers from what else runs; CPU time
(`_cpu`, over all processes) hardly does. Memory is the peak of the proof's processes together, and of matrix and brute
force apart.
"""

import argparse
import copy
import json
import multiprocessing
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "access"))

from brute import brute_force

from featureshare.access import FAILED, PROVED, Matrix, Model, prove
from featureshare.access.processes import cores
from featureshare.declaration import load
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


def faults(documents: dict[str, Any], team: str) -> dict[str, Callable[[dict[str, Any]], None]]:
    """Faults in what one team has, as a careless change would leave them; the last role, bucket and key of its kind."""
    reader = f"{CENTRAL}/fs-{team}-reader-online"
    results = next(
        name for name, one in documents["buckets"].items() if one["kind"] == "results" and one["team"] == team
    )
    offline = next(name for name, one in documents["buckets"].items() if one["kind"] == "offline")
    mine = json.loads(documents["roles"][reader]["policies"]["read-online"])["Statement"][0]["Resource"]

    def text(kind: str, key: str, field: str, old: str, new: str) -> Callable[[dict[str, Any]], None]:
        def change(where: dict[str, Any]) -> None:
            assert old in where[kind][key][field], f"{old} is not in {field} of {key}"
            where[kind][key][field] = where[kind][key][field].replace(old, new, 1)

        return change

    def one_more(where: dict[str, Any]) -> None:
        policies = where["roles"][reader]["policies"]
        policies["read-online"] = policies["read-online"].replace(":GetRecord", ":PutRecord", 1)

    def star(where: dict[str, Any]) -> None:
        policies = where["roles"][reader]["policies"]
        policies["read-online"] = policies["read-online"].replace(mine[-1], mine[-1] + "*", 1)

    return {
        "an action instead of another": one_more,
        "a group widened by one character": star,
        "a trust without the principal": text("roles", reader, "trust", "aws:PrincipalArn", "aws:SourceArn"),
        "a results bucket that spares another account": text("buckets", results, "policy", ":role/", ":user/"),
        "an offline bucket open by a pattern": text(
            "buckets", offline, "policy", "role/fs/reader-offline/*", "role/fs/*"
        ),
    }


def cpu() -> float:
    """CPU seconds of this process and of those that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def peak() -> int:
    """Peak memory in MB of this process and the largest that it waited for."""
    return sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024


class Timed:
    """Wall and CPU seconds of a block, into a dictionary."""

    def __init__(self, out: dict[str, Any], name: str) -> None:
        self.out, self.name = out, name

    def __enter__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), cpu()

    def __exit__(self, *_: object) -> None:
        self.out[f"{self.name}_s"] = round(time.perf_counter() - self.wall, 1)
        self.out[f"{self.name}_cpu"] = round(cpu() - self.cpu, 1)


def measure_render(root: Path, out: dict[str, Any]) -> None:
    """Render and read the declaration, to files that the other measurements read."""
    out["grants"] = generate(root, out["teams"])
    with Timed(out, "render"):
        documents = render("bench", root)
    out["render_peak_mb"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    with Timed(out, "declaration"):
        normal = load(root / "environments", "bench").normal()
    (root / "inputs.json").write_text(json.dumps([normal, documents]))


def measure_proof(root: Path, out: dict[str, Any]) -> None:
    """The proof, in as many processes as there are cores."""
    normal, documents = json.loads((root / "inputs.json").read_text())
    with Timed(out, "prove"):
        proof = prove(normal, documents)
    out |= {"result": proof.result, "decisions": proof.requests, "processes": cores()}
    # The largest child, as often as there are: what they share is counted in each.
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    out["prove_peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024 + cores() * children
    out["prove_cpu_ms_a_grant"] = round(1000 * out["prove_cpu"] / out["grants"], 2)
    if proof.result != PROVED:
        out["first"] = [*proof.faults, *proof.undecided, *(one.words for one in proof.counterexamples)][0]


def measure_faults(root: Path, out: dict[str, Any]) -> None:
    """Faults planted in the last team's documents: how many the proof finds, and how long it takes to find them all."""
    normal, documents = json.loads((root / "inputs.json").read_text())
    planted = faults(documents, sorted(documents["teams"])[-1])
    with Timed(out, "faults"):
        missed = []
        for name, change in planted.items():
            spoilt = copy.copy(documents) | {kind: copy.deepcopy(documents[kind]) for kind in ("roles", "buckets")}
            change(spoilt)
            proof = prove(normal, spoilt, first=True)
            if proof.result != FAILED or not proof.counterexamples:
                missed.append(name)
    out |= {"faults_planted": len(planted), "faults_missed": missed}


def measure_matrix(root: Path, out: dict[str, Any]) -> None:
    """The matrix by our method."""
    _, documents = json.loads((root / "inputs.json").read_text())
    with Timed(out, "matrix"):
        cells = Matrix(Model(documents)).cells
    out |= {"cells": len(cells), "matrix_peak_mb": peak()}
    (root / "cells.json").write_text(json.dumps(sorted(cells)))


def measure_brute_force(root: Path, out: dict[str, Any]) -> None:
    """The same matrix by brute force, for every team or an even sample of them."""
    _, documents = json.loads((root / "inputs.json").read_text())
    cells = {tuple(cell) for cell in json.loads((root / "cells.json").read_text())}
    names = sorted(documents["teams"])
    asked = names[:: -(-len(names) // out.pop("sample"))]
    with Timed(out, "brute_force"):
        found = brute_force(Model(documents), set(asked))
    out["same_matrix"] = found == {cell for cell in cells if cell[0] in asked}
    out |= {"brute_force_teams": len(asked), "brute_force_peak_mb": peak()}
    for name in ("brute_force_s", "brute_force_cpu"):
        out[name] = round(out[name] * len(names) / len(asked), 1)


def apart(work: Callable[[Path, dict[str, Any]], None], root: Path, out: dict[str, Any]) -> None:
    """Run a measurement in a process of its own, so that peak memory is its own; a failure ends the benchmark."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_answer, args=(work, root, out, theirs))
    process.start()
    theirs.close()
    out |= ours.recv()
    process.join()


def _answer(work: Callable[[Path, dict[str, Any]], None], root: Path, out: dict[str, Any], pipe: Any) -> None:
    work(root, out)
    pipe.send(out)


def measure(teams: int, planted: int, most: int, sample: int) -> dict[str, Any]:
    """One size, each measurement in a process of its own."""
    out: dict[str, Any] = {"teams": teams}
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        for work in (measure_render, measure_proof, measure_matrix):
            apart(work, root, out)
        if teams <= planted:
            apart(measure_faults, root, out)
        if teams <= most:
            out["sample"] = sample
            apart(measure_brute_force, root, out)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teams", default="10,50,100,200,500")
    parser.add_argument("--brute-force", type=int, default=500, help="the largest size to run brute force on")
    parser.add_argument("--faults", type=int, default=100, help="the largest size to plant faults in")
    parser.add_argument("--sample", type=int, default=50, help="ask for so many teams at most in brute force")
    arguments = parser.parse_args()
    wrong = []
    for teams in map(int, arguments.teams.split(",")):
        out = measure(teams, arguments.faults, arguments.brute_force, arguments.sample)
        print(json.dumps(out), flush=True)
        if out["result"] != PROVED or out.get("faults_missed") or not out.get("same_matrix", True):
            wrong.append(teams)
    if wrong:
        sys.exit(f"Not proved, a fault missed or another matrix at {', '.join(map(str, wrong))} teams.")


if __name__ == "__main__":
    main()
