"""``ecr-batch status``: every state, both outputs, ``--wait`` and ``--watch``."""

from __future__ import annotations

from typing import Any

from tests.replay.aws import Image, On
from tests.replay.scenario import answers as batch_answers
from tests.replay.scenario import deregisters, job, ours, pushes, registers
from tests.replay.tool.changes import answers, fault, outcome, presses_ctrl_c, wrote
from tests.replay.tool.situation import (
    BEHIND,
    CURRENT,
    FOREIGN,
    HELD,
    OLDER,
    ROLES,
    STACK,
    TWO,
    Situation,
    stack,
)

_TWO = (job("a"), job(":stable", "news"), job("a", "index"))
_IMAGES = (OLDER, Image(letter="b", tags=("latest", "stable"), minutes=1))
_LOGS = (
    outcome(5000, "failed", "tag latest is\nunreadable"),
    outcome(100, "failed", "no such image", newImage="x"),
    outcome(90, "updated", "a rehearsal", dryRun=True),
)
_DESCRIBE, _LATEST = "batch:DescribeJobDefinitions", "ecr:DescribeImages"
_FOLLOWS = On(action=_DESCRIBE, nth=3, before=registers(ours(1, "b")))


def _json(**how: Any) -> Situation:
    return Situation(words="-o json status", **how)


_STATES: dict[str, dict[str, Any]] = {
    "current": {},
    "behind": {"revisions": BEHIND},
    "on hold": {"revisions": HELD},
    "foreign": {"revisions": FOREIGN},
    "missing": {"revisions": ()},
    "inactive": {"before": (deregisters(1, 2),)},
    "no image": {"images": (OLDER,)},
    "no repository": {"repositories": ()},
    "blocked": {"revisions": (job("a", tags={f"t{n}": "x" for n in range(49)}),)},
    "kept": {"revisions": (job("a"), ours(1, "b"), ours(2, "a")), "stack": stack(stepBack={"queues": ["q"]})},
    "gated": {"revisions": BEHIND, "stack": stack(requires={"minAge": "10m"})},
    "paused and behind": {"revisions": BEHIND, "stack": stack(paused=True)},
    "two pairs": {"revisions": _TWO, "images": _IMAGES, "stack": TWO},
}
SITUATIONS: dict[str, Situation] = {
    f"ecr-batch status: {name}{'' if words == 'status' else ', as JSON'}": Situation(
        words=words, deployed=TWO if how.get("stack") is TWO else STACK, **{"stack": STACK, **how}
    )
    for name, how in _STATES.items()
    for words in ("status", "-o json status")
}
SITUATIONS |= {
    f"ecr-batch status: {name}": situation
    for name, situation in {
        "one of two pairs": Situation(words="-p press status", revisions=_TWO, images=_IMAGES, stack=TWO),
        "last outcomes": Situation(words="status", before=_LOGS),
        "last outcomes, as JSON": _json(before=_LOGS),
        "last outcomes of a pair with dryRun": _json(before=_LOGS, stack=stack(dryRun=True), deployed=STACK),
        "last outcome on another page": _json(
            before=(*_LOGS, *(outcome(50, "skipped", f"number {n}") for n in range(101)))
        ),
        "log lines that are none of ours": _json(
            before=(wrote(5, outcome="updated"), wrote(5, level="ERROR"))
        ),
        "on a terminal": Situation(words="status", screen=120, before=_LOGS),
        "on a narrow terminal": Situation(words="status", screen=50, revisions=BEHIND),
        "without colours": Situation(words="status", screen=120, environment={"NO_COLOR": "1"}),
        "with progress": Situation(words="status", progress=True),
        "several pages of revisions": _json(
            revisions=tuple(job("a") for _ in range(130)), before=(batch_answers(page_size=50),)
        ),
        "a tag that somebody made up": Situation(
            words="status", revisions=(ours(1, "b", tags={"ecr-batch-updater/updated-at": "soon"}),)
        ),
        "denied batch": _json(happens=(fault("access-denied", _DESCRIBE),)),
        "denied ecr": Situation(words="status", happens=(fault("access-denied", _LATEST),)),
        "denied logs": Situation(words="status", happens=(fault("access-denied", "logs:FilterLogEvents"),)),
        "throttled once": Situation(words="status", happens=(fault("throttle", _DESCRIBE, times=1),)),
        "throttled for good": Situation(words="status", happens=(fault("throttle", _DESCRIBE),)),
        "the connection is lost": Situation(words="status", happens=(fault("reset", _LATEST),)),
        "no answer": Situation(words="status", happens=(fault("timeout", _LATEST),)),
        "an answer that is cut off": Situation(words="status", happens=(fault("malformed", _DESCRIBE),)),
        "an answer without members": Situation(words="status", happens=(answers(_LATEST, {}),)),
        "interrupted": Situation(
            words="status", happens=(On(action="ecr:DescribeImages", before=presses_ctrl_c),)
        ),
        "--wait, current": Situation(words="status --wait"),
        "--wait until current": Situation(words="status --wait", revisions=BEHIND, happens=(_FOLLOWS,)),
        "--wait until current, as JSON": _json(revisions=CURRENT, before=(pushes("c", "latest"),)),
        "--wait, on hold": Situation(words="status --wait", revisions=HELD),
        "--wait, paused": Situation(
            words="status --wait", revisions=BEHIND, stack=stack(paused=True), deployed=STACK
        ),
        "--wait, dry run": Situation(
            words="-o json status --wait", revisions=BEHIND, stack=stack(dryRun=True), deployed=STACK
        ),
        "--wait, the time is over": Situation(
            words="status --wait --timeout 12s --interval 5", revisions=BEHIND
        ),
        "--wait, interrupted": Situation(words="status --wait", revisions=BEHIND, interrupted=2),
        "--wait, AWS refuses meanwhile": Situation(
            words="status --wait", revisions=BEHIND, happens=(fault("access-denied", _DESCRIBE, nth=2),)
        ),
        "--watch, interrupted": Situation(words="status --watch", interrupted=2, before=_LOGS),
        "--watch as JSON, interrupted": Situation(
            words="-o json status -w --interval 60",
            interrupted=3,
            revisions=BEHIND,
            happens=(_FOLLOWS,),
            before=(outcome(-2.5, "updated", "now"),),
        ),
        "--watch on a terminal": Situation(words="status --watch", interrupted=1, screen=120),
        "--watch and --wait": Situation(words="status --watch --wait"),
        "--timeout alone": Situation(words="status --timeout 5m"),
        "--timeout of nonsense": Situation(words="status --wait --timeout soon"),
        "--timeout too long": Situation(words="status --wait --timeout 4000d"),
        "--interval too short": Situation(words="status --watch --interval 0"),
        "an unknown pair": Situation(words="-p other status"),
        "another region": Situation(words="--region us-east-1 status", revisions=()),
        "another endpoint": Situation(words="--endpoint-url http://127.0.0.1:4566 -o json status"),
        "containers of EKS": _json(
            revisions=(
                {
                    "jobDefinitionName": "job",
                    "type": "container",
                    "eksProperties": {
                        "podProperties": {
                            "containers": [
                                {"name": "main", "image": job("a", **ROLES)["containerProperties"]["image"]}
                            ]
                        }
                    },
                },
            )
        ),
    }.items()
}
