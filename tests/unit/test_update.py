"""One run of the updater against a model of Batch and ECR."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from handler import provenance
from handler.errors import (
    AccessDenied,
    AwsError,
    DeadlineNear,
    DefinitionNotFound,
    ImageMoved,
    ImageNotFound,
    NoActiveRevision,
    NoRepositoryContainer,
    RegistrationUnclear,
    RepositoryNotFound,
    RevisionConflict,
    StaleRead,
)
from handler.update import MOST_ROUNDS, update
from tests.support.world import (
    JOB,
    REPOSITORY,
    Answer,
    Document,
    Request,
    World,
    definition,
    digest,
    push,
    reconcile,
    services,
    still_clock,
    task,
    uri,
)

Meddle = Callable[["Table", Request], Answer | None]


@dataclass
class Table:
    """The model at which one run sits: remembers the requests; ``before`` and ``after`` may meddle."""

    world: World
    requests: list[Request] = field(default_factory=list)
    before: Meddle = lambda _table, _request: None
    after: Meddle = lambda _table, _request: None
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, request: Request) -> Answer:
        with self._turn:
            self.requests.append(request)
            if (instead := self.before(self, request)) is not None:
                return instead
            self.world, answer = self.world.answer(request)
            instead = self.after(self, request)
            return answer if instead is None else instead

    def kinds(self) -> Counter[str]:
        return Counter(request.kind for request in self.requests)

    def count(self, kind: str) -> int:
        return self.kinds()[kind]


def world(*images: str, tag: str = "a", **changes: Any) -> World:
    """Revisions by infrastructure code with these images; ECR's latest is ``tag``."""
    made = World().with_tag("latest", tag)
    for image in images:
        made = made.registered(definition(image, **changes))
    return made


def tags(document: Document) -> dict[str, str]:
    found: dict[str, str] = document["tags"]
    return found


def image(document: Document) -> str:
    found: str = document["containerProperties"]["image"]
    return found


def test_a_definition_that_is_behind_gets_one_revision_with_the_selected_image() -> None:
    table = Table(world(f"{REPOSITORY.uri}:v1", tag="b"))
    result = update(task(trigger=push("b")), services(table.ask))
    newest = table.world.newest()
    assert (newest["revision"], image(newest)) == (2, uri("b"))
    (outcome,) = result.outcomes
    assert outcome.fields() == {
        "jobDefinition": JOB,
        "outcome": "updated",
        "reason": f"tag latest is {digest('b')}",
        "gate": None,
        "previousRevision": 1,
        "newRevision": 2,
        "previousImage": f"{REPOSITORY.uri}:v1",
        "newImage": uri("b"),
    }


def test_the_provenance_tags_tell_where_the_revision_comes_from_and_the_users_tags_stay() -> None:
    table = Table(world(uri("a"), tag="b"))
    update(task(trigger=push("b")), services(table.ask))
    assert tags(table.world.newest()) == {
        "team": "ocr",
        provenance.PREVIOUS_REVISION: "1",
        provenance.IMAGE_DIGEST: digest("b"),
        provenance.IMAGE_TAG: "latest",
        provenance.EVENT_ID: "push-b",
        provenance.UPDATED_AT: "2026-01-01T00:00:00+00:00",
    }


def test_an_image_that_is_already_there_registers_nothing_and_asks_once_each() -> None:
    table = Table(world(uri("a")))
    result = update(task(), services(table.ask))
    assert table.kinds() == {"describe": 1, "image": 1}
    assert [(o.kind, o.reason) for o in result.outcomes] == [("skipped", "already on the selected image")]


def test_calls_are_2_plus_2n_when_all_change_and_1_plus_n_when_none_does() -> None:
    names = [f"job-{number}" for number in range(7)]
    made = World().with_tag("latest", "b")
    for name in names:
        made = made.registered(definition(uri("a"), name))
    table = Table(made)
    update(task(*names), services(table.ask))
    assert table.kinds() == {"describe": 7, "register": 7, "image": 2}
    table.requests.clear()
    update(task(*names), services(table.ask))
    assert table.kinds() == {"describe": 7, "image": 1}


def test_a_dry_run_reports_what_it_would_register_and_registers_nothing() -> None:
    table = Table(world(uri("a"), tag="b"))
    (outcome,) = update(task(dry_run=True), services(table.ask)).outcomes
    assert table.kinds() == {"describe": 1, "image": 1}
    assert (outcome.kind, outcome.new_revision, outcome.new_image) == ("skipped", None, uri("b"))
    assert outcome.reason.startswith("dry run, would register")


def test_with_pin_tag_a_tag_that_moved_still_gets_a_revision() -> None:
    table = Table(world(f"{REPOSITORY.uri}:latest"))
    update(task(pin="tag"), services(table.ask))
    assert (table.world.newest()["revision"], image(table.world.newest())) == (2, f"{REPOSITORY.uri}:latest")
    table.world = table.world.with_tag("latest", "b")
    update(task(pin="tag"), services(table.ask))
    assert tags(table.world.newest())[provenance.IMAGE_DIGEST] == digest("b")
    update(task(pin="tag"), services(table.ask))
    assert table.world.newest()["revision"] == 3


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
    assert table.count("register") == MOST_ROUNDS


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


def test_one_failing_definition_does_not_stop_the_others() -> None:
    table = Table(world(uri("a"), tag="b"))
    result = update(task("missing", JOB), services(table.ask))
    assert [outcome.kind for outcome in result.outcomes] == ["failed", "updated"]
    assert isinstance(result.outcomes[0].error, DefinitionNotFound)


