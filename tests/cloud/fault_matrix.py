"""``python -m tests.cloud.fault_matrix``: each AWS call of the function times each fault, in Markdown.

A case spoils one call, pushes an image, waits until no retry is left, and compares what the function said
with what AWS Batch holds.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.deploy import deploy_program
from local.faults import AFTER, BEFORE

if TYPE_CHECKING:
    from local.cloud import Cloud

_PROJECT = Path(__file__).resolve().parents[2]
_PAIR, _REPOSITORY, _DEFINITION = "matrix", "matrix-images", "matrix-job"
_ROLE = "arn:aws:iam::123456789012:role/matrix-job"
# The function waits a thirtieth of its timeout for an answer: one second.
_TIMEOUT_SECONDS = 30
_ALWAYS = 1000
_PROCESSES = 8
_NO_SETTINGS = ("jobDefinitionArn", "revision", "tags", "containerProperties")


@dataclass(frozen=True)
class Step:
    """One AWS call of a run; ``after_calls`` calls of the action go well before it."""

    action: str
    after_calls: int = 0
    kinds: tuple[str, ...] = BEFORE

    @property
    def name(self) -> str:
        return self.action + (", after writing" if self.after_calls else "")


STEPS = (
    Step("batch:DescribeJobDefinitions"),
    Step("ecr:DescribeImages"),
    Step("batch:RegisterJobDefinition", kinds=BEFORE + AFTER),
    Step("ecr:DescribeImages", after_calls=1),
    Step("events:PutEvents"),
)
LEFT_OUT = (
    f"Left out: {', '.join(AFTER)} of the calls that read or publish. A read takes no effect, so that its "
    "answer is lost in the same way before and after; a notice whose answer is lost comes twice at worst."
)


@dataclass(frozen=True)
class Case:
    """One cell of the table."""

    step: Step
    kind: str
    always: bool

    @property
    def took_effect(self) -> bool:
        """Whether a registration stands, of which no more than the answer or the notice is lost."""
        if self.step.action == "events:PutEvents":
            return True
        spoilt_later = self.kind.endswith("-after") or self.kind == "malformed"
        return self.step.action == "batch:RegisterJobDefinition" and spoilt_later


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What came of a case.

    ``statuses`` are those of the invocations, ``outcomes`` the words of the function's records, ``right``
    whether the newest revision carries the pushed image and all of the settings, ``added`` how many
    revisions there are more, ``queued`` the errors that reached the failure queue.
    """

    faults: int
    statuses: tuple[str, ...]
    outcomes: tuple[str, ...]
    right: bool
    added: int
    queued: tuple[str, ...]

    @property
    def problem(self) -> str:
        """A success that is none, a failure that nobody hears of, or a case that proves nothing; else ""."""
        if not self.faults:
            return "the fault did not happen"
        if self.statuses[-1:] == ("success",):
            claimed = {"updated", "skipped"} & set(self.outcomes[-1:])
            if not claimed:
                return "a success that tells nothing"
            if not self.right:
                return "a success that is none"
            return "a failure message for a success" if self.queued else ""
        if "success" in self.statuses:
            return "started again after a success"
        if len(self.statuses) != 3:
            return f"{len(self.statuses)} invocations"
        return "" if len(self.queued) == 1 else f"{len(self.queued)} messages in the failure queue"

    def __str__(self) -> str:
        """The cell of the table."""
        if self.problem:
            return f"WRONG: {self.problem}"
        extra = f", {self.added} revisions" if self.added > 1 else ""
        if self.queued:
            there = "; the right revision stands" if self.right else ""
            return f"queue ({self.queued[0]}){there}{extra}"
        retries = len(self.statuses) - 1
        return "right" + (f", retry {retries}" if retries else "") + extra


def cases() -> list[Case]:
    """Every case, those that last long first."""
    every = [Case(step, kind, always) for step in STEPS for kind in step.kinds for always in (True, False)]
    return sorted(every, key=lambda case: (not case.always, not case.kind.startswith("timeout")))


def run(processes: int = _PROCESSES) -> dict[Case, Seen]:
    """Runs every case; most of the time is waiting, so it takes more processes than there are cores.

    moto keeps its memory per process, hence a process for each local cloud.
    """
    context = multiprocessing.get_context("spawn")
    everything = cases()
    with ProcessPoolExecutor(
        processes, mp_context=context, initializer=_share, initargs=(context.Value("i", 0),)
    ) as pool:
        shares = [pool.submit(_work, everything) for _ in range(processes)]
        return {case: seen for share in shares for case, seen in share.result()}


def table(seen: dict[Case, Seen]) -> str:
    """The results as a Markdown table."""
    lines = ["| call | fault | once | always |", "|---|---|---|---|"]
    for step in STEPS:
        for kind in step.kinds:
            once, always = (seen[Case(step, kind, always)] for always in (False, True))
            lines.append(f"| {step.name} | {kind} | {once} | {always} |")
    return "\n".join(lines)


