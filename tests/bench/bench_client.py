"""The client: ingestion beside a plain loop and the SageMaker SDK's, data sets of many rows, the first record after a
cold start.

Run it: python tests/bench/bench_client.py [ROWS ...]; without arguments data sets of 1e5, 1e6 and 1e7 rows. Local AWS
is a process of its own on loopback, where a call costs the server's time and no way; `10 ms away` puts that much of a
round trip between, as to a Region. Nothing here fails for being slow.
"""

import json
import os
import re
import resource
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "client"))
from client_world import JOB, REGION, STORE, ClientWorld, furnished

from featureshare.client.connection import RUNTIME
from featureshare.client.ingest import THREADS
from featureshare.client.values import encode, record_of
from featureshare.localaws import lifecycle
from featureshare.localaws.control import LocalAWS

INGESTED = 1500
ENTITIES = 20_000
SIZES = (100_000, 1_000_000, 10_000_000)


def main() -> None:
    sizes = [int(float(word)) for word in sys.argv[1:]] or list(SIZES)
    with tempfile.TemporaryDirectory(prefix="featureshare-bench-") as folder:
        state = Path(folder) / "state"
        state.mkdir()
        control = lifecycle.start(
            state, environment="bench", region=REGION, partition="aws", port=0, parent=dict(os.environ)
        )
        try:
            world = furnished(control)
            first_record(control)
            ingestion(world, control.pid)
            datasets(world, Path(folder), sizes, control.pid)
        finally:
            lifecycle.stop(state)


def first_record(control: LocalAWS) -> None:
    """A process that has done nothing yet: import, connect, one record."""
    program = (
        "import time; begin = time.perf_counter()\n"
        "from featureshare.client import connect; imported = time.perf_counter()\n"
        "fs = connect('search'); found = time.perf_counter()\n"
        "fs.online.get('clicks', 'nobody'); got = time.perf_counter()\n"
        "print(imported - begin, found - imported, got - found)"
    )
    keys = control.session(JOB, "lambda.amazonaws.com")
    names = {"AccessKeyId": "ACCESS_KEY_ID", "SecretAccessKey": "SECRET_ACCESS_KEY", "SessionToken": "SESSION_TOKEN"}
    variables = {f"AWS_{name}": keys[key] for key, name in names.items()}
    variables |= {"AWS_ENDPOINT_URL": control.endpoint, "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}
    took = []
    for _ in range(5):
        done = subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, **variables}, check=True, capture_output=True, text=True
        )
        took.append([float(word) for word in done.stdout.split()])
    best = min(took, key=sum)
    print(
        f"first record from cold: {sum(best):.2f} s "
        f"(import {best[0]:.2f}, connect {best[1]:.2f}, record {best[2]:.2f}), best of 5",
        flush=True,
    )


def rows(count: int, run: str) -> list[dict[str, Any]]:
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=count)
    return [
        {
            "click": f"{run}-{number % 500}",
            "at": start + timedelta(seconds=number),
            "count": number,
            "score": 0.5,
            "kind": "buy",
        }
        for number in range(count)
    ]


def ingestion(world: ClientWorld, server: int) -> None:
    """The same rows by put_record in a loop and by the client's ingest.

    A loop takes the client's and the server's time one after the other; threads take them side by side, so that the
    longer of the two is what a row takes at least, however many there are.
    """
    for name, delay in (("on loopback", 0.0), ("10 ms away", 0.010)):
        with Distance(world.control.endpoint, delay) as endpoint:
            near = world.wire
            fs = world.client(wire=type(near)(endpoint_url=endpoint, config=near.config, clock=near.clock))
            group, data = fs.groups["words"], rows(INGESTED, name)
            client = fs.connection.client(RUNTIME, "write")
            client.put_record(FeatureGroupName="words", Record=record_of(encode(group, data[0])))
            begin, here, there = time.perf_counter(), time.process_time(), _cpu(server)
            for row in data:
                client.put_record(FeatureGroupName="words", Record=record_of(encode(group, row)))
            loop = time.perf_counter() - begin
            here, there = time.process_time() - here, _cpu(server) - there
            report = fs.ingest("words", data)
            assert (report.written, report.left) == (INGESTED, 0)
            print(
                f"ingestion {name}: loop {INGESTED / loop:.0f} rows a second, ingest {report.rate:.0f}: "
                f"{loop / report.seconds:.1f} times",
                flush=True,
            )
            if not delay:  # the relay would work in this process too
                mine, its, most = 1e3 * here / INGESTED, 1e3 * there / INGESTED, loop / max(here, there)
                print(
                    f"ingestion {name}: of {1e3 * loop / INGESTED:.2f} ms a row the client's processor takes "
                    f"{mine:.2f}, local AWS's {its:.2f}: "
                    f"with one process each about {most:.1f} times the loop is the most there is",
                    flush=True,
                )
            keys = fs.connection.session("write").get_credentials().get_frozen_credentials()
            for workers, processes in ((1, 1), (THREADS, 1), (THREADS, 2)):
                _sdk_ingestion(name, endpoint, group.arn, keys, data, workers, processes, loop)


