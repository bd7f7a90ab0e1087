"""Waiting within the time that the function has left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handler.clock import Clock
from handler.errors import DeadlineNear
from tests.support.world import still_clock


def clock(seconds: float) -> tuple[Clock, list[float]]:
    """A clock with so many seconds left, 5 of them in reserve; it notes how long it slept."""
    left, slept = [seconds], list[float]()

    def sleep(pause: float) -> None:
        left[0] -= pause
        slept.append(pause)

    return replace(
        still_clock(), remaining=lambda: left[0], reserve=5.0, sleep=sleep, jitter=lambda: 1.0
    ), slept


def test_pauses_double_up_to_twenty_seconds() -> None:
    plenty, slept = clock(900)
    for attempt in range(7):
        plenty.wait(attempt, base=1.0, step="ask again")
    assert slept == [1, 2, 4, 8, 16, 20, 20]


def test_a_pause_is_at_least_half_of_what_it_can_be() -> None:
    plenty, slept = clock(900)
    replace(plenty, jitter=lambda: 0.0).wait(2, base=1.0, step="ask again")
    assert slept == [2]


@pytest.mark.parametrize("seconds", [4.0, 5.0, 6.0, 13.0])
def test_a_pause_that_would_use_up_the_time_is_not_begun(seconds: float) -> None:
    short, slept = clock(seconds)
    with pytest.raises(DeadlineNear, match="no time left to ask again after a pause of 8 s"):
        short.wait(3, base=1.0, step="ask again")
    assert slept == []


def test_a_pause_after_which_there_is_time_left_is_made() -> None:
    enough, slept = clock(13.1)
    enough.wait(3, base=1.0, step="ask again")
    assert slept == [8]


def test_a_pause_that_took_longer_than_asked_for_is_noticed() -> None:
    late, _ = clock(14)
    slow = replace(late, sleep=lambda pause: late.sleep(2 * pause))
    with pytest.raises(DeadlineNear, match="no time left to ask again: "):
        slow.wait(3, base=1.0, step="ask again")


def test_the_error_says_how_much_time_there_was_and_the_remedy() -> None:
    short, _ = clock(3)
    with pytest.raises(DeadlineNear) as caught:
        short.check("register job")
    assert "no time left to register job: 3 s until" in caught.value.message
    assert "of which 5 s are kept back" in caught.value.message
    assert "timeoutSeconds" in caught.value.remedy
