"""Other people's clients, unchanged, under access roles: each flow works, or is refused with the engine's reason.

`make clients` installs them, each set in a virtual environment of its own, and runs this.
"""

import json
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from expected import Fails, Refused, Works, expected
from work_copy import ROOT

from featureshare.client import connect
from featureshare.client.sessions import utc_now
from featureshare.journeys.cast import Cast
from featureshare.journeys.sessions import COMPUTE_SERVICES, LocalSessions

pytestmark = pytest.mark.timeout(1800)

HERE = Path(__file__).parent
VENVS = {
    **{"cli": "aws", "wrangler": "aws", "sdk2": "sdk2", "sdk3": "sdk3", "pyathena": "files", "files": "files"},
    "js": "files",  # its profile's command is Python
}
MODULES = ROOT / ".venv-clients" / "js" / "node_modules"
WAYS = ("profile", "connect", "raw")
# Who, and on which group.
ROLES = {
    "write": ("personalization", "pipeline", "sessions"),
    "delete": ("personalization", "erasure", "sessions"),
    "read-online": ("core-search", "serving", "sessions"),
    "read-offline": ("core-search", "training", "sessions"),
    "discover": ("data-curation", "steward", "sessions"),
}
ALL = [
    *((client, way, verb, ROLES[verb]) for client in ("cli", "sdk2", "sdk3", "js") for verb in ROLES for way in WAYS),
    *(
        (client, way, "read-offline", ROLES["read-offline"])
        for client in ("wrangler", "pyathena", "files")
        for way in WAYS
    ),
    # A team that may not query in `primary`, and whose results stay in the central account.
    *(
        (client, way, "read-offline", ("product-success", "analyst", "reviews"))
        for client in ("cli", "wrangler", "pyathena", "files")
        for way in ("connect", "raw")
    ),
]
_AT_A_TIME = 3
# The CLI and JavaScript have a profile or keys, and no session of Python's.
RUNS = [run for run in ALL if run[1] != "connect" or run[0] not in ("cli", "js")]


@dataclass(frozen=True)
class Answer:
    """What came of each flow, and the denials that the decision log has of the two roles that may have asked."""

    flows: dict[str, dict[str, Any]]
    denied: list[dict[str, Any]]
    crash: str


def name(run: tuple[str, str, str, tuple[str, str, str]]) -> str:
    return f"{run[0]}-{run[3][0]}-{run[2]}-{run[1]}"


@pytest.fixture(scope="module")
def filled(applied_local: Any) -> Any:
    """The environment with records in the groups that are asked for."""
    render, now = applied_local.render, datetime.now(UTC).replace(microsecond=0)
    sessions = LocalSessions(applied_local.localaws, render["environment"]["region"])
    for team, group, rows in (
        (
            "personalization",
            "sessions",
            [
                {
                    "session_id": f"s-{number}",
                    "event_time": now - timedelta(minutes=number),
                    "user_id": f"u-{number % 5}",
                    "device": "mobile",
                    "page_views": number + 1,
                    "cart_value": 1.5,
                }
                for number in range(50)
            ],
        ),
        (
            "data-curation",
            "users",
            [{"user_id": f"u-{number}", "event_time": now - timedelta(days=3), "country": "DE"} for number in range(5)],
        ),
        (
            "product-success",
            "reviews",
            [
                {"product_id": f"p-{number}", "event_time": now - timedelta(hours=number), "review_count": number}
                for number in range(9)
            ],
        ),
    ):
        role = render["teams"][team]["execution_roles"]["pipeline"]
        base = sessions.session(role["arn"], role["compute"])
        fs = connect(team, session=base, wire=sessions.wire(utc_now))
        report = fs.ingest(group, rows)
        assert (report.written, report.left) == (len(rows), 0)
    applied_local.localaws.flush()
    return applied_local


