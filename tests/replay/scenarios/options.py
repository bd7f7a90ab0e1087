"""The other options of a pair, and the limits of what Batch takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.replay.aws import On
from tests.replay.scenario import OURS, RECONCILE, Document, Scenario, deregisters, job, ours, push, registers

_MANY = tuple(ours(number, "a") for number in range(1, 6))
_SETTINGS: Document = {"command": ["changed"]}


def _tagged(count: int, **more: Any) -> Document:
    return {**job(":v1"), "tags": {f"t{number}": "x" for number in range(count)}, **more}


def _sized(characters: int) -> Document:
    """A definition with that much in one variable."""
    return job(":v1", environment=[{"name": "LONG", "value": "x" * characters}])


_FUTURE = {
    **job(":v1", futureField=1),
    "futureTop": {"deep": [{"gone": 1, "kept": 2}]},
    "schedulingPriority": 7,
}


_FOREIGN = {
    "jobDefinitionName": "job",
    "type": "container",
    "ecsProperties": {
        "taskProperties": [
            {
                "containers": [
                    {"name": f"c{number}", "image": f"example.com/{number}{'/x' * 110}"}
                    for number in range(10)
                ]
            }
        ]
    },
}


def _options(pair: Mapping[str, Any], **more: Any) -> Scenario:
    return Scenario(pair=pair, **more)


SCENARIOS: dict[str, Scenario] = {
    "keepRevisions: two of six": _options({"keepRevisions": 2}, revisions=(job("a"), *_MANY)),
    "keepRevisions: more than there are": _options({"keepRevisions": 50}, revisions=(job("a"), *_MANY)),
    "keepRevisions: nothing was updated": _options(
        {"keepRevisions": 1}, revisions=(job("a"), *_MANY, job("b"))
    ),
    "keepRevisions: one that holds is spared": _options(
        {"keepRevisions": 1},
        revisions=(job("a"), ours(1, "a"), ours(2, "a", hold="broken"), job("c", **_SETTINGS)),
    ),
    "keepRevisions: somebody else's are spared": _options(
        {"keepRevisions": 1},
        revisions=(job("a"), ours(1, "a"), job("a", **_SETTINGS), ours(3, "a", **_SETTINGS)),
    ),
    "keepRevisions: a dry run": _options({"keepRevisions": 1, "dryRun": True}, revisions=(job("a"), *_MANY)),
    "keepRevisions: one can't go": _options(
        {"keepRevisions": 1},
        revisions=(job("a"), *_MANY),
        happens=(On(action="batch:DeregisterJobDefinition", nth=2, fault="access-denied"),),
    ),
    "keepRevisions: the log can't be read": _options(
        {"keepRevisions": 1},
        revisions=(job("a"), *_MANY),
        happens=(On(action="batch:DescribeJobDefinitions", nth=2, fault="access-denied"),),
    ),
    "keepRevisions: no time": _options({"keepRevisions": 1}, revisions=(job("a"), *_MANY), seconds=3.01),
    "keepRevisions: two definitions": _options(
        {"keepRevisions": 1},
        revisions=(job("a", "one"), ours(1, "a", name="one"), job("a", "two"), ours(1, "a", name="two")),
    ),
    "dryRun": _options({"dryRun": True}, revisions=(job("a", "one"), job("b", "two"))),
    "dryRun: held": _options(
        {"dryRun": True}, revisions=(job("a"), ours(1, "a", hold="broken"), job("c", **_SETTINGS))
    ),
    "dryRun: a failure": _options({"dryRun": True}, revisions=(job("busybox"),)),
    "dryRun: settings are restored": _options(
        {"dryRun": True}, revisions=(job("b"), job("b", **_SETTINGS), ours(1, "b"))
    ),
    "paused": _options(
        {"paused": True}, revisions=(job("a", "one"), job("a", "two")), steps=(push(), RECONCILE)
    ),
    "paused, dryRun": _options({"paused": True, "dryRun": True}),
    "paused: refuses what it always refuses": _options({"paused": True}, steps=({"action": "x"},)),
    "notify: off": _options({"notify": False}),
    "notify: off, a failure": _options({"notify": False}, revisions=(job("busybox"),)),
    "notify: a failure": _options({}, revisions=(job("busybox", "one"), job("a", "two"))),
    "notify: a failure, and publishing fails": _options(
        {},
        revisions=(job("busybox", "one"), job("a", "two")),
        happens=(On(action="events:PutEvents", times=9, fault="access-denied"),),
    ),
    "notify: a long reason": _options({}, revisions=(_FOREIGN,)),
    **{
        f"logLevel {level}": _options({"logLevel": level}, revisions=(job("a", "one"), job("busybox", "two")))
        for level in ("DEBUG", "ERROR")
    },
    "omitFields: none, and Batch refuses": _options(
        {},
        revisions=(_FUTURE,),
        happens=(On(action="batch:RegisterJobDefinition", fault="refused"),),
    ),
    "omitFields: a field, one within, one in a list": _options(
        {"omitFields": ["schedulingPriority", "containerProperties.futureField", "futureTop.deep.gone"]},
        revisions=(_FUTURE,),
    ),
    "omitFields: what is not there": _options({"omitFields": ["noSuchField", "containerProperties.image.x"]}),
    "omitFields: a copy without the field is a stale copy": _options(
        {"omitFields": ["schedulingPriority"]},
        revisions=(
            {**job("a"), "schedulingPriority": 7},
            {**job("a", **_SETTINGS), "schedulingPriority": 7},
            ours(1, "a"),
        ),
    ),
    "omitFields: a second run": _options(
        {"omitFields": ["schedulingPriority"]},
        revisions=({**job("a"), "schedulingPriority": 7},),
        steps=(RECONCILE, RECONCILE),
    ),
    "limit: 45 tags": _options({}, revisions=(_tagged(45),)),
    "limit: 46 tags, one of ours goes": _options({}, revisions=(_tagged(46),)),
    "limit: 48 tags": _options({}, revisions=(_tagged(48),)),
    "limit: 49 tags": _options({}, revisions=(_tagged(49),)),
    "limit: 50 tags": _options({}, revisions=(_tagged(50),)),
    "limit: 49 tags, pin tag": _options({"pin": "tag"}, revisions=(_tagged(49),)),
    "limit: 48 tags, pin tag": _options({"pin": "tag"}, revisions=(_tagged(48),)),
    "limit: 49 tags, a policy that needs them": _options(
        {"imagePolicy": {"glob": "l*"}}, revisions=(_tagged(49),), steps=(RECONCILE,)
    ),
    "limit: 49 tags, a policy that may go down": _options(
        {"imagePolicy": {"glob": "l*", "allowDowngrade": True}}, revisions=(_tagged(49),), steps=(RECONCILE,)
    ),
    "limit: propagateTags, pin tag": _options({"pin": "tag"}, revisions=(_tagged(2, propagateTags=True),)),
    "limit: propagateTags, a policy by time": _options(
        {"imagePolicy": {"glob": "l*"}}, revisions=(_tagged(2, propagateTags=True),), steps=(RECONCILE,)
    ),
    "limit: propagateTags, a hold": _options(
        {}, revisions=(job("a"), ours(1, "a", hold="broken"), _tagged(2, propagateTags=True))
    ),
    "limit: a hold and 49 tags": _options({}, revisions=(job("a"), ours(1, "a", hold="broken"), _tagged(49))),
    "limit: tags of ours that were copied along": _options(
        {}, revisions=(job(":v1", tags={f"{OURS}image-tag": "old", f"{OURS}more": "x"}),)
    ),
    "limit: an event's id with other characters": _options(
        {}, steps=({**push(), "id": "a;b#c" + "d" * 300},)
    ),
    **{
        f"limit: 24 KiB, {size} characters, pin {pin}": _options(
            {"pin": pin},
            revisions=(_sized(size),),
            # The store counts the white space, too.
            happens=(On(action="batch:RegisterJobDefinition", answer={"revision": 2}),),
        )
        for size, pin in (
            (23_500, "digest"),
            (23_750, "digest"),
            (23_900, "digest"),
            (24_000, "digest"),
            (24_000, "tag"),
            (24_100, "digest"),
        )
    },
    "limit: a long image reference": _options(
        {"repository": "team/" + "x" * 190},
        repositories=("team/" + "x" * 190,),
        revisions=(job("123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/" + "x" * 190 + ":v1"),),
        steps=(RECONCILE,),
    ),
    "limit: a long image reference, pin tag": _options(
        {"repository": "team/" + "x" * 190, "pin": "tag"},
        repositories=("team/" + "x" * 190,),
        revisions=(job("123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/" + "x" * 190 + ":v1"),),
        steps=(RECONCILE,),
    ),
    "secrets: what Batch quotes is not told": _options(
        {},
        revisions=(
            job(
                ":v1",
                environment=[{"name": "TOKEN", "value": 's3cr3t"token'}],
                command=["--password", "another-secret"],
                logConfiguration={"logDriver": "splunk", "options": {"splunk-token": "third-secret"}},
            ),
        ),
        happens=(On(action="batch:RegisterJobDefinition", fault="refused"),),
    ),
    "steps: retention over several runs": _options(
        {"keepRevisions": 2},
        revisions=(job("a"),),
        steps=(
            RECONCILE,
            registers(job("a", **_SETTINGS)),
            RECONCILE,
            registers(job("a")),
            RECONCILE,
            deregisters(1),
            RECONCILE,
        ),
    ),
}
