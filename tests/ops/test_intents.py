"""What the operator's intents read from a revision, and what they decide, over hand-made logs."""

from __future__ import annotations

from typing import Any

import pytest

from handler import provenance
from handler.errors import ImageNotFound
from handler.lineage import Lineage, trace
from handler.plan import Skip
from handler.request import Occasion, Registration
from handler.revision import Revision, RevisionLog
from ops.images import carried_by
from ops.intents import Hold, Release, Rollback, Settle, is_settled, pinned
from tests.support.world import REPOSITORY, Answer, Request, definition, digest, services, target_of, uri

BY_TAG = target_of(pin="tag")
TARGET = target_of(pin="digest")
OCCASION = Occasion(event_id="ecr-batch hold by ann", at="2026-01-01T00:00:00+00:00")


def revision(number: int, image: str, seconds: int = 60, **tags: Any) -> Revision:
    """A revision with the tags that are given after the prefix, ``_`` for ``-``."""
    ours = {provenance.PREFIX + key.replace("_", "-"): value for key, value in tags.items()}
    document = definition(image, timeout={"attemptDurationSeconds": seconds}, tags=ours)
    return Revision.read({**document, "revision": number, "status": "ACTIVE"})


def nothing() -> None:
    """ECR has the image."""


def nobody(request: Request) -> Answer:
    pytest.fail(f"asked {request}")


def rollback(chosen: Revision, **changes: Any) -> Rollback:
    usual = {"target": TARGET, "reason": "why", "chosen": chosen, "still_there": nothing}
    return Rollback(**{**usual, **changes})


def decide(intent: Hold | Release | Rollback | Settle, *revisions: Revision) -> Registration | Skip:
    log = RevisionLog.of("job", revisions)
    return intent.decide(log, traced(*revisions), intent.select(services(nobody)), OCCASION)


def traced(*revisions: Revision) -> Lineage:
    lineage = trace(RevisionLog.of("job", revisions), TARGET.owns)
    assert isinstance(lineage, Lineage)
    return lineage


def after(intent: Hold | Release | Rollback | Settle, *revisions: Revision) -> tuple[Revision, ...]:
    """The log with what the intent registers."""
    planned = decide(intent, *revisions)
    assert isinstance(planned, Registration)
    number = len(revisions) + 1
    return (
        *revisions,
        Revision.read({**planned.document, "revision": number, "status": "ACTIVE"}),
    )


def image_of(found: Revision) -> str:
    container: dict[str, str] = found.document["containerProperties"]
    return container["image"]


def test_a_tag_is_pinned_to_the_digest_that_the_updater_noted_for_it() -> None:
    noted = revision(1, f"{REPOSITORY.uri}:v1", image_tag="v1", image_digest=digest("a"))
    assert image_of(pinned(noted, BY_TAG)) == f"{REPOSITORY.uri}@{digest('a')}"


@pytest.mark.parametrize(
    ("image", "tags"),
    [
        (f"{REPOSITORY.uri}:v1", {}),
        (f"{REPOSITORY.uri}:v2", {"image_tag": "v1", "image_digest": digest("a")}),
        (uri("b"), {"image_tag": "v1", "image_digest": digest("a")}),
        ("busybox:v1", {"image_tag": "v1", "image_digest": digest("a")}),
    ],
)
def test_what_no_tag_tells_about_stays_as_it_is(image: str, tags: dict[str, Any]) -> None:
    assert image_of(pinned(revision(1, image, **tags), BY_TAG)) == image


def test_tags_that_were_copied_along_with_another_image_tell_nothing_of_it() -> None:
    copied = revision(1, uri("b"), image_tag="v1", image_digest=digest("a"))
    carried = carried_by(copied, TARGET.owns)
    assert (carried.tag, carried.digest) == ("", digest("b"))


def test_a_hold_copies_the_newest_settings_with_the_image_that_is_there() -> None:
    planned = decide(Hold(target=TARGET, reason="why"), revision(1, uri("a")), revision(2, uri("b"), 99))
    assert isinstance(planned, Registration)
    assert (planned.base, planned.image_after, planned.changes) == (2, uri("b"), ())
    assert planned.document["timeout"] == {"attemptDurationSeconds": 99}
    assert planned.document["tags"][provenance.HOLD] == "why"


def test_a_release_of_what_is_not_held_is_nothing_to_do() -> None:
    assert isinstance(decide(Release(target=TARGET), revision(1, uri("a"))), Skip)
    released = revision(2, uri("a"), previous_revision="1", hold="released")
    assert isinstance(decide(Release(target=TARGET), revision(1, uri("a")), released), Skip)


# A hold that was registered when revision 2 had come already, by a run that died before it looked again.
KILLED = (
    revision(1, uri("a")),
    revision(2, uri("b"), 99),
    revision(3, uri("a"), previous_revision="1", hold="why"),
)
KILLED_AGAIN = (
    revision(1, uri("a"), hold="why"),
    revision(2, uri("b"), 99),
    revision(3, uri("c"), previous_revision="1", hold="another"),
)


def test_a_hold_and_the_settings_that_it_did_not_see_are_settled_in_one_revision() -> None:
    settled = after(Settle(target=TARGET), *KILLED)
    lineage = traced(*settled)
    assert not is_settled(traced(*KILLED))
    assert is_settled(lineage)
    assert (lineage.base.number, lineage.hold and lineage.hold.reason) == (4, "why")
    assert image_of(settled[-1]) == uri("a")
    assert settled[-1].document["timeout"] == {"attemptDurationSeconds": 99}
    assert isinstance(decide(Settle(target=TARGET), *settled), Skip)


def test_a_release_that_was_settled_first_is_no_repetition_of_what_was_so_before_the_hold() -> None:
    hold = traced(*after(Release(target=TARGET), *after(Settle(target=TARGET), *KILLED))).hold
    assert hold is not None
    assert not hold.in_force


def test_a_rollback_that_was_settled_first_is_no_repetition_of_an_earlier_one() -> None:
    intent = rollback(revision(1, uri("a")))
    hold = traced(*after(intent, *after(Settle(target=TARGET), *KILLED_AGAIN))).hold
    assert hold is not None
    assert (hold.reason, image_of(hold.bearer)) == ("why", uri("a"))


def test_a_rollback_with_settings_counts_as_a_change_to_what_it_replaces() -> None:
    old, new = revision(1, uri("a"), 60), revision(2, uri("b"), 99)
    planned = decide(rollback(old, with_settings=True), old, new)
    assert isinstance(planned, Registration)
    assert planned.document["timeout"] == {"attemptDurationSeconds": 60}
    assert planned.document["tags"][provenance.PREVIOUS_REVISION] == "2"
    done = Revision.read({**planned.document, "revision": 3, "status": "ACTIVE"})
    assert traced(old, new, done).base.number == 3


def test_a_rollback_that_stands_is_nothing_to_do_but_one_without_the_settings_is() -> None:
    old, new = revision(1, uri("a"), 60), revision(2, uri("b"), 99)
    done = revision(3, uri("a"), 99, previous_revision="2", hold="why")
    assert isinstance(decide(rollback(old), old, new, done), Skip)
    assert isinstance(decide(rollback(old, with_settings=True), old, new, done), Registration)
    assert isinstance(decide(rollback(old, reason="another"), old, new, done), Registration)
    assert isinstance(decide(rollback(new), old, new, done), Registration)


def test_a_rollback_looks_for_its_image_whenever_it_is_asked_which() -> None:
    def gone() -> None:
        raise ImageNotFound("gone")

    with pytest.raises(ImageNotFound):
        rollback(revision(1, uri("a")), still_there=gone).select(services(nobody))
