"""`make mutate`: which mutants are tried, which tests they meet, and which survivors are new."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

import pytest
from cosmic_ray.commands import init
from cosmic_ray.work_db import use_db
from cosmic_ray.work_item import WorkItem

from tools.mutation.__main__ import judge
from tools.mutation.covering import Covering
from tools.mutation.sample import drawn
from tools.mutation.survivors import Mutant, Report, new

BODY = "\n".join(f"def f{number}(a: int | None) -> bool:\n    return a == {number}\n" for number in range(30))
HEAD = """from __future__ import annotations
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    LIMIT = 3
"""


def mutants(sources: Mapping[str, str], directory: Path) -> list[WorkItem]:
    directory.mkdir()
    with contextlib.chdir(directory), use_db("session.sqlite") as session:
        for path, text in sources.items():
            Path(path).write_text(text)
        init([Path(path) for path in sources], session, {})
        return list(session.work_items)


def lines(items: list[WorkItem], sources: Mapping[str, str]) -> list[str]:
    return sorted(
        sources[mutation.module_path.as_posix()].splitlines()[mutation.start_pos[0] - 1]
        for item in items
        for mutation in item.mutations
    )


def test_annotations_and_imports_for_mypy_which_nothing_runs_are_not_mutated(tmp_path: Path) -> None:
    sources = {"a.py": HEAD + BODY}
    items = mutants(sources, tmp_path / "a")
    assert any("LIMIT" in line for line in lines(items, sources))
    found = lines(drawn(items, sources, seed=0, count=1000), sources)
    assert {line.split("==")[0] for line in found} == {"    return a "}


def test_a_place_is_mutated_in_one_way_of_each_kind(tmp_path: Path) -> None:
    sources = {"a.py": BODY}
    items = mutants(sources, tmp_path / "a")
    found = drawn(items, sources, seed=0, count=1000)
    # The comparison and the number of each of thirty lines.
    assert len(found) == 60
    assert len(items) > 60


def test_the_same_lines_are_drawn_wherever_they_stand(tmp_path: Path) -> None:
    here, there = {"a.py": BODY}, {"b.py": f"import sys\n\n\n{BODY}"}
    chosen = [
        lines(drawn(mutants(sources, tmp_path / name), sources, seed=7, count=12), sources)
        for name, sources in (("here", here), ("there", there))
    ]
    assert len(chosen[0]) == 12
    assert chosen[0] == chosen[1]


def test_another_seed_draws_others(tmp_path: Path) -> None:
    sources = {"a.py": BODY}
    items = mutants(sources, tmp_path / "a")
    one, other = (drawn(items, sources, seed=seed, count=10) for seed in (1, 2))
    assert {item.job_id for item in one} != {item.job_id for item in other}
    assert one == drawn(reversed(items), sources, seed=1, count=10)


def test_a_line_meets_the_test_files_that_run_it_the_cheapest_first() -> None:
    covering = Covering(
        {
            "m.py": {1: frozenset(), 2: frozenset({"slow", "quick"}), 3: frozenset({"other"})},
            "n.py": {1: frozenset()},
        },
        {"slow": 9.0, "quick": 1.0, "other": 2.0, "last": 20.0},
    )
    assert covering.tests("m.py", [2]) == ["quick", "slow"]
    # What runs at import is met by whoever runs the module, and what only is imported by everything.
    assert covering.tests("m.py", [1]) == ["quick", "other", "slow"]
    assert covering.tests("n.py", [1]) == ["quick", "other", "slow", "last"]


def test_a_mutant_is_what_its_line_was_and_became() -> None:
    mutant = Mutant.of("a.py", "def f():\n    return a == b\n", "def f():\n    return a != b\n")
    assert mutant == Mutant("a.py", "return a == b", "return a != b")
    assert Mutant.of("a.py", "@cache\ndef f():\n", "def f():\n") == Mutant("a.py", "@cache", "")


def test_a_survivor_that_moved_is_known_and_one_that_doubled_is_new() -> None:
    known = [Mutant("a.py", "x", "y")]
    assert new([Mutant("b.py", "x", "y")], known) == []
    assert new([Mutant("b.py", "x", "y"), Mutant("c.py", "x", "y")], known) == [Mutant("c.py", "x", "y")]
    assert new([Mutant("a.py", "x", "z")], known) == [Mutant("a.py", "x", "z")]


def test_the_list_is_read_as_it_was_written(tmp_path: Path) -> None:
    report = Report(command="c", mutants=9, tried=3, killed=2, survivors=(Mutant("a.py", "é", '"'),))
    report.write(tmp_path / "list.json")
    assert Report.read(tmp_path / "list.json") == report


@pytest.mark.parametrize(
    ("test", "record", "outcome"),
    [
        ("f(7)", 0, "killed"),
        ("True", 0, "survived"),
        ("True", 1, "killed"),
    ],
)
def test_a_mutant_survives_if_neither_tests_nor_record_notice_it_and_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, test: str, record: int, outcome: str
) -> None:
    sources = {"m.py": "def f(a):\n    return a == 7\n"}
    (item, *_) = drawn(mutants(sources, tmp_path / "tree"), sources, seed=0, count=1)
    monkeypatch.chdir(tmp_path / "tree")
    Path("test_m.py").write_text(
        f"from m import f\n\ndef test_m():\n    assert {test}\n    assert not f(0) or True\n"
    )
    Path("tests").mkdir()
    Path("tests/replay.py").write_text(f"raise SystemExit({record})")
    covering = Covering({"m.py": {2: frozenset({"test_m.py"})}}, {"test_m.py": 1.0})
    result = judge(item.mutations[0], covering)
    assert result.test_outcome == outcome, result.output
    assert Path("m.py").read_text() == sources["m.py"]
    assert '"was": "return a == 7"' in (result.diff or "")


def test_what_is_no_python_is_no_mutant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = {"m.py": "def f(a, *, b):\n    return a\n"}
    (item, *_) = drawn(mutants(sources, tmp_path / "tree"), sources, seed=0, count=1)
    monkeypatch.chdir(tmp_path / "tree")
    assert judge(item.mutations[0], Covering({}, {})).worker_outcome == "no-test"


@pytest.mark.parametrize(("record", "outcome"), [(1, "killed"), (0, "survived")])
def test_a_mutant_of_the_tool_meets_the_record_first_and_tests_only_what_that_does_not_notice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record: int, outcome: str
) -> None:
    sources = {"ops/m.py": "def f(a):\n    return a == 7\n"}
    (tmp_path / "tree" / "ops").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "tree")
    Path("ops/m.py").write_text(sources["ops/m.py"])
    with use_db("session.sqlite") as session:
        init([Path("ops/m.py")], session, {})
        (item, *_) = drawn(session.work_items, sources, seed=0, count=1)
    Path("tests/ops").mkdir(parents=True)
    ran = Path("tests/ops/ran")
    Path("tests/ops/test_m.py").write_text(
        f"from pathlib import Path\n\ndef test_m():\n    Path({str(ran)!r}).touch()\n"
    )
    Path("tests/replay.py").write_text(
        f"import sys\nraise SystemExit({record} if sys.argv[-1:] == ['ecr-batch '] else 7)"
    )
    result = judge(item.mutations[0], Covering({}, {"tests/ops": 0.0}))
    assert result.test_outcome == outcome, result.output
    assert ran.exists() is (outcome == "survived")
