"""``python -m tools.mutation``: mutates places of ``handler/`` and ``components/`` in a copy of the project.

For each mutant the test files that run its line are run, the cheapest first, and then the replay record.
``--package ops`` mutates the tool instead: its part of the record is played, and where that notices nothing,
what else imports it and ``tests/ops`` are run whole, since most of that runs the tool in processes of its
own, where nothing is measured.
What was tried is kept in ``build``, so that a run which is stopped goes on where it was; after a change of
the code or the tests it begins anew.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import hashlib
import json
import math
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from cosmic_ray.commands import init
from cosmic_ray.mutating import use_mutation
from cosmic_ray.plugins import get_operator
from cosmic_ray.testing import run_tests
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome, WorkItem, WorkResult

from tools.mutation.covering import Covering
from tools.mutation.sample import drawn
from tools.mutation.survivors import LIST, Mutant, Report, new

ROOT = Path(__file__).resolve().parents[2]
TESTS = ("tests/unit", "tests/infra")
PLUGIN = "tools.mutation.covering"
# It explores so many states that it would outlast everything else.
LEFT_OUT = ("tests/unit/test_interleavings.py",)
PYTEST = (
    *(sys.executable, "-m", "pytest", "-q", "-x", "-n", "0"),
    *("-p", "no:cacheprovider", "--hypothesis-profile=ci"),
)
REPLAY = (sys.executable, "-m", "tests.replay")
# What is played of the record for the tool.
_COMMANDS = "ecr-batch "
# Seconds of CPU of one process, for mutants that never end; and of the clock, for those that wait for ever.
# All of tests/ops is one process.
_MOST_CPU, _MOST_CPU_OF_THE_TOOL, _MOST_SECONDS = 300, 1500, 3600.0


@dataclass(frozen=True)
class Area:
    """What is mutated: ``packages``. What was tried is in ``build``, the known survivors are in ``known``."""

    packages: tuple[str, ...]
    build: Path
    known: Path

    @property
    def tree(self) -> Path:
        """The copy of the project."""
        return self.build / "tree"

    @property
    def is_measured(self) -> bool:
        """Whether coverage tells which tests run a line."""
        return "ops" not in self.packages


AREAS = {
    "all": Area(("handler", "components"), ROOT / "build" / "mutation", LIST),
    "ops": Area(("ops",), ROOT / "build" / "mutation_ops", LIST.with_name("survivors_ops.json")),
}


def main() -> int:
    """1 when a mutant survived that is not on the list."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description=__doc__)
    parser.add_argument("--mutants", type=int, default=200, help="how many to try (default: 200)")
    parser.add_argument("--seed", type=int, default=0, help="another one draws others (default: 0)")
    parser.add_argument("--minutes", type=float, default=math.inf, help="after which none is begun")
    parser.add_argument(
        "--package", choices=AREAS, default="all", help="all: handler and components (default); ops: the tool"
    )
    parser.add_argument("--write", action="store_true", help="write the list of survivors again")
    options, began = parser.parse_args(), time.monotonic()
    area = AREAS[options.package]
    _copy(area)
    covering = Covering.read(area.tree) if area.is_measured else Covering({}, _tests_of_the_tool(area.tree))
    with contextlib.chdir(area.tree), use_db(str(area.build / "session.sqlite")) as session:
        chosen = _session(area, session, options.seed, options.mutants)
        results = dict(session.results)
        for number, item in enumerate(chosen, 1):
            if item.job_id not in results and time.monotonic() - began < options.minutes * 60:
                results[item.job_id] = result = judge(item.mutations[0], covering)
                session.set_result(item.job_id, result)
                print(f"{number} of {len(chosen)}: {_told(result)}", flush=True)
        tried = [results[item.job_id] for item in chosen if item.job_id in results]
        report = _report(tried, session.num_work_items)
    known = Report.read(area.known).survivors if area.known.exists() else ()
    fresh = new(report.survivors, known)
    print(
        f"{report.killed} of {report.tried} mutants were noticed; {len(fresh)} survivors are not on the list"
    )
    for mutant in fresh:
        print(f"{mutant.file}: {mutant.was!r} became {mutant.became!r}")
    if options.write:
        report.write(area.known)
    return int(bool(fresh) and not options.write)


