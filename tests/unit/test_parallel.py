"""The same step for many items."""

from __future__ import annotations

import threading

from handler.parallel import each
from tests.support.patience import PATIENCE


def test_no_more_steps_run_at_once_than_are_asked_for() -> None:
    in_vain, meeting = threading.Barrier(3, timeout=0.2), threading.Barrier(3, timeout=PATIENCE)
    found = each(lambda _: in_vain.wait(), range(3), at_once=2)
    assert found.done == {}
    assert found.failed.keys() == {0, 1, 2}
    assert each(lambda _: meeting.wait(), range(3), at_once=3).failed == {}
