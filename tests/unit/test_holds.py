"""A definition on hold keeps its image, whoever registers on top."""

from __future__ import annotations

import pytest

from handler import provenance
from handler.document.image import Image
from handler.lineage import Lineage, trace
from handler.request import Occasion, registration
from handler.revision import Revision, RevisionLog
from handler.run import update
from tests.support.table import Table, image, tags, world
from tests.support.world import JOB, definition, digest, services, target_of, task, uri


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
    (outcome,) = update(task(), services(table.ask)).outcomes
    assert (outcome.reason, outcome.standing) == (f"tag latest is {digest('b')}", "settled")
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


@pytest.mark.parametrize(
    ("told", "word"), [(None, "b is broken"), ("c is bad", "c is bad"), ("released", "released")]
)
def test_a_new_revision_repeats_the_hold_unless_it_is_told_what_to_say(told: str | None, word: str) -> None:
    said = {provenance.HOLD: "b is broken", provenance.PREVIOUS_REVISION: "1"}
    documents = (definition(uri("a")), definition(uri("a"), tags=said))
    log = RevisionLog.of(
        JOB,
        [
            Revision.read({**document, "revision": number, "status": "ACTIVE"})
            for number, document in enumerate(documents, 1)
        ],
    )
    target = target_of()
    lineage = trace(log, target.owns)
    assert isinstance(lineage, Lineage)
    planned = registration(
        log,
        lineage,
        {"containerProperties": uri("c")},
        Image(tag="latest", digest=digest("c")),
        target,
        Occasion(event_id="event", at="2026-01-01T00:00:00+00:00"),
        introduces=False,
        held=False,
        reason="why",
        hold=told,
    )
    assert planned.document["tags"][provenance.HOLD] == word
    assert planned.document["containerProperties"]["image"] == uri("c")
