"""Each AWS call of the function times each fault, on local clouds of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.cloud.conftest import ROOT
from tests.cloud.fault_matrix import LEFT_OUT, STEPS, Case, Seen, cases, run, table

PAGE = ROOT / "docs" / "fault-matrix.md"
ERROR = re.compile(r" \([\w.]+\)")
RIGHT = Seen(faults=1, statuses=("success",), outcomes=("updated",), right=True, added=1, queued=())
GIVEN_UP = Seen(
    faults=3,
    statuses=("error",) * 3,
    outcomes=("failed",) * 3,
    right=False,
    added=0,
    queued=("AwsError",),
)


@pytest.fixture(scope="module")
def matrix() -> Mapping[Case, Seen]:
    """Takes about a minute, nearly all of it waiting for timeouts and between repeats."""
    return run()


def test_no_fault_makes_a_success_that_is_none_or_a_failure_that_nobody_hears_of(
    matrix: Mapping[Case, Seen],
) -> None:
    wrong = {case: (seen.problem, seen) for case, seen in matrix.items() if seen.problem}
    assert wrong == {}
    assert set(matrix) == set(cases())


def test_a_fault_that_passes_ends_with_one_right_revision(matrix: Mapping[Case, Seen]) -> None:
    once = {case: seen for case, seen in matrix.items() if not case.always}
    assert {
        case: seen for case, seen in once.items() if not seen.right or seen.queued or seen.added != 1
    } == {}


def test_a_fault_that_stays_ends_in_the_failure_queue_unless_the_registration_stands(
    matrix: Mapping[Case, Seen],
) -> None:
    always = {case: seen for case, seen in matrix.items() if case.always}
    assert {case: seen for case, seen in always.items() if bool(seen.queued) == case.took_effect} == {}
    added = {case: int(case.took_effect or bool(case.step.after_calls)) for case in always}
    assert {case: seen for case, seen in always.items() if seen.added != added[case]} == {}


def test_the_page_holds_the_table_as_it_is_printed(matrix: Mapping[Case, Seen]) -> None:
    page = PAGE.read_text()
    # Which error comes last may depend on the machine's speed: the function's timeout can be near.
    assert ERROR.sub("", table(dict(matrix))) in ERROR.sub("", page)
    assert LEFT_OUT in " ".join(page.split())


@pytest.mark.parametrize(
    ("seen", "problem"),
    [
        (RIGHT, ""),
        (GIVEN_UP, ""),
        (replace(RIGHT, faults=0), "the fault did not happen"),
        (replace(RIGHT, right=False), "a success that is none"),
        (replace(RIGHT, right=False, outcomes=("skipped",)), "a success that is none"),
        (replace(RIGHT, outcomes=()), "a success that tells nothing"),
        (replace(RIGHT, queued=("AwsError",)), "a failure message for a success"),
        (replace(RIGHT, statuses=("success", "error")), "started again after a success"),
        (replace(GIVEN_UP, statuses=("error",)), "1 invocations"),
        (replace(GIVEN_UP, queued=()), "0 messages in the failure queue"),
    ],
)
def test_a_wrong_case_is_told_from_a_right_one(seen: Seen, problem: str) -> None:
    assert seen.problem == problem
    assert str(seen).startswith("WRONG") == bool(problem)


def test_every_call_that_the_function_makes_is_in_the_matrix() -> None:
    calls = {step.action for step in STEPS}
    assert calls == {
        "batch:DescribeJobDefinitions",
        "batch:RegisterJobDefinition",
        "ecr:DescribeImages",
        "events:PutEvents",
    }
