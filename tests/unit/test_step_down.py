"""Never down by accident: what happens when the image that a definition carries disappears from ECR."""

from __future__ import annotations

from typing import Any

import pytest

from handler import provenance
from handler.policy import parse
from handler.report.outcome import Outcome
from handler.run import update
from tests.support.world import (
    JOB,
    REPOSITORY,
    World,
    definition,
    digest,
    push,
    services,
    task,
    uri,
    with_options,
)

SEMVER = {"semver": ">=1.0"}


def run(
    world: World,
    specification: dict[str, Any],
    *,
    event: str = "",
    pin: str = "digest",
    adopt: tuple[str, ...] = (),
) -> tuple[World, Outcome]:
    """One run; ``event`` is a tag that was pushed a minute after START as image ``z``."""
    trigger = push("z", at=60, tag=event) if event else None
    plain = task(trigger=trigger, pin=pin, policy=parse(specification))
    adopting = with_options(plain, adopt={JOB: adopt} if adopt else {})
    state = [world]

    def ask(request: Any) -> Any:
        state[0], answer = state[0].answer(request)
        return answer

    result = update(adopting, services(ask))
    return state[0], result.outcomes[0]


def rolled_out(specification: dict[str, Any], *tags: str, **options: Any) -> World:
    """ECR with images ``a``, ``b``, … under these tags, pushed before START; the highest is rolled out."""
    world = World().registered(definition(f"{REPOSITORY.uri}:first"))
    for at, (letter, tag) in enumerate(zip("abcdef", tags, strict=False)):
        world = world.with_tag(tag, letter, at=at - 100)
    world, outcome = run(world, specification, **options)
    assert outcome.kind == "updated"
    return world


def carried(world: World) -> str:
    return str(world.newest()["containerProperties"]["image"])


@pytest.mark.parametrize(
    ("specification", "lower", "higher"),
    [
        (SEMVER, "1.0.0", "1.1.0"),
        ({"regex": "^main-([0-9]+)$", "order": "numeric"}, "main-9", "main-10"),
        ({"glob": "release-*", "order": "alphabetical"}, "release-a", "release-b"),
        ({"glob": "release-*"}, "release-b", "release-a"),
    ],
)
def test_when_the_image_disappears_the_definition_stays_where_it_is_and_says_so(
    specification: dict[str, Any], lower: str, higher: str
) -> None:
    world = rolled_out(specification, lower, higher)
    assert carried(world) == uri("b")
    after, outcome = run(world.without_tag(higher), specification)
    assert (carried(after), len(after.documents())) == (uri("b"), 2)
    assert outcome.kind == "skipped"
    assert outcome.reason.startswith(
        f"stays on {higher}, which ECR no longer offers: {lower} would be a step down"
    )

    allowed = {**specification, "allowDowngrade": True}
    after, outcome = run(world.without_tag(higher), allowed)
    assert (carried(after), outcome.kind) == (uri("a"), "updated")


def test_a_push_of_a_lower_version_changes_nothing_even_when_it_is_the_newest_push() -> None:
    world = rolled_out(SEMVER, "1.0.0", "1.1.0")
    after, outcome = run(world.with_tag("1.0.1", "z", at=60), SEMVER, event="1.0.1")
    assert (carried(after), outcome.reason) == (uri("b"), "already on the selected image")
    after, outcome = run(world.without_tag("1.1.0").with_tag("1.0.1", "z", at=60), SEMVER, event="1.0.1")
    assert (carried(after), outcome.kind) == (uri("b"), "skipped")


def test_a_higher_version_ends_the_stay() -> None:
    world = rolled_out(SEMVER, "1.0.0", "1.1.0").without_tag("1.1.0").with_tag("1.2.0", "z", at=60)
    assert carried(run(world, SEMVER, event="1.2.0")[0]) == uri("z")


def test_by_time_of_push_only_an_image_that_came_after_the_roll_out_ends_the_stay() -> None:
    policy = {"glob": "release-*"}
    world = rolled_out(policy, "release-a", "release-b").without_tag("release-b")
    assert run(world, policy)[1].kind == "skipped"
    after, outcome = run(world.with_tag("release-c", "z", at=60), policy, event="release-c")
    assert (carried(after), outcome.kind) == (uri("z"), "updated")


