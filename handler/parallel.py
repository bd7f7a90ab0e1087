"""The same step for many definitions at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

# One connection and one thread each: with the most definitions that fit a pair's environment still one
# round trip. Reads and registrations beyond AWS Batch's rate are throttled, and throttling is repeated.
MOST_AT_ONCE = 50
# Kept from step to step and from event to event: starting fifty takes as long as ten calls.
_threads = ThreadPoolExecutor(MOST_AT_ONCE)

Item = TypeVar("Item")
Done = TypeVar("Done")


@dataclass(frozen=True)
class Each(Generic[Item, Done]):
    """What became of every item: its step's value, or its error."""

    done: dict[Item, Done] = field(default_factory=dict)
    failed: dict[Item, Exception] = field(default_factory=dict)


def each(
    step: Callable[[Item], Done], items: Iterable[Item], *, at_once: int = MOST_AT_ONCE
) -> Each[Item, Done]:
    """``step`` of every item, in their order; one item's error does not stop the others.

    A step must not call this itself: the threads are the same for all.
    """
    outcome: Each[Item, Done] = Each()

    def guarded(item: Item) -> None:
        try:
            outcome.done[item] = step(item)
        except Exception as error:  # noqa: BLE001 - kept for the caller, never dropped
            outcome.failed[item] = error

    todo = list(items)
    if min(len(todo), at_once) <= 1:
        for item in todo:
            guarded(item)
        return outcome
    if at_once == MOST_AT_ONCE:
        list(_threads.map(guarded, todo))
    else:
        with ThreadPoolExecutor(at_once) as threads:
            list(threads.map(guarded, todo))
    return outcome
