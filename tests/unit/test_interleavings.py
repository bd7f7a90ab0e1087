"""Every order of the steps of concurrent runs, other writers and faults ends right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from handler import provenance, read
from handler.document.raw import dumps, loads
from handler.intent import Intent
from handler.policy import parse
from handler.revision import Revision
from handler.run import Task
from handler.run import update as run_once
from ops.intents import Release, Rollback
from tests.support.explorer import Faults, Move, Scenario, Wrong, explore, wander
from tests.support.world import (
    Answer,
    Request,
    World,
    definition,
    push,
    reconcile,
    services,
    target_of,
    task,
    uri,
)

VERSIONS = parse({"semver": ">=1.0"})
MINE = 99  # what the infrastructure writer changes: the timeout in seconds


def tag(letter: str, at: int) -> tuple[Move, Task]:
    """Somebody pushes an image; the event starts a run."""
    return (lambda world: world.with_tag("latest", letter, at)), task(
        trigger=push(letter, at, event_id=f"{letter}{at}")
    )


def version(name: str, letter: str, at: int) -> tuple[Move, Task]:
    """The same, under a tag of its own, of which the highest is wanted."""
    trigger = push(letter, at, tag=name, event_id=f"{letter}{at}")
    return (lambda world: world.with_tag(name, letter, at)), task(trigger=trigger, policy=VERSIONS)


def infrastructure(world: World) -> World:
    """An apply with a changed timeout; it names the first image, as infrastructure code does."""
    return world.registered(definition(uri("a"), timeout={"attemptDurationSeconds": MINE}))


def infrastructure_that_copies_tags(world: World) -> World:
    copied = {
        key: value
        for key, value in world.newest().items()
        if key not in ("jobDefinitionArn", "revision", "status")
    }
    return world.registered({**copied, "timeout": {"attemptDurationSeconds": MINE}})


def infrastructure_that_deregisters(world: World) -> World:
    """Terraform's default: the new revision, then away with the one that it knew."""
    return infrastructure(world).deregistered(1)


def tags_in_place(world: World) -> World:
    documents = [loads(text) for text in world.revisions]
    documents[0] = {**documents[0], "tags": {**documents[0]["tags"], "cost-centre": "7"}}
    return replace(world, revisions=tuple(map(dumps, documents)))


def holding(reason: str, letter: str) -> Move:
    """What the operator's tool registers: the newest settings, an image, the hold."""

    def move(world: World) -> World:
        newest = world.newest()
        ours = {provenance.HOLD: reason, provenance.PREVIOUS_REVISION: str(newest["revision"])}
        document = {
            key: value
            for key, value in newest.items()
            if key not in ("jobDefinitionArn", "revision", "status")
        }
        document["tags"] = {**provenance.user_tags(newest["tags"]), **ours}
        document["containerProperties"] = {**document["containerProperties"], "image": uri(letter)}
        return world.registered(document)

    return move


def unchanged(world: World) -> World:
    return world


def operators(intent: Intent) -> tuple[Move, Task]:
    """A run of the operator's tool, which may begin at any time; one that ended badly is called again."""
    return unchanged, replace(task(), intent=intent, event_id="ecr-batch rollback by ann")


def image_is_there() -> None:
    """What a rollback finds out from ECR."""


@dataclass(frozen=True)
class End:
    """What must stand as the newest revision in the end."""

    image: str
    seconds: int | None = None

    def __call__(self, world: World) -> str:
        newest: dict[str, Any] = world.newest()
        image = newest["containerProperties"]["image"]
        seconds = newest.get("timeout", {}).get("attemptDurationSeconds")
        if image != uri(self.image):
            return f"image is {image}, not {uri(self.image)}"
        return "" if seconds == self.seconds else f"timeout is {seconds}, not {self.seconds}"


INITIAL = World().with_tag("latest", "a").registered(definition(uri("a")))
FOLLOWED = INITIAL.with_tag("latest", "b", 1).registered(
    definition(uri("b"), tags={"team": "ocr", provenance.PREVIOUS_REVISION: "1"})
)

VERSIONED = World().with_tag("1.0.0", "a").registered(definition(uri("a")))
TARGET = target_of(pin="digest")
# The reason is that of another hold, as it may well be in the night.
ROLLBACK = Rollback(
    target=TARGET,
    reason="b is bad",
    chosen=Revision.read(loads(FOLLOWED.revisions[0])),
    still_there=image_is_there,
)

