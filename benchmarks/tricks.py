"""What each trick of the cold start wins: the start without it, against the start with all of them.

    python -m benchmarks.tricks [ROUNDS]

A trick is taken out of a copy of the archive, by replacing the text that makes it. Measured is the CPU time
of the function's process, from its beginning to its first registration, and the part of that since the event.
Each start without a trick is compared with a start of the whole archive just before it, so that whatever else
the machine does befalls both: what is won is the median of these comparisons, with their quartiles. A round
takes half a second for each trick.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.runtime import Bench, Seen

ROUNDS = 60
Change = Callable[[Path], None]


@dataclass(frozen=True)
class Trick:
    """``without`` takes it out of an unpacked archive. Raises RuntimeError when it is not in there."""

    name: str
    without: Change


def replaced(file: str, *edits: tuple[str, str]) -> Change:
    """Replaces texts of one file, each of which must stand in it exactly once."""

    def change(directory: Path) -> None:
        path = directory / file
        text = path.read_text(encoding="utf-8")
        for old, new in edits:
            if text.count(old) != 1:
                raise RuntimeError(f"{old!r} stands in {file} {text.count(old)} times instead of once")
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")

    return change


_MODULE = "handler/cold_start.py"
_LISTING = ("def list_available_services", "def botocore_lists")
_ENDPOINTS = ('if name != "endpoints"', "if name")

TRICKS = (
    Trick("no more is read than clients of three services need", replaced(_MODULE, _LISTING, _ENDPOINTS)),
    Trick("  services are not listed", replaced(_MODULE, _LISTING)),
    Trick("  endpoints are not read", replaced(_MODULE, _ENDPOINTS)),
    Trick("models are read before the event", replaced("handler/entry.py", ("cold_start.load()\n", ""))),
    Trick("garbage is looked for seldom", replaced(_MODULE, ("gc.set_threshold(100_000)\n", ""))),
)


def main(rounds: int) -> None:
    """Measures and prints a table."""
    pairs: dict[str, list[tuple[Seen, Seen]]] = {trick.name: [] for trick in TRICKS}
    with Bench() as bench:
        programs = {
            trick.name: bench.variant(f"without-{number}", trick.without)
            for number, trick in enumerate(TRICKS)
        }
        for _ in range(rounds):
            for name, program in programs.items():
                pairs[name].append((bench.start(bench.packaged), bench.start(program)))
    print(f"{'':<52} {'the start':^29}   {'since the event':^29}")
    print(f"{'without':<52} " + "   ".join([f"{'ms':>6} {'won':>7} {'quartiles':>14}"] * 2))
    for name, seen in pairs.items():
        print(f"{name:<52} " + "   ".join(_compared(seen, what) for what in ("cpu", "cpu_event")))
    whole = [each for seen in pairs.values() for each, _ in seen]
    start, event = (statistics.median(getattr(each, what) for each in whole) for what in ("cpu", "cpu_event"))
    print(f"{f'with all of them, {rounds} rounds':<52} {start * 1000:6.1f}{'':26}{event * 1000:6.1f}")


def _compared(pairs: list[tuple[Seen, Seen]], what: str) -> str:
    without = statistics.median(getattr(less, what) for _, less in pairs)
    won = [100 - 100 * getattr(whole, what) / getattr(less, what) for whole, less in pairs]
    low, middle, high = statistics.quantiles(won, n=4)
    quartiles = f"{low:.0f} to {high:.0f}"
    return f"{without * 1000:6.1f} {middle:5.1f} % {quartiles:>14}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
