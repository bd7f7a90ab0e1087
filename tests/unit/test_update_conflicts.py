"""What becomes of a run when others write, answers are unclear, or reads lag."""

from __future__ import annotations

import pytest

from handler import provenance
from handler.clock import ROUNDS
from handler.errors import (
    AwsError,
    ImageMoved,
    RegistrationUnclear,
    RevisionConflict,
    StaleRead,
)
from handler.run import update
from tests.support.table import Meddle, Table, image, tags, world
from tests.support.world import (
    JOB,
    Answer,
    Request,
    definition,
    push,
    services,
    task,
    uri,
)


def test_an_image_that_moves_while_it_is_registered_is_replaced_in_the_same_run() -> None:
    def move(table: Table, request: Request) -> None:
        if request.kind == "register" and table.count("register") == 1:
            table.world = table.world.with_tag("latest", "c", at=5)

    table = Table(world(uri("a"), tag="b"), after=move)
    (outcome,) = update(task(trigger=push("b")), services(table.ask)).outcomes
    assert (image(table.world.newest()), outcome.kind, outcome.new_revision) == (uri("c"), "updated", 3)


def test_a_current_definition_follows_when_the_look_after_writing_another_one_sees_a_new_image() -> None:
    def move(table: Table, request: Request) -> None:
        if request.kind == "register" and table.count("register") == 1:
            table.world = table.world.with_tag("latest", "c")

    made = world(uri("a"), tag="b").registered(definition(uri("b"), "other"))
    table = Table(made, after=move)
    update(task(JOB, "other"), services(table.ask))
    assert [image(table.world.newest(name)) for name in (JOB, "other")] == [uri("c"), uri("c")]


def test_an_image_that_never_stands_still_is_an_error_after_a_few_rounds() -> None:
    def flap(table: Table, request: Request) -> None:
        if request.kind == "register":
            table.world = table.world.with_tag("latest", "abcdefghij"[table.count("register")])

    table = Table(world(uri("z"), tag="a"), after=flap)
    (outcome,) = update(task(), services(table.ask)).outcomes
    assert isinstance(outcome.error, ImageMoved)
    assert table.count("register") == ROUNDS.attempts


def interfere(memory: str) -> Meddle:
    """Infrastructure code registers just before the run's first registration."""

    def meddle(table: Table, request: Request) -> None:
        if request.kind == "register" and table.count("register") == 1:
            table.world = table.world.registered(
                definition(uri("a"), timeout={"attemptDurationSeconds": int(memory)})
            )

    return meddle


def test_settings_that_somebody_registers_between_read_and_write_survive() -> None:
    table = Table(world(uri("a"), tag="b"), before=interfere("99"))
    (outcome,) = update(task(), services(table.ask)).outcomes
    newest = table.world.newest()
    assert (newest["revision"], image(newest), newest["timeout"]) == (
        4,
        uri("b"),
        {"attemptDurationSeconds": 99},
    )
    assert tags(newest)[provenance.PREVIOUS_REVISION] == "2"
    assert (outcome.kind, outcome.new_revision) == ("updated", 4)


def test_a_gap_of_inactive_revisions_is_no_conflict() -> None:
    made = world(uri("a"), uri("a"), tag="b").deregistered(2)
    table = Table(made)
    (outcome,) = update(task(), services(table.ask)).outcomes
    assert (outcome.kind, outcome.new_revision) == ("updated", 3)
    assert table.count("register") == 1


def test_a_writer_that_never_stops_is_an_error_that_names_the_numbers() -> None:
    def meddle(table: Table, request: Request) -> None:
        if request.kind == "register":
            count = table.count("register")
            table.world = table.world.registered(
                definition(uri("a"), timeout={"attemptDurationSeconds": 60 + count})
            )

    table = Table(world(uri("a"), tag="b"), before=meddle)
    (outcome,) = update(task(), services(table.ask)).outcomes
    assert isinstance(outcome.error, RevisionConflict)
    assert "somebody else keeps registering" in outcome.reason


@pytest.mark.parametrize(
    "error", ["timeout", "ServerException 500", "ClientException 404", "ClientException 409"]
)
def test_a_registration_that_took_effect_without_a_clear_answer_is_not_repeated(error: str) -> None:
    def lose(table: Table, request: Request) -> Answer | None:
        return Answer(error=error) if request.kind == "register" else None

    table = Table(world(uri("a"), tag="b"), after=lose)
    (outcome,) = update(task(), services(table.ask)).outcomes
    assert (outcome.kind, outcome.new_revision, table.count("register")) == ("updated", 2, 1)


def test_a_registration_that_never_gets_a_clear_answer_and_never_takes_effect_is_an_error() -> None:
    def refuse(_: Table, request: Request) -> Answer | None:
        return Answer(error="ServerException 500") if request.kind == "register" else None

    table = Table(world(uri("a"), tag="b"), before=refuse)
    (outcome,) = update(task(), services(table.ask)).outcomes
    assert isinstance(outcome.error, RegistrationUnclear)
    assert outcome.kind == "failed"


