"""Evaluating the Pulumi program: time and memory by the number of pairs, without an engine.

Every size has a process of its own, with mocks in place of engine and provider.

    python -m benchmarks.evaluation
"""

from __future__ import annotations

import asyncio
import json
import runpy
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import mocks, settings, stack

from benchmarks.figure import Figure, show

_ROOT = Path(__file__).resolve().parents[1]
_SIZES = (1, 10, 100, 300)
# The share by which the time of a pair may grow from the middle to the largest size.
_LINEAR = 1.25
_ROUNDS = 3


def figures() -> Iterator[Figure]:
    """The best of a few rounds each; what one pair adds is told between neighbouring sizes."""
    before = (0, 0.0, 0.0)
    added: list[float] = []
    for pairs in _SIZES:
        rounds = [_evaluated(pairs) for _ in range(_ROUNDS)]
        seconds, megabytes = (min(each[index] for each in rounds) for index in (0, 1))
        yield Figure(name=f"evaluating {pairs} pairs: time", value=seconds, unit="s")
        yield Figure(name=f"evaluating {pairs} pairs: peak memory", value=megabytes, unit="MB")
        if before[0]:
            more = pairs - before[0]
            added.append((seconds - before[1]) / more * 1000)
            yield Figure(name=f"evaluating {pairs} pairs: time that a pair adds", value=added[-1], unit="ms")
            yield Figure(
                name=f"evaluating {pairs} pairs: memory that a pair adds",
                value=(megabytes - before[2]) / more,
                unit="MB",
            )
        before = (pairs, seconds, megabytes)
    yield Figure(
        name="evaluating: time that a pair adds, from 100 to 300 against from 10 to 100",
        value=added[-1] / added[-2],
        unit="x",
        limit=_LINEAR,
    )


def _evaluated(pairs: int) -> tuple[float, float]:
    """Seconds and peak megabytes of a process that evaluates a stack of that many pairs."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.evaluation", str(pairs)],
        cwd=_ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, megabytes = json.loads(done.stdout)
    return seconds, megabytes


class _Mocks(mocks.Mocks):
    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:  # type: ignore[override]
        return {
            "partition": "aws",
            "region": "ap-southeast-2",
            "accountId": "123456789012",
            "dnsSuffix": "amazonaws.com",
            "id": args.token,
        }

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        return args.name, {**args.inputs, "arn": f"arn:aws:any:::{args.name}", "url": args.name}


def _evaluate(pairs: int) -> tuple[float, float]:
    config = {
        f"pair-{number:03d}": {
            "repository": f"team/repository-{number:03d}",
            "jobDefinitions": [f"job-{number:03d}"],
            "passRoles": ["arn:aws:iam::123456789012:role/job"],
        }
        for number in range(pairs)
    }
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    pulumi.runtime.set_mocks(_Mocks(), project="ecr-batch-updater", stack="bench")
    pulumi.runtime.set_all_config({"ecr-batch-updater:pairs": json.dumps(config)})
    settings.set_root_resource(None)  # type: ignore[arg-type]

    def run() -> None:
        runpy.run_path(str(_ROOT / "__main__.py"), run_name="__main__")

    begun = time.perf_counter()
    loop.run_until_complete(stack.run_in_stack(run))
    return time.perf_counter() - begun, _peak_mb()


def _peak_mb() -> float:
    """proc(5). Unlike getrusage's, it does not start from the process that this one was forked from."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    if len(sys.argv) > 1:
        # Pulumi's AWS package warns about classes of its own.
        warnings.simplefilter("ignore")
        print(json.dumps(_evaluate(int(sys.argv[1]))))
    else:
        show(figures())
