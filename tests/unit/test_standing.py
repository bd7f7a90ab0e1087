"""How a run leaves each definition: settled, behind or held; and the two metrics that count this."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handler import provenance
from handler.event import Trigger
from handler.gates.requirements import Requirements
from handler.report.log import UNITS, metrics
from handler.report.outcome import Result, passed_over
from handler.run import Task, update
from tests.support.world import (
    START,
    Answer,
    Request,
    World,
    definition,
    push,
    reconcile,
    services,
    task,
    uri,
    with_options,
)

HELD = {"team": "ocr", provenance.PREVIOUS_REVISION: "1", provenance.HOLD: "b is bad"}
EMPTY = World().with_tag("latest", "b")
CURRENT = EMPTY.registered(definition(uri("b")))
BEHIND = EMPTY.registered(definition(uri("a")))
ON_HOLD = BEHIND.registered(definition(uri("a"), tags=HELD))
# Nothing is that old in the model, whose images are pushed at its very beginning.
CLOSED = Requirements(min_age="99d")


def gated(plain: Task) -> Task:
    return with_options(plain, requires=CLOSED)


def run(world: World, job: Task, *pushed_meanwhile: str) -> Result:
    """``pushed_meanwhile`` are images that arrive as the first registration is made."""
    state = [world]

    def ask(request: Request) -> Answer:
        state[0], answer = state[0].answer(request)
        if request.kind == "register":
            for letter in pushed_meanwhile:
                state[0] = state[0].with_tag("latest", letter)
        return answer

    return update(job, services(ask))


@pytest.mark.parametrize(
    ("world", "job", "kind", "standing"),
    [
        (CURRENT, task(), "skipped", "settled"),
        (BEHIND, task(), "updated", "settled"),
        (BEHIND, task(dry_run=True), "skipped", "behind"),
        (BEHIND, gated(task()), "skipped", "behind"),
        (EMPTY, task(), "failed", "behind"),
        (ON_HOLD, task(), "skipped", "held"),
        (ON_HOLD.registered(definition(uri("c"))), task(), "updated", "held"),
        (ON_HOLD.registered(definition(uri("c"))), task(dry_run=True), "skipped", "held"),
        (World().registered(definition(uri("a"))), task(), "skipped", None),
    ],
)
def test_an_outcome_tells_how_the_definition_stands(
    world: World, job: Task, kind: str, standing: str | None
) -> None:
    (outcome,) = run(world, job).outcomes
    assert (outcome.kind, outcome.standing) == (kind, standing)


def test_the_last_look_says_how_a_definition_stands_that_was_current_at_the_first() -> None:
    world = BEHIND.registered(definition(uri("b"), "current"))
    # An image that the gate lets pass moves the first definition; the one that comes meanwhile does not pass.
    old = replace(world, pushes=tuple((each, -3600) for each, _ in world.pushes))
    job = with_options(task("job", "current"), requires=Requirements(min_age="10m"))
    result = run(old, job, "c")
    assert [(outcome.kind, outcome.standing) for outcome in result.outcomes] == [
        ("updated", "behind"),
        ("skipped", "behind"),
    ]


def counted(result: Result, trigger: Trigger) -> dict[str, object]:
    record = metrics(result, trigger, START, "p-dev-ocr")
    assert {
        each["Name"] for each in record["_aws"]["CloudWatchMetrics"][0]["Metrics"]
    } == record.keys() & UNITS
    return {name: record[name] for name in ("Behind", "Held") if name in record}


def test_what_is_behind_and_what_is_held_is_counted() -> None:
    result = run(ON_HOLD.registered(definition(uri("a"), "late")), gated(task("job", "late")))
    assert counted(result, reconcile()) == {"Behind": 1, "Held": 1}
    assert counted(run(CURRENT, task()), push("b")) == {"Behind": 0, "Held": 0}


def test_a_run_that_did_not_look_at_every_definition_counts_neither() -> None:
    result = run(BEHIND, gated(task()))
    assert counted(result, replace(reconcile(), definitions=("job",))) == {}
    assert (
        counted(replace(result, outcomes=(*result.outcomes, passed_over("other", "paused"))), push("b")) == {}
    )
