"""``ecr-batch history`` and ``monitor``: what was."""

from __future__ import annotations

from typing import Any

from tests.replay.aws import Image, On
from tests.replay.scenario import deregisters, job, ours
from tests.replay.tool.changes import BASE, answers, fault, lacks, outcome, presses_ctrl_c, wrote
from tests.replay.tool.situation import CURRENT, STACK, TWO, Change, Situation, stack

_TOOL = {"ecr-batch-updater/event-id": "ecr-batch hold by arn:aws:iam::123456789012:user/alice"}
_PAST = (
    job("a"),
    ours(1, "b"),
    ours(2, "b", hold="bad model", tags=_TOOL),
    job("b", command=["other"], memory=5, environment=[], readonlyRootFilesystem=True),
    {**ours(4, ":latest"), "timeout": {"attemptDurationSeconds": 60}},
    job("busybox:1"),
)
_EVENTS: tuple[Change, ...] = (
    outcome(90, "updated", "tag latest is new", newRevision=2, newImage="x/y@sha256:" + "b" * 64),
    outcome(80, "skipped", "already on\nthe selected image", previousImage="x/y:latest"),
    outcome(70, "failed", "it is denied"),
    outcome(60, "skipped", "a rehearsal", dryRun=True),
    wrote(50, errorType="UpdateFailed", errorMessage="1 of 1 failed"),
    wrote(40, errorType="EventError", errorMessage="no such event", level="ERROR"),
    wrote(30, level="ERROR", message="something"),
    wrote(20, type="platform.report", record={"status": "timeout"}),
    wrote(19, type="platform.report", record={"status": "error"}),
    wrote(18, type="platform.report", record={"status": "success"}),
    outcome(1, "updated", "just now", previousRevision=None),
)
_LATER = (outcome(-0.04, "updated", "later"), outcome(-0.1, "failed", "later still"))
_PRESS = {"group": f"/aws/lambda/{BASE.removesuffix('ocr')}press", "definition": "news"}
_FILTER = "logs:FilterLogEvents"


def _history(options: str = "", **how: Any) -> Situation:
    return Situation(words=f"history job{options}", **{"revisions": _PAST, **how})


def _monitor(options: str, **how: Any) -> Situation:
    return Situation(words=f"monitor{options}", **{"before": _EVENTS, **how})


SITUATIONS: dict[str, Situation] = {
    f"ecr-batch history: {name}": situation
    for name, situation in {
        "a past": _history(),
        "a past, as JSON": Situation(words="-o json history job", revisions=_PAST),
        "one revision": _history(revisions=(job("a"),)),
        "a copy that bears our tags": _history(revisions=(*CURRENT, CURRENT[1])),
        "some of them": _history(" --limit 2"),
        "some of them, as JSON": Situation(words="-o json history --limit 2 job", revisions=_PAST),
        "more than are shown": _history(revisions=tuple(job("a", memory=n) for n in range(25))),
        "all of them": _history(" --all", revisions=tuple(job("a") for _ in range(25))),
        "with INACTIVE ones": _history(" --inactive", before=(deregisters(1, 3),)),
        "without INACTIVE ones": _history(before=(deregisters(1, 3),)),
        "none ACTIVE": _history(revisions=(job("a"),), before=(deregisters(1),)),
        "none at all": _history(" --inactive", revisions=()),
        "none at all, as JSON": Situation(words="-o json history job", revisions=()),
        "on a narrow terminal": _history(screen=70),
        "differences": _history(" --diff 1 4"),
        "differences, as JSON": Situation(words="-o json history job --diff 4 3", revisions=_PAST),
        "differences with an INACTIVE one": _history(" --diff 1 2", before=(deregisters(1),)),
        "no differences": _history(" --diff 2 2"),
        "differences with none": _history(" --diff 1 9"),
        "another definition": Situation(words="history other"),
        "another pair's definition": Situation(words="-p ocr history news", stack=TWO),
        "no definition": Situation(words="history"),
        "a limit of none": _history(" --limit 0"),
        "denied": _history(happens=(fault("access-denied", "batch:DescribeJobDefinitions"),)),
        "a malformed answer": _history(happens=(answers("batch:DescribeJobDefinitions", {}),)),
        "interrupted": _history(happens=(On(action="batch:DescribeJobDefinitions", before=presses_ctrl_c),)),
        "another account": Situation(
            words="history job", stack={**STACK, "aws:allowedAccountIds": ["999999999999"]}, deployed=STACK
        ),
    }.items()
}
SITUATIONS |= {
    f"ecr-batch monitor: {name}": situation
    for name, situation in {
        "what was": _monitor(" --since 2h"),
        "what was, as JSON": Situation(words="-o json monitor --since 2h", before=_EVENTS),
        "nothing was": _monitor(" --since 10s"),
        "nothing was, as JSON": Situation(words="-o json monitor --since 10s"),
        "what was, on a terminal": _monitor(" --since 2h", screen=60),
        "two pairs": _monitor(
            " --since 2h",
            stack=TWO,
            before=(
                *_EVENTS,
                wrote(75, group=_PRESS["group"], outcome="updated", jobDefinition="news", reason="its own"),
            ),
        ),
        "one of two pairs": Situation(words="-p press monitor --since 2h", stack=TWO, before=_EVENTS),
        "following": _monitor("", before=(*_EVENTS, *_LATER), interrupted=3),
        "following, as JSON": Situation(words="-o json monitor", before=(*_EVENTS, *_LATER), interrupted=3),
        "what was, and following": _monitor(
            " --since 1h -f --interval 10", before=(*_EVENTS, *_LATER), interrupted=1
        ),
        "no log group": _monitor(" --since 1h", before=(lacks("LogGroup"),)),
        "denied": _monitor(" --since 1h", happens=(fault("access-denied", _FILTER),)),
        "denied while following": _monitor("", happens=(fault("access-denied", _FILTER, nth=2),)),
        "a server error once": _monitor(" --since 1h", happens=(fault("server-error", _FILTER, times=1),)),
        "not reached": _monitor(" --since 1h", happens=(fault("unreachable", _FILTER),)),
        "a duration of nonsense": _monitor(" --since yesterday"),
        "an interval of nonsense": _monitor(" --interval 0"),
        "interrupted at once": _monitor("", happens=(On(action=_FILTER, before=presses_ctrl_c),)),
        "a later image": _monitor(" --since 1h", images=(Image(letter="c"),), stack=stack(imageTag="x")),
    }.items()
}