def test_a_definition_whose_revisions_are_all_inactive_says_so() -> None:
    table = Table(world(uri("a")).deregistered(1))
    (outcome,) = update(task(), services(table.ask)).outcomes
    assert isinstance(outcome.error, NoActiveRevision)


def test_a_definition_without_a_container_from_the_repository_shows_its_images() -> None:
    table = Table(world("busybox:1"))
    (outcome,) = update(task(), services(table.ask)).outcomes
    assert isinstance(outcome.error, NoRepositoryContainer)
    assert "busybox:1" in outcome.reason


def test_a_pushed_tag_that_ecr_does_not_know_is_an_error_after_asking_again() -> None:
    table = Table(world(uri("a")).without_tag("latest"))
    (outcome,) = update(task(trigger=push("b")), services(table.ask)).outcomes
    assert isinstance(outcome.error, ImageNotFound)
    assert table.count("image") == 4


def test_a_reconcile_without_an_image_skips_and_says_so() -> None:
    table = Table(world(uri("a")).without_tag("latest"))
    (outcome,) = update(task(trigger=reconcile()), services(table.ask)).outcomes
    assert (outcome.kind, outcome.reason) == ("skipped", "ECR has no image with the tag latest")


def test_an_ecr_answer_older_than_the_event_is_asked_for_again() -> None:
    def lag(table: Table, request: Request) -> Answer | None:
        if request.kind == "image" and table.count("image") < 3:
            return table.world.with_tag("latest", "a").answer(request)[1]
        return None

    table = Table(world(uri("a")).with_tag("latest", "b", at=10), before=lag)
    update(task(trigger=push("b", at=10)), services(table.ask))
    assert image(table.world.newest()) == uri("b")


def test_ecr_is_believed_against_the_event_after_a_few_questions() -> None:
    """A tag that moved on to an image pushed long ago looks like a stale read at first."""
    table = Table(world(uri("b"), tag="a"))
    update(task(trigger=push("b", at=10)), services(table.ask))
    assert image(table.world.newest()) == uri("a")


def test_ecr_is_believed_at_once_when_a_later_push_explains_its_answer() -> None:
    table = Table(world(uri("a")).with_tag("latest", "c", at=20))
    update(task(trigger=push("b", at=10)), services(table.ask))
    assert (image(table.world.newest()), table.count("image")) == (uri("c"), 2)


def test_an_unknown_repository_says_which_one() -> None:
    def unknown(_: Table, request: Request) -> Answer | None:
        return Answer(error="RepositoryNotFoundException 400") if request.kind == "image" else None

    (outcome,) = update(task(), services(Table(world(uri("a")), before=unknown).ask)).outcomes
    assert isinstance(outcome.error, RepositoryNotFound)
    assert REPOSITORY.name in outcome.reason


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        ("describe", "batch:DescribeJobDefinitions"),
        ("image", "ecr:DescribeImages"),
        ("register", "batch:RegisterJobDefinition"),
    ],
)
def test_a_denied_call_names_action_resource_and_the_remedy(kind: str, action: str) -> None:
    def deny(_: Table, request: Request) -> Answer | None:
        return Answer(error="AccessDeniedException 403") if request.kind == kind else None

    (outcome,) = update(task(), services(Table(world(uri("z")), before=deny).ask)).outcomes
    assert isinstance(outcome.error, AccessDenied)
    assert action in outcome.reason
    assert "pulumi up" in outcome.reason


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


def test_a_run_ends_with_a_clear_error_when_the_timeout_is_near() -> None:
    clock = replace(still_clock(), remaining=lambda: 4.0, reserve=5.0)
    table = Table(world(uri("a"), tag="b"))
    (outcome,) = update(task(), services(table.ask, clock)).outcomes
    assert isinstance(outcome.error, DeadlineNear)
    assert "timeoutSeconds" in outcome.reason
    assert table.requests == []


def held(table: Table, letter: str, reason: str) -> None:
    """What the operator's tool registers: the newest settings, an image, and the hold."""
    newest = table.world.newest()
    document = definition(uri(letter))
    document["tags"] = {
        **tags(newest),
        provenance.HOLD: reason,
        provenance.PREVIOUS_REVISION: str(newest["revision"]),
    }
    table.world = table.world.registered(document)


def test_a_held_definition_is_left_alone_and_says_why() -> None:
    table = Table(world(uri("a"), tag="b"))
    held(table, "a", "b is broken")
    (outcome,) = update(task(), services(table.ask)).outcomes
    assert (outcome.kind, outcome.reason, table.count("register")) == ("skipped", "on hold: b is broken", 0)


def test_a_released_definition_follows_again_and_the_release_stays_on_record() -> None:
    table = Table(world(uri("a"), tag="b"))
    held(table, "a", "b is broken")
    held(table, "a", provenance.RELEASED)
    update(task(), services(table.ask))
    assert image(table.world.newest()) == uri("b")
    assert tags(table.world.newest())[provenance.HOLD] == provenance.RELEASED


def test_a_foreign_revision_on_top_of_a_hold_keeps_its_settings_and_gets_the_held_image_back() -> None:
    table = Table(world(uri("a"), tag="b"))
    held(table, "a", "b is broken")
    table.world = table.world.registered(definition(uri("c"), timeout={"attemptDurationSeconds": 99}))
    (outcome,) = update(task(), services(table.ask)).outcomes
    newest = table.world.newest()
    assert (image(newest), newest["timeout"]) == (uri("a"), {"attemptDurationSeconds": 99})
    assert tags(newest)[provenance.HOLD] == "b is broken"
    assert "the held image is put back" in outcome.reason
    (again,) = update(task(), services(table.ask)).outcomes
    assert again.kind == "skipped"
