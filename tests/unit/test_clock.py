"""Waiting within the time that the function has left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handler.clock import CALL_ATTEMPTS, CallTimes, Clock, Retry
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


def second_attempt(clock: Clock, pause: float) -> None:
    assert [next(attempts := clock.attempts(Retry(2, pause), "ask again")), next(attempts)] == [0, 1]


def test_pauses_double_up_to_twenty_seconds_and_there_is_none_before_the_first_attempt() -> None:
    plenty, slept = clock(900)
    assert list(plenty.attempts(Retry(8, 1.0), "ask again")) == list(range(8))
    assert slept == [1, 2, 4, 8, 16, 20, 20]


def test_a_pause_is_at_least_half_of_what_it_can_be() -> None:
    plenty, slept = clock(900)
    second_attempt(replace(plenty, jitter=lambda: 0.0), 4.0)
    assert slept == [2]


def test_the_first_attempt_asks_for_no_time() -> None:
    none_left, _ = clock(0)
    assert next(none_left.attempts(Retry(2, 1.0), "ask again")) == 0


@pytest.mark.parametrize("seconds", [4.0, 5.0, 6.0, 13.0])
def test_a_pause_that_would_use_up_the_time_is_not_begun(seconds: float) -> None:
    short, slept = clock(seconds)
    with pytest.raises(DeadlineNear, match="no time left to ask again after a pause of 8 s"):
        second_attempt(short, 8.0)
    assert slept == []


def test_a_pause_after_which_there_is_time_left_is_made() -> None:
    enough, slept = clock(13.1)
    second_attempt(enough, 8.0)
    assert slept == [8]


def test_a_pause_that_took_longer_than_asked_for_is_noticed() -> None:
    late, _ = clock(14)
    slow = replace(late, sleep=lambda pause: late.sleep(2 * pause))
    with pytest.raises(DeadlineNear, match="no time left to ask again: "):
        second_attempt(slow, 8.0)


def test_the_error_says_how_much_time_there_was_and_the_remedy() -> None:
    short, _ = clock(3)
    with pytest.raises(DeadlineNear) as caught:
        short.check("register job")
    assert "no time left to register job: 3 s until" in caught.value.message
    assert "of which 5 s are kept back" in caught.value.message
    assert "timeoutSeconds" in caught.value.remedy


@pytest.mark.parametrize("timeout", [1, 3, 30, 60, 300, 900])
def test_the_slowest_call_leaves_most_of_the_timeout_to_the_run(timeout: float) -> None:
    assert CallTimes.within(timeout).slowest <= timeout / 3


def test_the_default_timeout_allows_a_call_all_its_attempts() -> None:
    times = CallTimes.within(300)
    assert times == CallTimes(connect=3.0, read=10.0, slowest=47.0)
    assert times.slowest == CALL_ATTEMPTS * times.read + 1 + 2 + 4
