"""What more job definitions cost a run: time, calls and memory, with every call taking 50 ms.

python -m benchmarks.definitions
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from benchmarks.figure import Figure, show
from benchmarks.runtime import Bench
from local.functions.sandbox import Outcome

_LATENCY = 0.05
_COUNTS = (1, 10, 50)
_ROUNDS = 7
_MOST_TIME = 1.5
_MOST_MEMORY = 128.0


def figures() -> Iterator[Figure]:
    """A process that is warm, as it is for most pushes; medians of the rounds."""
    base = 0.0
    for count in _COUNTS:
        with Bench(definitions=count, latency=_LATENCY) as bench, bench.process(bench.packaged) as sandbox:
            # The first invocation makes the connections, whose number is no figure here.
            bench.run(sandbox)
            durations: list[float] = []
            outcome: Outcome
            for _ in range(_ROUNDS):
                bench.push()
                outcome, seen = bench.run(sandbox)
                durations.append(outcome.duration_ms)
            _, idle = bench.run(sandbox)
        name = f"{count} definition{'s' if count > 1 else ''}, {_LATENCY * 1000:.0f} ms a call"
        duration = statistics.median(durations)
        base = base or duration
        yield Figure(name=f"{name}: time of a run", value=duration, unit="ms")
        if count > 1:
            yield Figure(
                name=f"{name}: as a multiple of the time of one",
                value=duration / base,
                unit="x",
                limit=_MOST_TIME,
            )
        yield Figure(name=f"{name}: calls", value=seen.calls.total(), unit="calls", limit=2 + 2 * count)
        yield Figure(
            name=f"{name}: calls where nothing is to do",
            value=idle.calls.total(),
            unit="calls",
            limit=1 + count,
        )
        yield Figure(name=f"{name}: peak memory", value=outcome.peak_mb or 0, unit="MB", limit=_MOST_MEMORY)


if __name__ == "__main__":
    show(figures())