@pytest.fixture(scope="module")
def answers(filled: Any, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    """Every run that was chosen, three at a time: most of their time they wait for a query to end, or import."""
    chosen = {item.name.partition("[")[2].rstrip("]") for item in request.session.items if item.path == Path(__file__)}
    runs = [run for run in RUNS if name(run) in chosen]
    needed = [ROOT / ".venv-clients" / VENVS[run[0]] / "bin" / "python" for run in runs]
    for place in (*needed, *(MODULES for run in runs if run[0] == "js")):
        assert place.exists(), "run make clients, which installs them"

    def answer(run: tuple[str, str, str, tuple[str, str, str]]) -> Answer:
        return asked(filled, run, tmp_path_factory.mktemp(name(run)))

    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        return dict(zip(map(name, runs), pool.map(answer, runs), strict=True))


def program(client: str, folder: Path, venv: Path) -> list[str]:
    """The command of a program of flows. Node looks for modules beside a file: its copy lies beside a link to them."""
    if client != "js":
        return [str(venv / "python"), str(HERE / f"flows_{client}.py")]
    (folder / "node_modules").symlink_to(MODULES)
    return ["node", str(shutil.copy(HERE / "flows_js.mjs", folder))]


def asked(applied: Any, run: tuple[str, str, str, tuple[str, str, str]], folder: Path) -> Answer:
    """One program of flows as one role, reached one way."""
    client, way, verb, (team, principal, group_name) = run
    render, localaws = applied.render, applied.localaws
    cast = Cast(render)
    role = render["teams"][team]["execution_roles"][principal]
    access = render["teams"][team]["access_roles"][verb]
    groups = {group.name: group for group in cast.groups}
    group, workgroup = groups[group_name], cast.workgroup(team, cast.central_account)
    identifier = {"sessions": "s-1", "reviews": "p-1"}[group_name]
    output = workgroup.output_location if workgroup else ""
    facts = {
        "way": way,
        "team": team,
        "verb": verb,
        "profile": f"{team}-{verb}",
        "role": access,
        "group": group.arn,
        "other_group": groups["users"].arn,
        "record_identifier": group.record_identifier,
        "identifier": identifier,
        "number": {"sessions": "page_views", "reviews": "review_count"}[group_name],
        # A table of the same database that is not granted.
        "not_shared": {"sessions": "product_vectors", "reviews": "users"}[group_name],
        "database": group.database,
        "table": group.table,
        "central": cast.central_account,
        "workgroup": workgroup.name if workgroup else None,
        "output": output,
        "bucket": output.split("/")[2] if output else "nowhere",
    }
    keys = localaws.session(role["arn"], service=COMPUTE_SERVICES[role["compute"]])
    credentials = {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }
    # A process that gives up the keys of its environment, for a profile, is still the execution role: as on a machine
    # whose metadata service has them.
    (folder / "credentials").write_text(
        "[default]\n" + "".join(f"{key.lower()} = {value}\n" for key, value in credentials.items())
    )
    (folder / "sagemaker.yaml").write_text(
        "SchemaVersion: '1.0'\nSageMaker:\n  PythonSDK:\n    Modules:\n      TelemetryOptOut: true\n"
    )
    venv = ROOT / ".venv-clients" / VENVS[client] / "bin"
    variables = {
        **{key: os.environ[key] for key in ("HOME", "LANG", "TMPDIR") if key in os.environ},
        **credentials,
        "PATH": f"{venv}:{os.environ['PATH']}",
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
        "AWS_ENDPOINT_URL": localaws.endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": group.arn.split(":")[3],
        "AWS_DEFAULT_REGION": group.arn.split(":")[3],
        "NO_PROXY": "127.0.0.1",
        "SAGEMAKER_USER_CONFIG_OVERRIDE": str(folder / "sagemaker.yaml"),
        "FACTS": json.dumps(facts),
    }
    options: dict[str, Any] = {"cwd": folder, "env": variables, "text": True, "capture_output": True, "timeout": 900}
    made = subprocess.run([venv / "featureshare", "profile", team, "--verb", verb], **options)
    assert made.returncode == 0, made.stderr
    before = max((entry["sequence"] for entry in localaws.log()), default=0)
    done = subprocess.run(program(client, folder, venv), **options)
    answers = folder / "answers.jsonl"
    lines = [json.loads(line) for line in answers.read_text().splitlines()] if answers.exists() else []
    denied = [
        {"role": entry["role_arn"], **check}
        for entry in localaws.log(before)
        if entry["role_arn"] in (access, role["arn"])
        for check in entry["checks"]
        if check["result"] != "Allowed"
    ]
    printed = done.stdout[-2000:] + done.stderr[-4000:]
    return Answer({line["flow"]: line for line in lines}, denied, printed if done.returncode else "")


@pytest.mark.parametrize("run", RUNS, ids=name)
def test_each_flow_works_or_is_refused_for_the_reason_that_explain_gives(
    run: tuple[str, str, str, tuple[str, str, str]], answers: dict[str, Answer], filled: Any
) -> None:
    client, way, verb, (team, principal, _) = run
    team_facts = filled.render["teams"][team]
    found, wrong = answers[name(run)], []
    wanted = expected(client, verb, way, primary=team_facts["allow_primary"])
    assert not found.crash, found.crash
    assert set(found.flows) == set(wanted)
    asked: dict[tuple[str, str, str], bool] = {}
    for flow, outcome in wanted.items():
        line = found.flows[flow]
        if isinstance(outcome, Works):
            if not line["works"]:
                wrong.append(f"{flow}: {line['said']}")
            continue
        if line["works"]:
            wrong.append(f"{flow} works: {line['said']}")
        elif isinstance(outcome, Fails):
            if outcome.words not in line["said"]:
                wrong.append(f"{flow}: {line['said']}")
        elif isinstance(outcome, Refused):
            role = team_facts["execution_roles"][principal]["arn"] if outcome.as_execution_role else None
            role = role or team_facts["access_roles"][verb]
            checks = [one for one in found.denied if (one["role"], one["action"]) == (role, outcome.action)]
            if not checks:
                wrong.append(f"{flow}: {outcome.action} was not denied: {line['said']}")
            for check in checks:
                asked[role, check["action"], check["resource"]] = outcome.as_execution_role
    assert wrong == []
    for (role, action, resource), as_execution_role in asked.items():
        arguments = ("--principal", role, "--action", action, "--resource", resource)
        told = json.loads(filled.copy.run("access", "explain", "local", *arguments, "--json", check=False).stdout)
        # It may by way of its access role, which the client did not take; or it asked for the name in its own account.
        if as_execution_role and told["allowed"]:
            assert team_facts["access_roles"][verb].rsplit("/", 1)[-1] in told["advice"], told
            continue
        assert told["allowed"] is False, (action, resource)
        assert told["broken"]["text"], told
