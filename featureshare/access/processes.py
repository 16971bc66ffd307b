"""Work shared out to processes that begin as copies of this one, so that nothing has to be handed to them."""

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from featureshare.errors import FeatureShareError

T = TypeVar("T")
_CHUNKS = 16  # for each process: small enough that none waits long for the last
_MOST = 8

_work: Callable[[slice], Any] | None = None


class Lost(FeatureShareError):
    """A process ended before it said what it found."""


def cores() -> int:
    """The processes worth having: the cores we may use, or one where processes cannot begin as copies."""
    if "fork" not in multiprocessing.get_all_start_methods():
        return 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, _MOST)


def shared_out(work: Callable[[slice], T], count: int, processes: int) -> Iterator[T]:
    """`work` on slices of `count` things, done in `processes` copies of this one; the answers in the things' order.

    Raises what `work` raises, and Lost when a process dies.
    """
    size = -(-count // (processes * _CHUNKS)) or 1
    chunks = [slice(start, start + size) for start in range(0, count, size)]
    context = multiprocessing.get_context("fork")
    try:
        with ProcessPoolExecutor(processes, mp_context=context, initializer=_begin, initargs=(work,)) as pool:
            yield from pool.map(_one, chunks)
    except BrokenProcessPool as error:
        raise Lost("a process of the proof ended early, for want of memory perhaps: nothing is proved.") from error


def _begin(work: Callable[[slice], Any]) -> None:
    global _work
    _work = work
    gc.freeze()  # what was there before stays: nobody looks through it for garbage


def _one(chunk: slice) -> Any:
    assert _work is not None
    return _work(chunk)
