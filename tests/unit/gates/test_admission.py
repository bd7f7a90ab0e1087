"""When the gates are asked at all."""

from __future__ import annotations

from collections import Counter

from handler import provenance
from handler.gates.requirements import Requirements
from handler.report.outcome import Outcome
from handler.run import update
from tests.support.world import (
    Answer,
    Request,
    World,
    definition,
    services,
    task,
    uri,
    with_options,
)

# Nothing is that old in the model, whose images are pushed at its very beginning.
CLOSED = Requirements(min_age="99d")


def run(world: World) -> tuple[World, Outcome, Counter[str]]:
    plain = task()
    state, asked = [world], Counter[str]()

    def ask(request: Request) -> Answer:
        asked[request.kind] += 1
        state[0], answer = state[0].answer(request)
        return answer

    result = update(with_options(plain, requires=CLOSED), services(ask))
    return state[0], result.outcomes[0], asked


def test_a_closed_gate_keeps_an_image_out() -> None:
    world = World().with_tag("latest", "b").registered(definition(uri("a")))
    after, outcome, _ = run(world)
    assert (len(after.documents()), outcome.kind, outcome.gate) == (1, "skipped", "minAge")
    assert outcome.previous_image == uri("a")


def test_an_image_that_is_in_place_is_never_asked_about() -> None:
    world = World().with_tag("latest", "b").registered(definition(uri("b")))
    _, outcome, asked = run(world)
    assert (outcome.reason, outcome.gate) == ("already on the selected image", "")
    assert asked == {"describe": 1, "image": 1}


def test_settings_are_restored_under_an_image_that_is_in_place_whatever_the_gate_says() -> None:
    ours = {"team": "ocr", provenance.PREVIOUS_REVISION: "1"}
    world = (
        World()
        .with_tag("latest", "b")
        .registered(definition(uri("a")))
        .registered(definition(uri("a"), timeout={"attemptDurationSeconds": 60}))
        .registered(definition(uri("b"), tags=ours))
    )
    after, outcome, _ = run(world)
    assert outcome.kind == "updated"
    assert after.newest()["timeout"] == {"attemptDurationSeconds": 60}
    assert after.newest()["containerProperties"]["image"] == uri("b")


def test_a_held_image_is_put_back_whatever_the_gate_says() -> None:
    held = {"team": "ocr", provenance.PREVIOUS_REVISION: "1", provenance.HOLD: "b is bad"}
    world = (
        World()
        .with_tag("latest", "b")
        .registered(definition(uri("a")))
        .registered(definition(uri("a"), tags=held))
        .registered(definition(uri("c")))
    )
    after, outcome, _ = run(world)
    assert (outcome.kind, after.newest()["containerProperties"]["image"]) == ("updated", uri("a"))


def test_a_gate_that_cannot_be_told_fails_those_that_would_get_the_image_and_no_others() -> None:
    held = {"team": "ocr", provenance.PREVIOUS_REVISION: "1", provenance.HOLD: "b is bad"}
    world = (
        World()
        .with_tag("latest", "b")
        .registered(definition(uri("a"), "held"))
        .registered(definition(uri("a"), "held", tags=held))
        .registered(definition(uri("c"), "held"))
        .registered(definition(uri("a"), "behind"))
    )
    plain = task("held", "behind")
    state = [world]

    def ask(request: Request) -> Answer:
        if request.kind == "manifest":
            return Answer(error="ServerException 500")
        state[0], answer = state[0].answer(request)
        return answer

    closed = with_options(plain, requires=Requirements(platform="linux/arm64"))
    result = update(closed, services(ask))
    outcomes = {each.definition: each for each in result.outcomes}
    assert (outcomes["held"].kind, outcomes["behind"].kind) == ("updated", "failed")
    assert state[0].newest("held")["containerProperties"]["image"] == uri("a")
    assert "ecr:BatchGetImage" in outcomes["behind"].reason
    assert state[0].newest("behind")["containerProperties"]["image"] == uri("a")