def _copy(area: Area) -> None:
    """A copy of the project to mutate, and what its tests cover; made anew when the project has changed."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files = [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]
    judged = [
        name
        for name in files
        if name.startswith((*area.packages, "tests/")) and name.endswith((".py", ".json"))
    ]
    digest = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in judged)).hexdigest()
    stamp, tree = area.build / "stamp", area.tree
    is_known = stamp.exists() and stamp.read_text() == digest
    if not is_known:
        shutil.rmtree(area.build, ignore_errors=True)
    # Always: a run that was killed left a mutant.
    for name in files:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tree / name)
    if is_known:
        return
    subprocess.run(REPLAY, cwd=tree, check=True)
    if area.is_measured:
        _measure(area)
    else:
        print("running the tool's tests on what is not mutated (some minutes)", flush=True)
        subprocess.run([*PYTEST, *_tests_of_the_tool(tree)], cwd=tree, check=True)
    stamp.write_text(digest)


def _tests_of_the_tool(tree: Path) -> dict[str, float]:
    """The unit tests that import it and, after these, tests/ops: name -> a number that rises."""
    files = [path.relative_to(tree).as_posix() for path in sorted((tree / "tests/unit").glob("test_*.py"))]
    wanted = [name for name in files if "\nfrom ops." in (tree / name).read_text() and name not in LEFT_OUT]
    return {name: float(number) for number, name in enumerate([*wanted, "tests/ops"])}


def _measure(area: Area) -> None:
    """Which test files run which lines."""
    print("measuring which test files run which lines (some minutes)", flush=True)
    (area.tree / ".coveragerc").write_text(f"[run]\nsource = {', '.join(area.packages)}\n")
    tests = [*TESTS, *(f"--ignore={name}" for name in LEFT_OUT)]
    measured = [sys.executable, "-m", "coverage", "run", "--rcfile=.coveragerc", *PYTEST[1:], *tests]
    subprocess.run([*measured, "-p", PLUGIN], cwd=area.tree, check=True)


def _session(area: Area, session: WorkDB, seed: int, count: int) -> list[WorkItem]:
    """The chosen mutants of a session that holds all of them."""
    tree = area.tree
    paths = [
        path.relative_to(tree) for package in area.packages for path in sorted((tree / package).rglob("*.py"))
    ]
    if not session.num_work_items:
        init(paths, session, {})
    sources = {path.as_posix(): path.read_text() for path in paths}
    return drawn(session.work_items, sources, seed=seed, count=count)


def judge(mutation: MutationSpec, covering: Covering) -> WorkResult:
    """Runs the tests of one mutant, in the current directory; ``diff`` is the mutant as JSON."""
    path = mutation.module_path
    operator = get_operator(mutation.operator_name)(**mutation.operator_args)
    with use_mutation(path, operator, mutation.occurrence) as (before, after):
        # A star in a signature is taken for an operator.
        if after is None or not _is_python(after):
            return WorkResult(worker_outcome=WorkerOutcome.NO_TEST)
        lines = range(mutation.start_pos[0], mutation.end_pos[0] + 1)
        outcome, output = _outcome(path, covering.tests(path.as_posix(), lines))
    mutant = Mutant.of(path.as_posix(), before, after)
    return WorkResult(
        worker_outcome=WorkerOutcome.NORMAL,
        test_outcome=outcome,
        output=output[-2000:],
        diff=json.dumps(asdict(mutant)),
    )


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _outcome(path: Path, files: list[str]) -> tuple[TestOutcome, str]:
    """Of the tests, and of the record where they notice nothing; of the tool the other way round."""
    is_the_tool = path.parts[0] == "ops"
    played = {"components": ["--stacks"], "ops": [_COMMANDS]}.get(path.parts[0], [])
    commands = [[*PYTEST, *files], [*REPLAY, "--first", *played]]
    most = _MOST_CPU_OF_THE_TOOL if is_the_tool else _MOST_CPU
    outcome, output = TestOutcome.SURVIVED, ""
    for command in reversed(commands) if is_the_tool else commands:
        if outcome is TestOutcome.SURVIVED:
            limited = ["sh", "-c", f"ulimit -t {most}; exec {shlex.join(command)}"]
            outcome, output = run_tests(shlex.join(limited), _MOST_SECONDS)
    return outcome, output


def _mutant(result: WorkResult) -> Mutant:
    return Mutant(**json.loads(result.diff or "{}"))


def _told(result: WorkResult) -> str:
    if result.worker_outcome is not WorkerOutcome.NORMAL:
        return "no mutant"
    mutant, word = _mutant(result), "noticed" if result.is_killed else "SURVIVED"
    return f"{word} {mutant.file}: {mutant.was!r} became {mutant.became!r}"


def _report(results: list[WorkResult], mutants: int) -> Report:
    tried = [result for result in results if result.worker_outcome is WorkerOutcome.NORMAL]
    survivors = sorted(_mutant(result) for result in tried if not result.is_killed)
    return Report(
        command=shlex.join(["python", "-m", "tools.mutation", *sys.argv[1:]]),
        mutants=mutants,
        tried=len(tried),
        killed=len(tried) - len(survivors),
        survivors=tuple(survivors),
    )


if __name__ == "__main__":
    sys.exit(main())