def test_a_throttled_registration_is_repeated_without_starting_over() -> None:
    def throttle(table: Table, request: Request) -> Answer | None:
        throttled = request.kind == "register" and table.count("register") < 3
        return Answer(error="TooManyRequestsException 429") if throttled else None

    table = Table(world(uri("a"), tag="b"), before=throttle)
    (outcome,) = update(task(), services(table.ask)).outcomes
    assert outcome.kind == "updated"
    assert table.kinds() == {"describe": 1, "register": 3, "image": 2}


def test_what_was_registered_stays_on_record_although_the_image_is_gone_at_the_next_look() -> None:
    def disturb(table: Table, request: Request) -> Answer | None:
        if request.kind == "register":
            stranger = definition(uri("a"), timeout={"attemptDurationSeconds": 99})
            table.world = table.world.registered(stranger).without_tag("latest")
        return None

    table = Table(world(uri("a"), tag="b"), before=disturb)
    result = update(task(), services(table.ask))
    (outcome,) = result.outcomes
    assert (outcome.kind, outcome.new_revision, outcome.new_image) == ("updated", 3, uri("b"))
    assert result.image is None


@pytest.mark.parametrize("answer", ["null", '"2"'])
def test_an_answer_without_a_number_leaves_unclear_whether_the_registration_stands(answer: str) -> None:
    def vague(table: Table, request: Request) -> Answer | None:
        return Answer(answer) if request.kind == "register" else None

    table = Table(world(uri("a"), tag="b"), after=vague)
    (outcome,) = update(task(), services(table.ask)).outcomes
    # It did take effect, and is found in place.
    assert (outcome.kind, outcome.new_revision, table.count("register")) == ("updated", 2, 1)


def test_failing_to_look_after_writing_is_a_failure_that_keeps_the_new_revision_on_record() -> None:
    def blind(table: Table, request: Request) -> Answer | None:
        second = request.kind == "image" and table.count("image") == 2
        return Answer(error="ServerException 500") if second else None

    (outcome,) = update(task(), services(Table(world(uri("a"), tag="b"), before=blind).ask)).outcomes
    assert isinstance(outcome.error, AwsError)
    assert (outcome.kind, outcome.new_revision) == ("failed", 2)


def test_a_describe_that_lags_behind_the_runs_own_registration_is_not_believed() -> None:
    def lag(table: Table, request: Request) -> Answer | None:
        if (
            request.kind in ("describe", "numbers")
            and table.count("register") == 1
            and table.count("describe") < 4
        ):
            return table.world.answer(request, lag=2)[1]
        return None

    def disturb(table: Table, request: Request) -> Answer | None:
        if request.kind == "register" and table.count("register") == 1:
            table.world = table.world.registered(definition(uri("a"), timeout={"attemptDurationSeconds": 99}))
        return lag(table, request)

    table = Table(world(uri("a"), tag="b"), before=disturb)
    (outcome,) = update(task(), services(table.ask)).outcomes
    assert (table.world.newest()["timeout"], outcome.kind) == ({"attemptDurationSeconds": 99}, "updated")


def test_a_describe_that_lags_for_good_is_an_error() -> None:
    def disturb(table: Table, request: Request) -> Answer | None:
        if request.kind == "register":
            table.world = table.world.registered(definition(uri("a"), timeout={"attemptDurationSeconds": 99}))
        elif request.kind in ("describe", "numbers") and table.count("register"):
            return table.world.answer(request, lag=2)[1]
        return None

    (outcome,) = update(task(), services(Table(world(uri("a"), tag="b"), before=disturb).ask)).outcomes
    assert isinstance(outcome.error, StaleRead)


def test_an_inactive_revision_that_was_copied_is_read_by_number_to_find_the_settings() -> None:
    made = world(uri("a"), tag="b").registered(definition(uri("a"), timeout={"attemptDurationSeconds": 99}))
    stale = {"team": "ocr", provenance.PREVIOUS_REVISION: "1"}
    table = Table(made.registered(definition(uri("b"), tags=stale)).deregistered(1))
    (outcome,) = update(task(), services(table.ask)).outcomes
    assert (outcome.kind, outcome.new_revision) == ("updated", 4)
    assert outcome.reason.endswith("; revision 2 has the newest settings, not 3")
    assert [(change.before, change.after) for change in outcome.changes] == [(uri("a"), uri("b"))]
    assert table.world.newest()["timeout"] == {"attemptDurationSeconds": 99}
    assert [request.body for request in table.requests if request.kind == "numbers"] == ['["job:1"]']


def test_settings_that_are_restored_under_the_selected_image_change_no_image() -> None:
    made = world(uri("a"), tag="b").registered(definition(uri("b"), timeout={"attemptDurationSeconds": 99}))
    stale = {"team": "ocr", provenance.PREVIOUS_REVISION: "1"}
    table = Table(made.registered(definition(uri("b"), tags=stale)))
    (outcome,) = update(task(), services(table.ask)).outcomes
    assert (outcome.kind, outcome.changes) == ("updated", ())
