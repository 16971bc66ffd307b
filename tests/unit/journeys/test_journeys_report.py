"""The report: what makes a run fail, and the tables."""

from journeys_render import CENTRAL, render

from featureshare.journeys.cast import Cast
from featureshare.journeys.denials import DenialResult
from featureshare.journeys.report import Report, build
from featureshare.journeys.stage import StepResult


def step(number: int, *, ok: bool = True, skipped: bool = False) -> StepResult:
    return StepResult(number, "who", "what", "where", 0.5, "detail", ok, skipped)


def denial(category: str, *, ok: bool = True, skipped: bool = False) -> DenialResult:
    return DenialResult(category, "who", "what", "where", "AccessDenied", "because", 0.1, ok, skipped)


def report(*results: StepResult | DenialResult) -> Report:
    steps = [result for result in results if isinstance(result, StepResult)]
    denials = [result for result in results if isinstance(result, DenialResult)]
    users = f"arn:aws:sagemaker:eu-west-1:{CENTRAL}:feature-group/users"
    rows = [{"a": None, "b": 1}, {"a": 1, "b": 2}]
    return build(Cast(render()), steps, denials, {("search", users, "read-online")}, rows)


def test_all_passed_and_denied_is_well() -> None:
    assert report(step(1), step(2), denial("x")).ok


def test_a_failed_step_a_call_let_through_or_nothing_tried_is_not() -> None:
    assert not report(step(1), step(1, ok=False)).ok
    assert not report(step(1), denial("x", ok=False)).ok
    assert not report(step(1, ok=False, skipped=True)).ok


def test_skipped_is_neither_passed_nor_failed() -> None:
    found = report(step(1), step(2, ok=False, skipped=True), denial("x", ok=False, skipped=True))
    assert found.ok
    assert [summary.result for summary in found.step_summaries()] == ["passed", "skipped"]
    (summary,) = found.denial_summaries()
    assert (summary.tried, summary.denied, summary.skipped) == (0, 0, 1)


def test_steps_are_summed_up() -> None:
    (summary,) = report(step(4), step(4, ok=False)).step_summaries()
    assert (summary.result, summary.seconds, summary.rows) == ("failed", 1.0, 2)


def test_the_access_table_sets_what_was_used_beside_what_is_declared() -> None:
    cells = {(cell.group, cell.team): (cell.declared, cell.observed) for cell in report(step(1)).access}
    assert cells["users", "search"] == (("read-offline", "read-online"), ("read-online",))
    assert cells["users", "curation"] == (("write",), ())
    assert cells["segments", "curation"] == (("manage", "write"), ())
    assert ("segments", "search") not in cells


def test_rows_that_lack_nothing_are_shown() -> None:
    found = report(step(1))
    assert (found.training_set, found.training_rows) == (({"a": 1, "b": 2},), 2)
    assert found.as_dict()["training_set"] == {"rows": 2, "first": [{"a": 1, "b": 2}]}