def test_by_time_of_push_an_image_that_is_still_there_is_left_for_one_that_was_pushed_after_it() -> None:
    # The roll-out of b was slow: c was pushed before it ended.
    policy = {"glob": "release-*"}
    world = rolled_out(policy, "release-a", "release-b").with_tag("release-c", "c", at=-1)
    assert carried(run(world, policy)[0]) == uri("c")


def test_a_policy_that_no_longer_takes_the_carried_tag_moves_on() -> None:
    world = rolled_out(SEMVER, "1.0.0", "1.1.0")
    for changed in ({"semver": "~1.0"}, {**SEMVER, "ignore": ["1.1.*"]}, {"tag": "1.0.0"}):
        assert carried(run(world, changed)[0]) == uri("a")


def test_while_it_stays_the_settings_of_somebody_elses_revision_are_kept() -> None:
    world = rolled_out(SEMVER, "1.0.0", "1.1.0").without_tag("1.1.0")
    foreign = definition(uri("b"), timeout={"attemptDurationSeconds": 60}, tags={"team": "ocr"})
    stale = {**definition(uri("b")), "tags": world.newest()["tags"]}
    world = world.registered(foreign).registered(stale)
    after, outcome = run(world, SEMVER)
    newest = after.newest()
    assert (outcome.kind, carried(after), newest["timeout"]) == (
        "updated",
        uri("b"),
        {"attemptDurationSeconds": 60},
    )
    assert newest["tags"][provenance.IMAGE_TAG] == "1.1.0"


def test_a_revision_of_infrastructure_code_that_names_a_higher_tag_stays_too() -> None:
    world = World().with_tag("1.0.0", "a").registered(definition(f"{REPOSITORY.uri}:1.1.0"))
    after, outcome = run(world, SEMVER)
    assert (len(after.documents()), outcome.kind) == (1, "skipped")


def test_tags_that_were_copied_along_with_another_image_tell_nothing_of_it() -> None:
    world = rolled_out(SEMVER, "1.0.0", "1.1.0").without_tag("1.1.0")
    copied = {**definition(uri("c")), "tags": world.newest()["tags"]}
    after, outcome = run(world.registered(copied), SEMVER)
    assert (carried(after), outcome.kind) == (uri("a"), "updated")


@pytest.mark.parametrize(
    ("specification", "gone", "left"),
    [(SEMVER, "v1.4.2", "1.4.2"), ({"glob": "release-*"}, "release-b", "release-a")],
)
@pytest.mark.parametrize("pin", ["digest", "tag"])
def test_the_same_image_under_another_tag_is_no_step_down(
    specification: dict[str, Any], gone: str, left: str, pin: str
) -> None:
    world = World().registered(definition(f"{REPOSITORY.uri}:first"))
    world = world.with_tag(left, "a", at=-100).with_tag(gone, "a")
    world, _ = run(world, specification, pin=pin)
    assert world.newest()["tags"][provenance.IMAGE_TAG] == gone
    after, outcome = run(world.without_tag(gone), specification, pin=pin)
    if pin == "digest":
        assert (outcome.kind, outcome.reason) == ("skipped", "already on the selected image")
    else:
        # A job could no longer pull the tag that is gone.
        assert carried(after) == f"{REPOSITORY.uri}:{left}"


@pytest.mark.parametrize(
    ("specification", "lower", "higher"),
    [(SEMVER, "1.0.0", "1.1.0"), ({"glob": "release-*"}, "release-a", "release-b")],
)
def test_it_stays_too_under_somebody_elses_revision_that_tells_nothing_of_the_image(
    specification: dict[str, Any], lower: str, higher: str
) -> None:
    world = rolled_out(specification, lower, higher).without_tag(higher)
    world = world.registered(definition(uri("b"), timeout={"attemptDurationSeconds": 60}))
    after, outcome = run(world, specification)
    assert (len(after.documents()), outcome.kind) == (3, "skipped")
    assert outcome.reason.startswith(f"stays on {higher}")


