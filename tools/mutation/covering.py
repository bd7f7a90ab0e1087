"""Which test files run a line: a plugin of pytest that measures it, and what it measured.

``python -m coverage run -m pytest -p tools.mutation.covering`` measures; a line's contexts are then the test
files that ran it, "" for what ran while modules were imported.
"""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import coverage
import pytest

_seconds: dict[str, float] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Setting up belongs to it: what only a fixture runs is run by that file, too."""
    file = item.path.relative_to(item.config.rootpath).as_posix()
    measured = coverage.Coverage.current()
    if measured is not None:
        measured.switch_context(file)
    began = time.process_time()
    try:
        return (yield)
    finally:
        _seconds[file] = _seconds.get(file, 0.0) + time.process_time() - began


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Beside the data of coverage: what each file costs, in seconds of CPU."""
    target = session.config.rootpath / "covering.json"
    target.write_text(json.dumps(_seconds))


@dataclass(frozen=True)
class Covering:
    """``files`` maps a module to its lines, and a line to the test files that run it; ``seconds`` is what
    each test file costs."""

    files: Mapping[str, Mapping[int, frozenset[str]]]
    seconds: Mapping[str, float]

    @classmethod
    def read(cls, tree: Path) -> Covering:
        """What was measured in ``tree``."""
        data = coverage.CoverageData(str(tree / ".coverage"))
        data.read()
        found = {
            Path(file).relative_to(tree).as_posix(): {
                line: frozenset(filter(None, contexts))
                for line, contexts in data.contexts_by_lineno(file).items()
            }
            for file in data.measured_files()
        }
        return cls(found, json.loads((tree / "covering.json").read_text()))

    def tests(self, module: str, lines: Iterable[int]) -> list[str]:
        """The test files that run one of the lines, the cheapest first. Of lines that run while the module is
        imported, those that run anything of it; of a module whose lines all do, every file."""
        known = self.files.get(module, {})
        some = frozenset().union(*(known.get(line, frozenset()) for line in lines))
        chosen = some or frozenset().union(*known.values()) or frozenset(self.seconds)
        return sorted(chosen, key=lambda file: (self.seconds[file], file))
