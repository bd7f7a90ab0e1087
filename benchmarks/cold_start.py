"""From the start of a process to its first registration, against a plain boto3 program.

python -m benchmarks.cold_start [ROUNDS]
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator

from benchmarks.figure import Figure, show
from benchmarks.runtime import Bench, Seen

_MOST = 0.95


def figures(rounds: int = 40) -> Iterator[Figure]:
    """Both programs by turns, so that whatever else the machine does befalls both; medians of ``rounds``."""
    packaged: list[Seen] = []
    plain: list[Seen] = []
    with Bench() as bench:
        for _ in range(rounds):
            packaged.append(bench.start(bench.packaged))
            plain.append(bench.start(bench.plain))
    loading, whole = (
        statistics.median(getattr(each, what) for each in packaged) for what in ("loading", "wall")
    )
    yield Figure(
        name="cold start: interpreter, imports and clients, of the wall time",
        value=loading / whole * 100,
        unit="%",
    )
    for what in ("wall", "cpu"):
        ours, theirs = (
            statistics.median(getattr(each, what) for each in seen) * 1000 for seen in (packaged, plain)
        )
        name = f"cold start to first registration, {what} time"
        yield Figure(name=name, value=ours, unit="ms")
        yield Figure(name=f"{name}, plain boto3 program", value=theirs, unit="ms")
        yield Figure(
            name=f"{name}, as a share of the plain program's", value=ours / theirs, unit="x", limit=_MOST
        )


if __name__ == "__main__":
    show(figures(*map(int, sys.argv[1:])))