_SDK_PROGRAM = """
import json, sys, time
import boto3, pandas, sagemaker
from sagemaker.feature_store.feature_group import FeatureGroup
arn, file, workers, processes = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
boto = boto3.Session()
session = sagemaker.Session(
    boto_session=boto,
    sagemaker_client=boto.client("sagemaker"),
    sagemaker_featurestore_runtime_client=boto.client("sagemaker-featurestore-runtime"),
    default_bucket="none",
)
frame = pandas.read_json(file, orient="records", convert_dates=False, dtype=False)
group = FeatureGroup(name=arn, sagemaker_session=session)
begin = time.perf_counter()
manager = group.ingest(data_frame=frame, max_workers=workers, max_processes=processes)
took = time.perf_counter() - begin
assert manager.failed_rows == []
open(file + ".took", "w").write(str(took))
"""


def _sdk_ingestion(
    name: str, endpoint: str, arn: str, keys: Any, data: list[dict[str, Any]], workers: int, processes: int, loop: float
) -> None:
    """The same rows by the SageMaker SDK's own ingest, in a process of its virtual environment; timed is the call."""
    python = Path(__file__).parents[2] / ".venv-clients" / "sdk2" / "bin" / "python"
    if not python.exists():
        print(f"ingestion {name}: the SageMaker SDK is not installed: make .venv-clients/sdk2/.installed", flush=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.json"
        texts = [{**row, "at": row["at"].strftime("%Y-%m-%dT%H:%M:%SZ")} for row in data]
        file.write_text(json.dumps(texts))
        settings = Path(folder) / "sagemaker.yaml"
        settings.write_text(
            "SchemaVersion: '1.0'\nSageMaker:\n  PythonSDK:\n    Modules:\n      TelemetryOptOut: true\n"
        )
        variables = {
            "AWS_ACCESS_KEY_ID": keys.access_key,
            "AWS_SECRET_ACCESS_KEY": keys.secret_key,
            "AWS_SESSION_TOKEN": keys.token,
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "SAGEMAKER_USER_CONFIG_OVERRIDE": str(settings),
        }
        words = [str(python), "-c", _SDK_PROGRAM, arn, str(file), str(workers), str(processes)]
        done = subprocess.run(words, env={**os.environ, **variables}, check=False, capture_output=True, text=True)
        if done.returncode:
            print(f"ingestion {name}: the SageMaker SDK: {done.stderr.strip().splitlines()[-1]}", flush=True)
            return
        took = float(Path(f"{file}.took").read_text())
        print(
            f"ingestion {name}: SageMaker SDK, {processes} x {workers} threads, {len(data) / took:.0f} rows a second: "
            f"{loop / took:.1f} times the loop",
            flush=True,
        )


class Distance:
    """A relay on loopback that holds every byte for half a round trip each way; without a delay, the place itself."""

    def __init__(self, endpoint: str, delay: float) -> None:
        self._there = urlsplit(endpoint)
        self._half = delay / 2
        self._listener: socket.socket | None = None

    def __enter__(self) -> str:
        if not self._half:
            return self._there.geturl()
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        if self._listener is not None:
            self._listener.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                here, _ = listener.accept()
            except OSError:
                return
            there = socket.create_connection((self._there.hostname, self._there.port))
            for one in (here, there):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._relay, args=(here, there), daemon=True).start()

    def _relay(self, here: socket.socket, there: socket.socket) -> None:
        waiting: deque[tuple[float, socket.socket, bytes]] = deque()
        other = {here: there, there: here}
        try:
            while True:
                left = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
                for one in select.select([here, there], [], [], left)[0]:
                    data = one.recv(65536)
                    if not data:
                        return
                    waiting.append((time.monotonic() + self._half, other[one], data))
                while waiting and waiting[0][0] <= time.monotonic():
                    _, to, data = waiting.popleft()
                    to.sendall(data)
        except OSError:
            return
        finally:
            here.close()
            there.close()


