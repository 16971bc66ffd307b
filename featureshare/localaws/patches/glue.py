"""moto's Glue: jobs, crawlers, connections, triggers and registries show what they were made with, and nothing made up.

A job made without an execution class shows none, keeps its window of maintenance and its queuing, and shows the limits
that Glue gives it where it has none of its own; a connection tells its type; a trigger that nobody can switch on (on
demand, by event) stays as created; a registry's tags are found as any other's. A catalog without a policy says so.
"""

import inspect
from typing import Any

from moto.glue.exceptions import EntityNotFoundException
from moto.glue.models import FakeConnection, FakeCrawler, FakeJob, FakeRegistry, FakeTrigger, GlueBackend
from moto.glue.responses import GlueResponse

JOB_MEMBERS = {  # of a job -> where they are kept on moto's, which does not know them
    "JobMode": "job_mode",
    "JobRunQueuingEnabled": "job_run_queuing_enabled",
    "MaintenanceWindow": "maintenance_window",
}

_job = FakeJob.__init__
_job_shown = FakeJob.as_dict
_create_job = GlueResponse.create_job
_registry = FakeRegistry.__init__
_connection = FakeConnection.as_dict
_crawler = FakeCrawler.as_dict
_trigger = FakeTrigger.__init__
_start = FakeTrigger.start_trigger
_policy = GlueBackend.get_resource_policy
_UNSWITCHED = ("ON_DEMAND", "EVENT")


def apply() -> None:
    signature = inspect.signature(_job)

    def job(self: Any, *args: Any, **given: Any) -> None:
        _job(self, *args, **given)
        self.execution_class = signature.bind(self, *args, **given).arguments.get("execution_class")

    def create_job(self: Any) -> Any:
        answer = _create_job(self)
        made = self.glue_backend.jobs[self.parameters["Name"]]
        for member, attribute in JOB_MEMBERS.items():
            setattr(made, attribute, self.parameters.get(member))
        return answer

    def job_shown(self: Any) -> dict[str, Any]:
        held = {member: getattr(self, attribute, None) for member, attribute in JOB_MEMBERS.items()}
        return _with_defaults(
            {**_job_shown(self), **{name: value for name, value in held.items() if value is not None}}
        )

    def registry(self: Any, backend: Any, *args: Any, **given: Any) -> None:
        _registry(self, backend, *args, **given)
        backend.tag_resource(self.registry_arn, self.tags or {})

    def connection(self: Any, *args: Any, **given: Any) -> dict[str, Any]:
        shown = _connection(self, *args, **given)
        members = ("ConnectionType", "MatchCriteria")
        return {**shown, **{name: self.connection_input[name] for name in members if name in self.connection_input}}

    def crawler(self: Any) -> dict[str, Any]:
        of_lake = getattr(self, "lake_formation_configuration", None)
        return {**_crawler(self), **({"LakeFormationConfiguration": of_lake} if of_lake else {})}

    def trigger(self: Any, *args: Any, **given: Any) -> None:
        _trigger(self, *args, **given)
        if self.trigger_type in _UNSWITCHED:
            self.state = "CREATED"

    def start(self: Any) -> None:
        if self.trigger_type not in _UNSWITCHED:
            _start(self)

    def policy(self: Any, *args: Any, **given: Any) -> dict[str, Any]:
        found: dict[str, Any] = _policy(self, *args, **given)
        if not found:
            raise EntityNotFoundException("Policy not found")
        return found

    GlueBackend.get_resource_policy = policy  # type: ignore[method-assign]
    FakeJob.__init__ = job  # type: ignore[method-assign]
    FakeJob.as_dict = job_shown  # type: ignore[method-assign]
    GlueResponse.create_job = create_job  # type: ignore[method-assign]
    FakeRegistry.__init__ = registry  # type: ignore[method-assign]
    FakeConnection.as_dict = connection  # type: ignore[method-assign]
    FakeCrawler.as_dict = crawler  # type: ignore[method-assign]
    FakeTrigger.__init__ = trigger  # type: ignore[method-assign]
    FakeTrigger.start_trigger = start  # type: ignore[method-assign]


def _with_defaults(job: dict[str, Any]) -> dict[str, Any]:
    """What Glue fills in. https://docs.aws.amazon.com/glue/latest/webapi/API_CreateJob.html

    Only the versions before 2.0 are told a capacity, so a job that has one and no version is of the first of them."""
    version = job["GlueVersion"] or ("0.9" if job["MaxCapacity"] or job["AllocatedCapacity"] else None)
    filled = {"GlueVersion": version, "ExecutionProperty": job["ExecutionProperty"] or {"MaxConcurrentRuns": 1}}
    if not job["Timeout"] and (job["Command"] or {}).get("Name") != "gluestreaming":
        newer = version is None or not version[0].isdigit() or int(version.partition(".")[0]) >= 5
        filled["Timeout"] = 480 if newer else 2880
    return {**job, **filled}
