"""Every measurement with a figure: ``python -m benchmarks [FILE]`` prints a table and writes it as JSON.

Exits with 1 when a figure is over its limit. Measure on a machine that does nothing else.
"""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from benchmarks import archive, cold_start, definitions, evaluation, listing
from benchmarks.figure import show


def main(target: Path) -> int:
    """Measures, prints and writes ``target``; returns the exit status."""
    modules = (cold_start, definitions, listing, evaluation, archive)
    seen = show(chain.from_iterable(module.figures() for module in modules))
    over = [figure for figure in seen if not figure.holds]
    machine = {
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
    }
    figures = [{**asdict(figure), "holds": figure.holds} for figure in seen]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({**machine, "figures": figures}, indent=1) + "\n")
    print(f"{len(seen)} figures in {target}; {len(over)} over their limits")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/benchmarks.json")))