def _cpu(pid: int) -> float:
    """Processor seconds that a process has taken (Linux; 0 elsewhere)."""
    status = Path(f"/proc/{pid}/stat")
    if not status.exists():
        return 0.0
    fields = status.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak(pid: int) -> int:
    """The most memory that a process has had, in MB (Linux; 0 elsewhere)."""
    status = Path(f"/proc/{pid}/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) // 1024 if found else 0


def datasets(world: ClientWorld, folder: Path, sizes: list[int], server: int) -> None:
    """Spines of many rows joined to a history of a fifth as many; peak memory is the client process's own, and that of
    local AWS so far."""
    _history(world, max(sizes) // 5)
    for size in sizes:
        spine = folder / f"spine-{size}.parquet"
        _spine(spine, size)
        program = (
            "import sys; sys.path[:0] = json.loads(sys.argv[1])\n"
            "import resource, time\n"
            "from client_world import ClientWorld\n"
            "from featureshare.localaws.control import LocalAWS\n"
            "fs = ClientWorld(LocalAWS(sys.argv[2], sys.argv[3])).client()\n"
            "begin = time.perf_counter()\n"
            "made = fs.dataset(sys.argv[4], ['clicks.count', 'clicks.kind'], event_time='event_time')\n"
            "manifest = made.to_parquet(sys.argv[4] + '.out')\n"
            "memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
            "print(time.perf_counter() - begin, manifest.rows, memory)"
        )
        done = subprocess.run(
            [
                *(sys.executable, "-c", "import json\n" + program, json.dumps(sys.path[:1])),
                *(world.control.endpoint, world.control.token, str(spine)),
            ],
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            print(f"data set of {size:,} rows: {done.stderr.strip().splitlines()[-1]}", flush=True)
            continue
        seconds, found, megabytes = done.stdout.split()
        assert int(found) == size
        print(
            f"data set of {size:,} rows: {float(seconds):.1f} s, client's peak memory {megabytes} MB, "
            f"local AWS's {_peak(server)} MB",
            flush=True,
        )
        spine.unlink()


def _spine(path: Path, size: int) -> None:
    schema = pa.schema([("click", pa.string()), ("event_time", pa.string()), ("label", pa.int64())])
    start = datetime(2026, 1, 2, tzinfo=UTC)
    with pq.ParquetWriter(path, schema) as writer:
        for begin in range(0, size, 100_000):
            numbers = range(begin, min(size, begin + 100_000))
            times = [(start + timedelta(seconds=n % 86_400)).strftime("%Y-%m-%dT%H:%M:%SZ") for n in numbers]
            columns = [[f"e-{n % ENTITIES}" for n in numbers], times, list(numbers)]
            writer.write_table(pa.table(columns, schema=schema))


def _history(world: ClientWorld, count: int) -> None:
    """Rows in the offline store of `clicks`, put there as one file: a million PutRecord calls would take an hour."""
    s3 = world.administrator("s3")
    world.client().online.put("clicks", {"click": "e-0", "at": datetime(2026, 1, 1, tzinfo=UTC), "kind": "view"})
    world.control.flush()
    [found] = [one for one in s3.list_objects_v2(Bucket=STORE, Prefix="clicks/")["Contents"] if one["Size"]]
    first = Path(tempfile.mkdtemp()) / "first.parquet"
    s3.download_file(STORE, found["Key"], str(first))
    schema = pq.read_schema(first)
    start, now = datetime(2026, 1, 1, tzinfo=UTC), datetime.now(UTC).replace(tzinfo=None) - timedelta(minutes=5)
    with pq.ParquetWriter(first, schema) as writer:
        for begin in range(0, count, 100_000):
            numbers = range(begin, min(count, begin + 100_000))
            made = {
                "click": [f"e-{n % ENTITIES}" for n in numbers],
                "at": [(start + timedelta(seconds=n % 86_400)).strftime("%Y-%m-%dT%H:%M:%SZ") for n in numbers],
                "count": list(numbers),
                "score": [n / 7 for n in numbers],
                "kind": ["view"] * len(numbers),
                "write_time": [now] * len(numbers),
                "api_invocation_time": [now] * len(numbers),
                "is_deleted": [False] * len(numbers),
            }
            writer.write_table(pa.table({name: made[name] for name in schema.names}, schema=schema))
    s3.upload_file(str(first), STORE, found["Key"].rsplit("/", 1)[0] + "/20260101T235959Z_benchbenchbench1.parquet")


if __name__ == "__main__":
    main()
    print(f"this process's own peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
