"""The page on cost, and how it is computed."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.cost import Assumptions, Stack, alarm_count, cost, metric_months, report

ROOT = Path(__file__).resolve().parents[2]


def total(**keys: int | bool | str) -> float:
    return sum(cost(Stack(**keys), Assumptions()).values())  # type: ignore[arg-type]


def test_the_page_has_what_the_command_prints() -> None:
    assert f"\n{report()}\n" in (ROOT / "docs" / "cost.md").read_text()


def test_idle_costs_nothing_but_alarms_and_dashboards() -> None:
    parts = cost(Stack(pairs=7, pushes=0), Assumptions())
    assert {part for part, amount in parts.items() if amount} == {"alarms", "dashboards"}
    assert parts["alarms"] == pytest.approx(7 * alarm_count(hourly=False) * 0.10)
    assert parts["dashboards"] == pytest.approx(7 * 3)


def test_an_overview_is_one_dashboard_however_many_pairs() -> None:
    for pairs in (1, 10):
        assert total(pairs=pairs, pushes=0, dashboard="overview") == pytest.approx(
            total(pairs=pairs, pushes=0, dashboard="none") + 3
        )


def test_a_metric_costs_for_the_hours_in_which_it_is_sent_and_for_no_more_than_all() -> None:
    assert metric_months(Stack(pairs=1, pushes=73)) == pytest.approx(7 * 0.1)
    assert metric_months(Stack(pairs=10, pushes=73)) == pytest.approx(7 * 0.01)
    assert metric_months(Stack(pairs=1, pushes=1_000_000)) == pytest.approx(7)
    # The schedule sends all but the time from push to revision.
    assert metric_months(Stack(pairs=1, pushes=0, hourly=True)) == pytest.approx(6)
    assert metric_months(Stack(pairs=1, pushes=73, hourly=True)) == pytest.approx(6.1)


def test_a_run_costs_its_request_and_its_memory_for_its_time() -> None:
    assumed = Assumptions(memory_gb=0.5, push_seconds=2)
    parts = cost(Stack(pairs=1, pushes=1_000_000), assumed)
    assert parts["Lambda"] == pytest.approx(0.20 + 1_000_000 * 0.0000133334)
