"""Our engine and the oracle on the same random cases. Run it: make oracle, or python tests/oracle/run.py [--seed N]

Every difference must be one that triage.md justifies; any other is printed with its case, and the exit status is 1.
Exit status 2: the oracle cannot run here.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from oracle_cases import Maker
from oracle_node import FOLDER, VERSION, Unavailable, answers, prepare
from oracle_readings import READINGS, ask, explain

TRIAGE = Path(__file__).resolve().parent / "triage.md"
FEWEST = 3000
SHOWN = 5


def main() -> int:
    """Compare, report, and give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=20261123, help="another seed gives other cases")
    parser.add_argument(
        "--cases", type=int, default=12_000, help=f"how many to draw (default 12000, at least {FEWEST})"
    )
    options = parser.parse_args()
    if options.cases < FEWEST:
        parser.error(f"--cases is {FEWEST} or more")
    if missing := untriaged():
        print(f"{TRIAGE.name} has no section for: {', '.join(missing)}", file=sys.stderr)
        return 1
    try:
        folder = prepare()
        cases = list(Maker(options.seed).cases(options.cases))
        start = time.monotonic()
        theirs = answers(folder, cases)
    except Unavailable as error:
        print(error, file=sys.stderr)
        return 2
    return report(cases, theirs, options.seed, time.monotonic() - start)


def untriaged() -> list[str]:
    """Readings without a section of their own in triage.md."""
    written = set(re.findall(r"^## `([a-z0-9-]+)`", TRIAGE.read_text(), re.MULTILINE))
    return sorted({reading.name for reading in READINGS} - written)


def report(cases: list[dict[str, Any]], theirs: list[dict[str, Any]], seed: int, seconds: float) -> int:
    """Print what agrees and what differs, by reading."""
    refused = Counter(answer["error"] for answer in theirs if "error" in answer)
    agreed: Counter[str] = Counter()
    known: Counter[tuple[str, ...]] = Counter()
    new: list[tuple[dict[str, Any], str, str]] = []
    for case, answer in zip(cases, theirs, strict=True):
        if "error" in answer:
            continue
        ours = ask(case).result
        if ours == answer["result"]:
            agreed[ours] += 1
            continue
        readings = explain(case, answer["result"], frozenset(answer["known"]))
        if readings is None:
            new.append((case, ours, answer["result"]))
        else:
            known[tuple(reading.name for reading in readings)] += 1
    accepted = len(cases) - refused.total()
    print(f"iam-simulate {VERSION}, seed {seed}: {len(cases)} cases in {seconds:.1f} s, {accepted} accepted")
    for text, count in refused.most_common():
        print(f"  refused {count:6}  {text}")
    for result, count in agreed.most_common():
        print(f"  agreed  {count:6}  {result}")
    for names, count in known.most_common():
        print(f"  known   {count:6}  {' + '.join(names)}")
    print(f"  new     {len(new):6}")
    never = [reading.name for reading in READINGS if not any(reading.name in names for names in known)]
    if never:
        print(f"  readings that explained nothing in this run: {', '.join(never)}")
    if new:
        show(new)
        return 1
    if accepted < FEWEST:
        print(f"only {accepted} cases were accepted, fewer than {FEWEST}: too few to say anything", file=sys.stderr)
        return 1
    return 0


def show(new: list[tuple[dict[str, Any], str, str]]) -> None:
    """Print the first differences that no reading explains, and write all of them as cases to explain."""
    file = FOLDER / "differences.jsonl"
    file.write_text("".join(json.dumps({**case, "name": f"oracle: {theirs}"}) + "\n" for case, _, theirs in new))
    for case, ours, theirs in new[:SHOWN]:
        print(f"\nnew difference {case['id']}: ours {ours}, iam-simulate {theirs}\n{json.dumps(case)}", file=sys.stderr)
        for reason in ask(case).reasons:
            print(f"    {reason}", file=sys.stderr)
    place = file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
    print(
        f"\n{len(new)} differences are new. Who is right, by AWS's text?\n"
        "Ours wrong: fix featureshare/iam and add the case to tests/unit/iam.\n"
        f"Ours right: add a reading to oracle_readings.py and its section to {TRIAGE.name}.\n"
        f"All of them: featureshare iam explain {place} --id ID",
        file=sys.stderr,
    )


if __name__ == "__main__":
    sys.exit(main())