# name: (world, moves, what must stand in the end)
STORIES: dict[str, tuple[World, list[tuple[Move, Task | None]], End]] = {
    "two pushes": (INITIAL, [tag("b", 1), tag("c", 2)], End("c")),
    "a push and back to the first image": (INITIAL, [tag("b", 1), tag("a", 2)], End("a")),
    "two pushes and infrastructure": (
        INITIAL,
        [tag("b", 1), (infrastructure, None), tag("c", 2)],
        End("c", MINE),
    ),
    "infrastructure first": (INITIAL, [(infrastructure, None), tag("b", 1), tag("c", 2)], End("c", MINE)),
    "back to the first image and infrastructure": (
        INITIAL,
        [tag("b", 1), tag("a", 2), (infrastructure, None)],
        End("a", MINE),
    ),
    "infrastructure that copies our tags": (
        FOLLOWED,
        [tag("c", 2), (infrastructure_that_copies_tags, None), tag("d", 3)],
        End("d", MINE),
    ),
    "infrastructure that deregisters": (
        INITIAL,
        [tag("b", 1), (infrastructure_that_deregisters, None), tag("c", 2)],
        End("c", MINE),
    ),
    "tags changed in place": (INITIAL, [tag("b", 1), (tags_in_place, None), tag("c", 2)], End("c")),
    "a hold": (INITIAL, [tag("b", 1), (holding("b is bad", "a"), None), tag("c", 2)], End("a")),
    "a hold and infrastructure": (
        INITIAL,
        [tag("b", 1), (holding("b is bad", "a"), None), (infrastructure, None), tag("c", 2)],
        End("a", MINE),
    ),
    "an operator's rollback": (FOLLOWED, [tag("c", 2), operators(ROLLBACK)], End("a")),
    "an operator's rollback and infrastructure": (
        FOLLOWED,
        [operators(ROLLBACK), (infrastructure, None), tag("c", 2)],
        End("a", MINE),
    ),
    "an operator's rollback from one hold to another": (
        holding("b is bad", "c")(FOLLOWED),
        [operators(ROLLBACK), (infrastructure, None), tag("d", 2)],
        End("a", MINE),
    ),
    "a release": (
        holding("a is good", "a")(INITIAL),
        [tag("b", 1), (infrastructure, None), (holding("released", "a"), task(trigger=reconcile()))],
        End("b", MINE),
    ),
}
STORIES |= {
    "two versions": (VERSIONED, [version("1.1.0", "b", 1), version("1.2.0", "c", 2)], End("c")),
    "a version, then a lower one": (
        VERSIONED,
        [version("1.2.0", "b", 1), version("1.1.0", "c", 2)],
        End("b"),
    ),
    "versions and infrastructure": (
        VERSIONED,
        [version("1.2.0", "b", 1), (infrastructure, None), version("1.1.0", "c", 2)],
        End("b", MINE),
    ),
}
FAULTS = {
    "no faults": Faults(),
    "a crash": Faults(crashes=1),
    "a lost answer": Faults(lost_answers=1),
    "a lagging read": Faults(own_lags=1),
    "a stale answer of ECR": Faults(stale_tags=1),
}


BREAKAGES: dict[str, tuple[str, str, Any]] = {
    "without the look after writing": ("handler.run._Run", "_has_moved", lambda *_: False),
    "without the number check": ("handler.run", "_is_next", lambda *_: True),
    "with the newest revision always copied": (
        "handler.lineage._Reader",
        "base",
        lambda reader: reader.log.active[0],
    ),
    "with a lagging read believed": (
        "handler.run",
        "read_definition",
        lambda name, batch, owns, clock, _: read.read_definition(name, batch, owns, clock, None),
    ),
}


def counter_example(story: str, faults: Faults) -> Wrong | None:
    world, moves, end = STORIES[story]
    return explore(Scenario(world, moves, faults), end)[1]


@pytest.mark.parametrize("faults", FAULTS)
@pytest.mark.parametrize("story", STORIES)
def test_every_order_ends_with_the_right_image_and_the_last_settings(story: str, faults: str) -> None:
    assert counter_example(story, FAULTS[faults]) is None


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_the_search_finds_a_wrong_end(breakage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    target, name, broken = BREAKAGES[breakage]
    monkeypatch.setattr(f"{target}.{name}", broken)
    stories = ("a push and back to the first image", "two pushes and infrastructure")
    faults = (Faults(), Faults(crashes=1), Faults(own_lags=1))
    assert any(counter_example(story, fault) for story in stories for fault in faults)


def after_a_reconcile(end: End) -> Callable[[World], str]:
    def check(final: World) -> str:
        table = [final]

        def ask(request: Request) -> Answer:
            table[0], answer = table[0].answer(request)
            return answer

        run_once(task(trigger=reconcile()), services(ask))
        return end(table[0])

    return check


@pytest.mark.parametrize("story", ["two pushes and infrastructure", "a hold and infrastructure"])
def test_a_reconcile_repairs_what_a_lag_behind_everything_does(story: str) -> None:
    world, moves, end = STORIES[story]
    assert explore(Scenario(world, moves, Faults(any_lags=1)), after_a_reconcile(end))[1] is None


@pytest.mark.parametrize("faults", FAULTS)
def test_a_reconcile_after_an_operators_release_brings_the_image_that_was_pushed(faults: str) -> None:
    moves = [tag("b", 1), operators(Release(target=TARGET)), (infrastructure, None)]
    scenario = Scenario(holding("a is good", "a")(INITIAL), moves, FAULTS[faults])
    assert explore(scenario, after_a_reconcile(End("b", MINE)))[1] is None


def test_random_orders_of_four_pushes_and_several_faults_end_right(request: pytest.FixtureRequest) -> None:
    moves = [tag("b", 1), tag("c", 2), (infrastructure, None), tag("d", 3), tag("a", 4)]
    faults = Faults(crashes=2, lost_answers=2, own_lags=2, stale_tags=1)
    walks = 20_000 if request.config.getoption("--long") else 300
    wrong = wander(Scenario(INITIAL, moves, faults), End("a", MINE), seed=7, walks=walks)
    assert wrong is None