def test_after_a_hold_an_image_that_was_pushed_meanwhile_is_no_step_down() -> None:
    # What holds and what releases are registrations: they say when they were made, with the held image.
    policy = {"glob": "release-*"}
    world = rolled_out(policy, "release-a")
    for at, word in (("01-02", "a must stay"), ("03-01", provenance.RELEASED)):
        newest = world.newest()
        said = {
            provenance.HOLD: word,
            provenance.PREVIOUS_REVISION: str(newest["revision"]),
            provenance.UPDATED_AT: f"2026-{at}T00:00:00+00:00",
        }
        world = world.registered({**newest, "tags": {**newest["tags"], **said}})
    world = world.with_tag("release-b", "b", at=60)
    assert carried(run(world.without_tag("release-a"), policy)[0]) == uri("b")


@pytest.mark.parametrize("text", ["2026-01-02T10:00:00", "2026-01-02T10:00:00Z"])
def test_a_time_of_roll_out_that_says_no_zone_is_utc(text: str) -> None:
    policy = {"glob": "release-*"}
    world = rolled_out(policy, "release-a").without_tag("release-a")
    newest = world.newest()
    edited = {**newest, "tags": {**newest["tags"], provenance.UPDATED_AT: text}}
    world = world.deregistered(int(newest["revision"])).registered(edited)
    for letter, hour, kind in (("b", 9, "skipped"), ("c", 11, "updated")):
        pushed = world.with_tag(f"release-{letter}", letter, at=(24 + hour) * 3600)
        assert run(pushed, policy)[1].kind == kind


def test_a_roll_out_whose_time_cannot_be_read_is_no_evidence_of_when_the_image_was_pushed() -> None:
    policy = {"glob": "release-*"}
    world = rolled_out(policy, "release-a").without_tag("release-a").with_tag("release-b", "b", at=-1)
    newest = world.newest()
    edited = {**newest, "tags": {**newest["tags"], provenance.UPDATED_AT: "yesterday"}}
    world = world.deregistered(int(newest["revision"]))
    assert run(world.registered(newest), policy)[1].kind == "skipped"
    assert run(world.registered(edited), policy)[1].kind == "updated"


def test_what_is_adopted_is_no_step_down_whatever_its_tag_is() -> None:
    world = World().with_tag("1.0.0", "a").registered(definition("busybox:9.9.9"))
    assert carried(run(world, SEMVER, adopt=("*",))[0]) == uri("a")


@pytest.mark.parametrize(
    ("specification", "needed"),
    [
        ({"tag": "latest"}, set()),
        (SEMVER, {provenance.IMAGE_TAG}),
        ({"glob": "1.*"}, {provenance.IMAGE_TAG, provenance.UPDATED_AT}),
        ({"regex": "^1.*$"}, {provenance.IMAGE_TAG, provenance.UPDATED_AT}),
        ({"regex": "^1.*$", "order": "alphabetical"}, {provenance.IMAGE_TAG}),
        ({"glob": "1.*", "allowDowngrade": True}, set()),
    ],
)
def test_what_tells_a_step_down_is_written_even_where_tags_are_propagated(
    specification: dict[str, Any], needed: set[str]
) -> None:
    document = definition(f"{REPOSITORY.uri}:first", propagateTags=True)
    world = World().with_tag("latest", "a").with_tag("1.0.0", "a").registered(document)
    after, _ = run(world, specification)
    ours = {key for key in after.newest()["tags"] if key.startswith(provenance.PREFIX)}
    assert ours == {provenance.PREVIOUS_REVISION, *needed}


def test_pinned_by_tag_a_disappeared_version_stays_too() -> None:
    world = rolled_out(SEMVER, "1.0.0", "1.1.0", pin="tag")
    assert carried(world) == f"{REPOSITORY.uri}:1.1.0"
    after, outcome = run(world.without_tag("1.1.0"), SEMVER, pin="tag")
    assert (len(after.documents()), outcome.kind) == (2, "skipped")
    assert world.newest()["tags"][provenance.IMAGE_DIGEST] == digest("b")
