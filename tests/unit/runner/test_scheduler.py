import _thread
import threading
import time

import pytest

from featureshare.errors import FeatureShareError
from featureshare.runner.scheduler import Budget, Status, run


def test_each_action_runs_after_what_it_needs() -> None:
    order: list[str] = []
    needs = {"c": ["b"], "b": ["a"], "a": [], "d": ["a"]}
    outcomes = run(needs, lambda name: order.append(name) or name.upper(), jobs=4)
    assert order.index("a") < order.index("b") < order.index("c")
    assert order.index("a") < order.index("d")
    assert {name: outcome.result for name, outcome in outcomes.items()} == {n: n.upper() for n in "abcd"}


def test_a_failure_stops_only_what_needs_it() -> None:
    ran: list[str] = []

    def action(name: str) -> None:
        ran.append(name)
        if name == "bad":
            raise FeatureShareError("it broke.")

    needs = {"bad": [], "child": ["bad"], "grandchild": ["child"], "good": [], "nephew": ["good"]}
    outcomes = run(needs, action, jobs=2)
    assert sorted(ran) == ["bad", "good", "nephew"]
    assert outcomes["bad"].status is Status.FAILED
    assert str(outcomes["bad"].error) == "it broke."
    assert (outcomes["child"].status, outcomes["child"].missing) == (Status.WAITING, ("bad",))
    assert outcomes["grandchild"].status is Status.WAITING
    assert outcomes["nephew"].status is Status.DONE


def test_a_need_outside_the_run_counts_as_there() -> None:
    assert run({"team": ["central"]}, lambda name: name, jobs=1)["team"].status is Status.DONE


def test_no_more_than_jobs_run_at_once_and_as_many_as_may() -> None:
    together = threading.Barrier(3)  # three must meet, or the barrier breaks
    running, most, lock = 0, 0, threading.Lock()

    def action(name: str) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait(30)
        with lock:
            running -= 1

    outcomes = run({str(n): [] for n in range(6)}, action, jobs=3)
    assert {outcome.status for outcome in outcomes.values()} == {Status.DONE}
    assert most == 3


def test_interrupt_asks_what_runs_to_stop_and_starts_nothing_more() -> None:
    stop, started = threading.Event(), []

    def action(name: str) -> None:
        started.append(name)
        _thread.interrupt_main()
        assert stop.wait(30)

    with pytest.raises(KeyboardInterrupt):
        run({"first": [], "second": ["first"]}, action, jobs=1, interrupt=stop.set)
    assert started == ["first"]


def test_what_does_not_stop_is_killed() -> None:
    killed = threading.Event()

    def action(name: str) -> None:
        _thread.interrupt_main()
        assert killed.wait(30)

    with pytest.raises(KeyboardInterrupt):
        run({"deaf": []}, action, jobs=1, kill=killed.set, grace=0.05)
    assert killed.is_set()


def test_budget_holds_over_all_stacks_of_an_account_and_not_across_accounts() -> None:
    budget, log, lock = Budget(4), [], threading.Lock()
    used = {"one": 0, "two": 0}

    def work(account: str, units: int) -> None:
        with budget.spend(account, units) as held:
            with lock:
                used[account] += held
                log.append(dict(used))
            time.sleep(0.01)
            with lock:
                used[account] -= held

    threads = [threading.Thread(target=work, args=(a, u)) for a in ("one", "two") for u in (1, 3, 4, 9, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(log) == 10
    assert max(entry["one"] for entry in log) == 4
    assert max(entry["two"] for entry in log) == 4
    assert max(entry["one"] + entry["two"] for entry in log) > 4
