"""``python -m tools.mutation``: mutates places of ``handler/`` and ``components/`` in a copy of the project.

For each mutant the test files that run its line are run, the cheapest first, and then the replay record.
What was tried is kept in ``build/mutation``, so that a run which is stopped goes on where it was; after a
change of the code or the tests it begins anew.
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
from dataclasses import asdict
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
BUILD = ROOT / "build" / "mutation"
TREE = BUILD / "tree"
PACKAGES = ("handler", "components")
TESTS = ("tests/unit", "tests/infra")
PLUGIN = "tools.mutation.covering"
# It explores so many states that it would outlast everything else.
LEFT_OUT = ("tests/unit/test_interleavings.py",)
PYTEST = (
    *(sys.executable, "-m", "pytest", "-q", "-x", "-n", "0"),
    *("-p", "no:cacheprovider", "--hypothesis-profile=ci"),
)
# Seconds of CPU of one process, for mutants that never end; and of the clock, for those that wait for ever.
_MOST_CPU, _MOST_SECONDS = 300, 1800.0


def main() -> int:
    """1 when a mutant survived that is not on the list."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description=__doc__)
    parser.add_argument("--mutants", type=int, default=200, help="how many to try (default: 200)")
    parser.add_argument("--seed", type=int, default=0, help="another one draws others (default: 0)")
    parser.add_argument("--minutes", type=float, default=math.inf, help="after which none is begun")
    parser.add_argument(
        "--write", action="store_true", help=f"write the survivors to {LIST.relative_to(ROOT)}"
    )
    options, began = parser.parse_args(), time.monotonic()
    _copy()
    covering = Covering.read(TREE)
    with contextlib.chdir(TREE), use_db(str(BUILD / "session.sqlite")) as session:
        chosen = _session(session, options.seed, options.mutants)
        results = dict(session.results)
        for number, item in enumerate(chosen, 1):
            if item.job_id not in results and time.monotonic() - began < options.minutes * 60:
                results[item.job_id] = result = judge(item.mutations[0], covering)
                session.set_result(item.job_id, result)
                print(f"{number} of {len(chosen)}: {_told(result)}", flush=True)
        tried = [results[item.job_id] for item in chosen if item.job_id in results]
        report = _report(tried, session.num_work_items)
    known = Report.read().survivors if LIST.exists() else ()
    fresh = new(report.survivors, known)
    print(
        f"{report.killed} of {report.tried} mutants were noticed; {len(fresh)} survivors are not on the list"
    )
    for mutant in fresh:
        print(f"{mutant.file}: {mutant.was!r} became {mutant.became!r}")
    if options.write:
        report.write()
    return int(bool(fresh) and not options.write)


def _copy() -> None:
    """A copy of the project to mutate, and what its tests cover; made anew when the project has changed."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files = [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]
    judged = [
        name for name in files if name.startswith((*PACKAGES, "tests/")) and name.endswith((".py", ".json"))
    ]
    digest = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in judged)).hexdigest()
    stamp = BUILD / "stamp"
    is_known = stamp.exists() and stamp.read_text() == digest
    if not is_known:
        shutil.rmtree(BUILD, ignore_errors=True)
    # Always: a run that was killed left a mutant.
    for name in files:
        (TREE / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, TREE / name)
    if is_known:
        return
    subprocess.run([sys.executable, "-m", "tests.replay"], cwd=TREE, check=True)
    print("measuring which test files run which lines (some minutes)", flush=True)
    (TREE / ".coveragerc").write_text(f"[run]\nsource = {', '.join(PACKAGES)}\n")
    tests = [*TESTS, *(f"--ignore={name}" for name in LEFT_OUT)]
    measured = [sys.executable, "-m", "coverage", "run", "--rcfile=.coveragerc", *PYTEST[1:], *tests]
    subprocess.run([*measured, "-p", PLUGIN], cwd=TREE, check=True)
    stamp.write_text(digest)


def _session(session: WorkDB, seed: int, count: int) -> list[WorkItem]:
    """The chosen mutants of a session that holds all of them."""
    paths = [
        path.relative_to(TREE) for package in PACKAGES for path in sorted((TREE / package).rglob("*.py"))
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
    """Of the tests, and of the record where they notice nothing."""
    tables = ["--stacks"] if path.parts[0] == "components" else []
    outcome, output = TestOutcome.SURVIVED, ""
    for command in ([*PYTEST, *files], [sys.executable, "-m", "tests.replay", "--first", *tables]):
        if outcome is TestOutcome.SURVIVED:
            limited = ["sh", "-c", f"ulimit -t {_MOST_CPU}; exec {shlex.join(command)}"]
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