_next: Any = None


def _share(counter: Any) -> None:
    global _next  # noqa: PLW0603 - a process is told of what it shares with the others once, at its start
    _next = counter


def _work(everything: Sequence[Case]) -> list[tuple[Case, Seen]]:
    """Takes case after case until none is left."""
    from local.cloud import Cloud  # noqa: PLC0415 - needs awslambdaric, which exists for Linux alone

    done: list[tuple[Case, Seen]] = []
    with Cloud(time_factor=0.001) as cloud:
        stage = _Stage(cloud)
        while (index := _take()) < len(everything):
            done.append((everything[index], stage.play(everything[index])))
    return done


def _take() -> int:
    with _next.get_lock():
        index: int = _next.value
        _next.value = index + 1
    return index


class _Stage:
    """A local cloud with the program deployed to it."""

    def __init__(self, cloud: Cloud) -> None:
        from local.seed import seed_pair  # noqa: PLC0415 - as above

        pair = {
            "repository": _REPOSITORY,
            "jobDefinitions": [_DEFINITION],
            "passRoles": [_ROLE],
            "timeoutSeconds": _TIMEOUT_SECONDS,
        }
        self._cloud = cloud
        seed_pair(cloud, repository=_REPOSITORY, job_definitions=[_DEFINITION], roles=[_ROLE])
        config = {"ecr-batch-updater:pairs": {_PAIR: pair}}
        self._outputs = deploy_program(cloud, "dev", project_dir=_PROJECT, config=config)["pairs"][_PAIR]
        self._pushes = 0

    def play(self, case: Case) -> Seen:
        """Runs one case. Each leaves the cloud settled, with no fault waiting and an empty queue."""
        from local.seed import push  # noqa: PLC0415 - as above

        cloud, faults = self._cloud, self._cloud.faults
        before, lines = self._newest(), len(self._lines())
        times = _ALWAYS if case.always else 1
        faults.add(case.step.action, case.kind, times, after_calls=case.step.after_calls)
        self._pushes += 1
        digest = push(cloud, _REPOSITORY, f"build {self._pushes}")
        cloud.settle()
        waiting = 0
        while faults.take(case.step.action) is not None:
            waiting += 1
        faults.clear()
        records, after = self._lines()[lines:], self._newest()
        return Seen(
            faults=times - waiting,
            statuses=tuple(
                record["record"]["status"] for record in records if record.get("type") == "platform.report"
            ),
            outcomes=tuple(record["outcome"] for record in records if "outcome" in record),
            right=_image(after).endswith(f"@{digest}") and _settings(after) == _settings(before),
            added=after["revision"] - before["revision"],
            queued=self._queued(),
        )

    def _newest(self) -> dict[str, Any]:
        revisions, _ = self._cloud.batch.describe(name=_DEFINITION, status="ACTIVE")
        return revisions[0]

    def _lines(self) -> list[dict[str, Any]]:
        pages = self._cloud.client("logs").get_paginator("filter_log_events")
        return [
            json.loads(event["message"])
            for page in pages.paginate(logGroupName=self._outputs["logGroup"])
            for event in page["events"]
            if event["message"].startswith("{")
        ]

    def _queued(self) -> tuple[str, ...]:
        sqs, url = self._cloud.client("sqs"), self._outputs["queueUrl"]
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return tuple(_error(json.loads(message["Body"])) for message in messages)


def _image(revision: dict[str, Any]) -> str:
    return str(revision["containerProperties"]["image"])


def _settings(revision: dict[str, Any]) -> dict[str, Any]:
    container = {key: value for key, value in revision["containerProperties"].items() if key != "image"}
    theirs = {
        key: value for key, value in revision["tags"].items() if not key.startswith("ecr-batch-updater/")
    }
    rest = {key: value for key, value in revision.items() if key not in _NO_SETTINGS}
    return {**rest, "containerProperties": container, "tags": theirs}


def _error(record: dict[str, Any]) -> str:
    """The error of the one definition, out of the function's "…: <definition>: <error>: <reason>"."""
    message = str(record["responsePayload"].get("errorMessage", ""))
    _, found, rest = message.partition(f"{_DEFINITION}: ")
    return rest.partition(":")[0] if found else str(record["responsePayload"].get("errorType"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; 1 when a case went wrong, 0 when none did."""
    parser = argparse.ArgumentParser(prog="python -m tests.cloud.fault_matrix", description=__doc__)
    parser.add_argument("--processes", type=int, default=_PROCESSES, help="local clouds side by side")
    seen = run(parser.parse_args(arguments).processes)
    print(table(seen))
    print(f"\n{LEFT_OUT}")
    return int(any(each.problem for each in seen.values()))


if __name__ == "__main__":
    sys.exit(main())
