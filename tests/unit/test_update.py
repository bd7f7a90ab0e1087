"""One run of the updater against a model of Batch and ECR: what it does, and what it says of failures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handler import provenance
from handler.errors import (
    AccessDenied,
    DeadlineNear,
    DefinitionNotFound,
    ImageNotFound,
    MalformedAnswer,
    NoActiveRevision,
    NoRepositoryContainer,
    RepositoryNotFound,
)
from handler.policy import ExactTag
from handler.run import update
from tests.support.table import Table, image, tags, world
from tests.support.world import (
    JOB,
    REPOSITORY,
    Answer,
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


def test_what_is_wrong_with_one_definition_is_told_of_it_even_when_ecr_fails_them_all() -> None:
    table = Table(world(uri("a")))
    result = update(
        task(JOB, "missing", trigger=push("b", tag="v1"), policy=ExactTag("v1")), services(table.ask)
    )
    assert [type(outcome.error) for outcome in result.outcomes] == [ImageNotFound, DefinitionNotFound]


def test_a_number_that_stands_already_is_no_answer_to_a_registration() -> None:
    def confused(table: Table, request: Request) -> Answer | None:
        return Answer("1") if request.kind == "register" else None

    (outcome,) = update(task(), services(Table(world(uri("a"), tag="b"), after=confused).ask)).outcomes
    assert isinstance(outcome.error, MalformedAnswer)
    assert "answered with revision 1, although revision 1 exists" in outcome.reason


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


def test_a_run_ends_with_a_clear_error_when_the_timeout_is_near() -> None:
    clock = replace(still_clock(), remaining=lambda: 4.0, reserve=5.0)
    table = Table(world(uri("a"), tag="b"))
    (outcome,) = update(task(), services(table.ask, clock)).outcomes
    assert isinstance(outcome.error, DeadlineNear)
    assert "timeoutSeconds" in outcome.reason
    assert table.requests == []
