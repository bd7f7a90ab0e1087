"""Whose settings: holds and releases, neutral copies, foreign revisions on top, adoption."""

from __future__ import annotations

from tests.replay.aws import Image, digest
from tests.replay.scenario import (
    OURS,
    RECONCILE,
    Document,
    Scenario,
    deregisters,
    forgets,
    job,
    ours,
    push,
    pushes,
    registers,
)
from tests.replay.values import URI

_SETTINGS: Document = {"command": ["changed"]}
_MORE: Document = {"command": ["changed", "again"]}


def _task(**images: str) -> Document:
    containers = [{"name": name, "image": image} for name, image in images.items()]
    return {
        "jobDefinitionName": "job",
        "type": "container",
        "ecsProperties": {"taskProperties": [{"containers": containers}]},
    }


SCENARIOS: dict[str, Scenario] = {
    f"hold: {name}": Scenario(revisions=revisions)
    for name, revisions in {
        "in force": (job("a"), ours(1, "a", hold="broken since Monday")),
        "released": (job("a"), ours(1, "a", hold="broken"), ours(2, "a", hold="released")),
        "released, on the image already": (
            job("b"),
            ours(1, "b", hold="broken"),
            ours(2, "b", hold="released"),
        ),
        "said again with the same word": (job("a"), ours(1, "a", hold="broken"), ours(2, "a", hold="broken")),
        "said again with another word": (job("a"), ours(1, "a", hold="broken"), ours(2, "a", hold="worse")),
        "somebody else on top, with another image": (
            job("a"),
            ours(1, "a", hold="broken"),
            job("c", **_SETTINGS),
        ),
        "somebody else on top, with the held image": (
            job("a"),
            ours(1, "a", hold="broken"),
            job("a", **_SETTINGS),
        ),
        "somebody else on top, with our tags": (
            job("a"),
            ours(1, "a", hold="broken"),
            ours(1, "c", hold="broken", **_SETTINGS),
        ),
        "somebody else below": (job("a"), job("a", **_SETTINGS), ours(1, "a", hold="broken")),
        "released over somebody's settings": (
            job("a"),
            ours(1, "a", hold="broken"),
            job("c", **_SETTINGS),
            ours(2, "a", hold="released"),
        ),
        "a roll-out that had not seen it": (job("a"), ours(1, "a", hold="broken"), ours(1, "b")),
        "a stale copy repeats it": (
            job("a"),
            ours(1, "a", hold="broken"),
            job("a", **_SETTINGS),
            ours(2, "a", hold="broken"),
        ),
        "a stale copy repeats it after a release": (
            job("a"),
            ours(1, "a", hold="broken"),
            ours(2, "a", hold="released"),
            ours(2, "a", hold="broken"),
        ),
        "a stale copy repeats a release": (
            job("a"),
            ours(1, "a", hold="broken"),
            ours(2, "a", hold="released"),
            ours(3, "a", hold="worse"),
            ours(3, "b", hold="released"),
        ),
        "a stale copy is the first to say it": (job("a"), job("a", **_SETTINGS), ours(1, "a", hold="broken")),
        "a stale copy is the first to say released": (
            job("a"),
            job("a", **_SETTINGS),
            ours(1, "a", hold="released"),
        ),
        "a stale copy with another image": (
            job("a"),
            ours(1, "a", hold="broken"),
            job("a", **_SETTINGS),
            ours(2, "c", hold="broken"),
        ),
        "an earlier hold by a tag": (job(":v1"), ours(1, ":v1", hold="broken"), job(":v2", **_SETTINGS)),
        "of somebody without our tags": (job("a", tags={f"{OURS}hold": "mine"}),),
        "an empty word": (job("a", tags={f"{OURS}hold": ""}),),
        "a copy of it repeats the word": (
            job("a"),
            ours(1, "a", hold="broken"),
            job("a", **_SETTINGS),
            ours(3, "a", hold="broken", **_SETTINGS),
        ),
    }.items()
}
SCENARIOS |= {
    f"lineage: {name}": Scenario(revisions=revisions)
    for name, revisions in {
        "ours on somebody's": (job("a"), ours(1, "a")),
        "somebody's settings on ours": (job("a"), ours(1, "a"), job("a", **_SETTINGS)),
        "a stale copy on a change": (job("a"), job("a", **_SETTINGS), ours(1, "a")),
        "a stale copy on a change, with the image": (job("b"), job("b", **_SETTINGS), ours(1, "b")),
        "two stale copies on a change": (job("a"), job("a", **_SETTINGS), ours(1, "a"), ours(1, "a")),
        "a chain of stale copies": (
            job("a"),
            job("a", **_SETTINGS),
            ours(1, "a"),
            ours(3, "a"),
            ours(4, "b"),
        ),
        "two changes and a stale copy of the first": (
            job("a"),
            job("a", **_SETTINGS),
            job("a", **_MORE),
            ours(2, "b", **_SETTINGS),
        ),
        "a copy with changed settings counts": (job("a"), job("a", **_SETTINGS), ours(1, "a", **_MORE)),
        "of equals the one that says what holds": (
            job("a"),
            job("a", **_SETTINGS),
            ours(2, "a", hold="broken", **_SETTINGS),
            ours(1, "a"),
        ),
        "names itself": (job("a"), ours(2, "a")),
        "names a later revision": (job("a"), ours(9, "a")),
        "names no number": (job("a"), ours(1, "a", tags={f"{OURS}previous-revision": "x"})),
        "Batch reordered what is equal": (
            job("a"),
            job("a", **_SETTINGS),
            ours(1, "b", environment=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}], volumes=[]),
        ),
        "the copied one had another image of elsewhere": (
            _task(main=f"{URI}:v1", side="busybox:1"),
            _task(main=f"{URI}:v1", side="busybox:2"),
            {**_task(main=f"{URI}@{digest('b')}", side="busybox:1"), "tags": ours(1, "b")["tags"]},
        ),
    }.items()
}
SCENARIOS |= {
    "lineage: a stale copy of an INACTIVE revision": Scenario(
        revisions=(job("a"), job("a", **_SETTINGS), ours(1, "a")), before=(deregisters(1),)
    ),
    "lineage: a stale copy of a revision that Batch has dropped": Scenario(
        revisions=(job("a"), job("a", **_SETTINGS), ours(1, "a")), before=(forgets(1),)
    ),
    "lineage: the change between is INACTIVE": Scenario(
        revisions=(job("a"), job("a", **_SETTINGS), ours(1, "a")), before=(deregisters(2),)
    ),
    "lineage: the newest is INACTIVE": Scenario(
        revisions=(job("a"), job("a", **_SETTINGS)), before=(deregisters(2),)
    ),
    "lineage: a hold whose revision is INACTIVE": Scenario(
        revisions=(job("a"), ours(1, "a", hold="broken"), job("a", **_SETTINGS)), before=(deregisters(2),)
    ),
    "lineage: a hundred and thirty revisions": Scenario(
        revisions=(*(job("a") for _ in range(130)), ours(3, "a")), steps=(RECONCILE,)
    ),
    "lineage: a day of pushes, a hold, a change and a release": Scenario(
        revisions=(job("a"),),
        steps=(
            push("b"),
            registers(ours(2, "b", hold="broken")),
            pushes("c", "latest"),
            push("c"),
            registers(job("a", **_SETTINGS)),
            RECONCILE,
            registers(ours(5, "b", hold="released", **_SETTINGS)),
            RECONCILE,
            RECONCILE,
        ),
    ),
}
_FOREIGN = _task(main="busybox:1", side="envoyproxy/envoy:v1", log="fluent/fluent-bit:1")
SCENARIOS |= {
    f"adopt {adopt}, {name}": Scenario(revisions=revisions, pair={"adopt": {"job": adopt}})
    for adopt in (["*"], ["main"], ["main", "side"], ["another"])
    for name, revisions in {
        "all containers are foreign": (_FOREIGN,),
        "one is ours": (_task(main=f"{URI}:v1", side="x:1"),),
    }.items()
}
SCENARIOS |= {
    "adopt: one container without a name": Scenario(
        revisions=(job("busybox:1"),), pair={"adopt": {"job": ["*"]}, "pin": "tag"}
    ),
    "adopt: a second run finds its own": Scenario(
        revisions=(_FOREIGN,), pair={"adopt": {"job": ["main"]}}, steps=(RECONCILE, RECONCILE)
    ),
    "adopt: a stale adoption on somebody's change": Scenario(
        revisions=(job("busybox:1"), job("busybox:1", **_SETTINGS), ours(1, "b")),
        pair={"adopt": {"job": ["*"]}},
    ),
    "adopt: another definition": Scenario(
        revisions=(job("busybox:1", "one"), job("a", "two")), pair={"adopt": {"two": ["*"]}}
    ),
    "adopt: with a policy that never goes down": Scenario(
        revisions=(job("busybox:1"),),
        pair={"adopt": {"job": ["*"]}, "imagePolicy": {"semver": "*"}},
        images=(Image(letter="c", tags=("1.0.0",)),),
        steps=(RECONCILE,),
    ),
}
