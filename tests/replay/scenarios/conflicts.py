"""Somebody writes between read and write, the image moves, reads lag, answers get lost, time runs out."""

from __future__ import annotations

from tests.replay.aws import Image, On
from tests.replay.scenario import (
    RECONCILE,
    Document,
    Scenario,
    answers,
    deregisters,
    job,
    ours,
    passes,
    push,
    pushes,
    registers,
    untags,
)

_REGISTER, _DESCRIBE, _IMAGES = (
    "batch:RegisterJobDefinition",
    "batch:DescribeJobDefinitions",
    "ecr:DescribeImages",
)
_SETTINGS: Document = {"command": ["changed"]}
_ALWAYS = 1000
_CHANGE = registers(job("a", **_SETTINGS))

SCENARIOS: dict[str, Scenario] = {
    f"conflict: {name}": Scenario(revisions=(job("a"),), happens=happens)
    for name, happens in {
        "somebody registers before the write": (On(action=_REGISTER, before=_CHANGE),),
        "somebody registers before the write, and it is gone at once": (
            On(action=_REGISTER, before=lambda world: (_CHANGE(world), deregisters(2)(world))[0]),
        ),
        "somebody registers before two writes": (On(action=_REGISTER, times=2, before=_CHANGE),),
        "somebody registers before every write": (On(action=_REGISTER, times=_ALWAYS, before=_CHANGE),),
        "somebody registers after the write": (On(action=_REGISTER, after=_CHANGE),),
        "a hold comes before the write": (
            On(action=_REGISTER, before=registers(ours(1, "a", hold="broken"))),
        ),
        "another run wrote the same before": (On(action=_REGISTER, before=registers(ours(1, "b"))),),
        "another run wrote a stale image before": (On(action=_REGISTER, before=registers(ours(1, "a"))),),
        "the image moves after the write": (On(action=_REGISTER, after=pushes("c", "latest")),),
        "the image moves and moves back": (
            On(action=_REGISTER, nth=1, after=pushes("c", "latest")),
            On(action=_REGISTER, nth=2, after=pushes("b", "latest")),
        ),
        "the image moves after every write": (
            On(
                action=_REGISTER,
                times=_ALWAYS,
                after=lambda world: world.push("cdefghijk"[world.counted[_REGISTER, ""]], "latest"),
            ),
        ),
        "the tag is deleted after the write": (On(action=_REGISTER, after=untags("latest")),),
        "the read is revoked before the write": (On(action=_REGISTER, before=deregisters(1)),),
        "the answer is lost, and the write stands": (On(action=_REGISTER, fault="timeout-after"),),
        "the answer is lost, and somebody wrote on top": (
            On(action=_REGISTER, fault="reset-after", after=_CHANGE),
        ),
        "the answer is lost, and somebody wrote before": (
            On(action=_REGISTER, fault="error-after", before=_CHANGE),
        ),
        "the answer is lost, and another run wrote the same": (
            On(action=_REGISTER, fault="timeout", before=registers(ours(1, "b"))),
        ),
        "the answer names an older revision": (On(action=_REGISTER, answer={"revision": 1}),),
        "the answer names no revision": (On(action=_REGISTER, answer={"jobDefinitionName": "job"}),),
        "refused": (On(action=_REGISTER, fault="refused"),),
        "throttled thrice": (On(action=_REGISTER, times=3, fault="throttle"),),
        "throttled four times": (On(action=_REGISTER, times=4, fault="throttle"),),
        "a list without its member": (On(action=_DESCRIBE, answer={}),),
        "a list of something else": (On(action=_DESCRIBE, answer={"jobDefinitions": [{"revision": 1}]}),),
        "images without their member": (On(action=_IMAGES, answer={}),),
        "images without a digest": (
            On(action=_IMAGES, answer={"imageDetails": [{"imageTags": ["latest"]}]}),
        ),
        "no image at the look after writing": (On(action=_IMAGES, nth=2, answer={"imageDetails": []}),),
    }.items()
}
SCENARIOS |= {
    "lag: a conflict, and its revisions show late": Scenario(
        revisions=(job("a"),),
        before=(answers(hide_new_for=3),),
        happens=(On(action=_REGISTER, before=_CHANGE),),
    ),
    "lag: the own revision does not show at all": Scenario(
        revisions=(job("a"),),
        before=(answers(hide_new_for=100),),
        happens=(On(action=_REGISTER, before=_CHANGE),),
    ),
    "lag: of a copied revision": Scenario(
        revisions=(job("a"),),
        before=(answers(hide_new_for=2), registers(job("a", **_SETTINGS), ours(1, "a"))),
    ),
    "pages: one revision each": Scenario(
        revisions=(job("a"), job("a", **_SETTINGS), ours(1, "a")), before=(answers(page_size=1),)
    ),
    "pages: an empty one first": Scenario(revisions=(job("a"),), before=(answers(empty_pages=True),)),
    "two definitions: a conflict at one": Scenario(
        revisions=(job("a", "one"), job("a", "two")),
        happens=(On(action=_REGISTER, definition="two", before=registers(job("a", "two", **_SETTINGS))),),
    ),
    "two definitions: the image moves after both writes": Scenario(
        revisions=(job("a", "one"), job("a", "two")),
        happens=(On(action=_IMAGES, nth=2, before=pushes("c", "latest")),),
    ),
    "two definitions: one is refused": Scenario(
        revisions=(job("a", "one"), job("a", "two")),
        happens=(On(action=_REGISTER, definition="one", times=_ALWAYS, fault="access-denied"),),
    ),
    "two definitions: one fails, and the image moves": Scenario(
        revisions=(job("a", "one"), job("a", "two")),
        happens=(
            On(action=_REGISTER, definition="one", fault="refused"),
            On(action=_IMAGES, nth=2, before=pushes("c", "latest")),
        ),
    ),
    "two definitions: one can't be read": Scenario(
        revisions=(job("a", "one"), job("a", "two")),
        happens=(On(action=_DESCRIBE, definition="two", times=_ALWAYS, fault="access-denied"),),
    ),
    "two definitions: the look after writing fails": Scenario(
        revisions=(job("a", "one"), job("a", "two")),
        happens=(On(action=_IMAGES, nth=2, fault="access-denied"),),
    ),
    "two definitions: one was up to date": Scenario(revisions=(job("b", "one"), job("a", "two"))),
    "two definitions: one is not there, one is INACTIVE": Scenario(
        revisions=(job("a", "one"), job("a", "two")),
        pair={"jobDefinitions": ["one", "two", "three"]},
        before=(deregisters(1, name="two"),),
    ),
    "two definitions: one uses another repository": Scenario(
        revisions=(job("busybox", "one"), job("a", "two")),
    ),
    "five definitions": Scenario(
        revisions=tuple(job("a", f"job-{number}") for number in range(5)), steps=(RECONCILE,)
    ),
    "retry: a second attempt after a refusal": Scenario(
        revisions=(job("a"),), happens=(On(action=_REGISTER, fault="access-denied"),), attempts=3
    ),
    "time: none for the first call": Scenario(revisions=(job("a"),), steps=(RECONCILE,), seconds=0.05),
    "time: short": Scenario(revisions=(job("a"),), seconds=3),
    "time: runs out while somebody keeps registering": Scenario(
        revisions=(job("a"),), happens=(On(action=_REGISTER, times=_ALWAYS, before=_CHANGE),), seconds=1.2
    ),
    "time: runs out while reads lag": Scenario(
        revisions=(job("a"),),
        before=(answers(hide_new_for=100),),
        happens=(On(action=_REGISTER, before=_CHANGE),),
        seconds=5,
    ),
    "time: runs out after a slow registration": Scenario(
        revisions=(job("a"),), happens=(On(action=_REGISTER, after=passes(50)),), seconds=60
    ),
    "time: runs out before a registration": Scenario(
        revisions=(job("a"),), happens=(On(action=_IMAGES, after=passes(260)),), pair={"timeoutSeconds": 900}
    ),
    "time: runs out while throttled": Scenario(
        revisions=(job("a"),), happens=(On(action=_REGISTER, times=_ALWAYS, fault="throttle"),), seconds=4
    ),
    "time: runs out after a call without an answer": Scenario(
        revisions=(job("a"),), happens=(On(action=_REGISTER, times=_ALWAYS, fault="timeout"),), seconds=30
    ),
    "time: runs out while ECR is doubted": Scenario(
        images=(Image(letter="a", tags=("latest",), minutes=100),), steps=(push(),), seconds=2
    ),
    "no revision of the definition": Scenario(revisions=(), pair={"jobDefinitions": ["job"]}),
    "all revisions are INACTIVE": Scenario(revisions=(job("a"),), before=(deregisters(1),)),
}
