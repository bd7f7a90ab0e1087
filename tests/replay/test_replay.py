"""The record of what the function, the program and the tool do is what they do now (`make record`)."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.replay.scenarios import TABLES
from tests.replay.stacks import CONFIGURATIONS
from tests.replay.tool.situations import TABLES as SITUATIONS
from tests.replay.values import URI, differences, layout, read, unusual, write

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RECORDED: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text()) for path in sorted((HERE / "record").glob("*.json"))
}


def test_everything_is_as_recorded() -> None:
    # In a process of its own: time has to stand still before the function is imported.
    done = subprocess.run(
        [sys.executable, "-m", "tests.replay"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (
        f"{done.stdout}{done.stderr}\nWhat is wanted is recorded anew by `make record`."
    )


def test_the_record_holds_every_scenario_and_every_configuration_and_nothing_else() -> None:
    played: dict[str, Mapping[str, Any]] = {**TABLES, **SITUATIONS, "stacks": CONFIGURATIONS}
    expected = {name: set(entries) for name, entries in played.items()}
    assert {name: set(entries) for name, entries in RECORDED.items()} == expected
    assert sum(map(len, TABLES.values())) >= 200
    assert sum(map(len, SITUATIONS.values())) >= 120
    assert len(CONFIGURATIONS) >= 60


def test_every_verb_of_the_tool_is_recorded_in_each_of_its_ends() -> None:
    ends: dict[str, set[int]] = {}
    for table in SITUATIONS:
        for name, told in RECORDED[table].items():
            ends.setdefault(name.partition(":")[0].removeprefix("ecr-batch "), set()).add(told["ends"])
    # What can be answered with no, or not.
    for verb in ("check", "history", "policy try", "reconcile", "redrive", "rollback", "simulate"):
        assert ends[verb] >= {0, 1, 2, 130}, verb
    assert ends["status"] >= {0, 1, 2, 130}
    assert ends["test"] >= {0, 1, 2, 130}
    assert ends["unhold"] >= {0, 1, 2, 130}
    for verb in ("hold", "monitor"):
        assert ends[verb] >= {0, 2, 130}, verb


def test_a_situation_is_compared_with_one_of_its_table_that_is_whole() -> None:
    for situations in SITUATIONS.values():
        for name, each in situations.items():
            assert not each.like or situations[each.like].like == "", name


def test_of_everything_inside_function_program_and_tool_the_record_knows_the_entries_alone() -> None:
    imported = {
        name
        for path in HERE.rglob("*.py")
        if path != Path(__file__)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [f"{node.module}.{alias.name}" for alias in node.names]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
        )
    }
    ours = ("handler", "components", "ops", "stack_config")
    inside = {name for name in imported if name.split(".")[0] in ours}
    assert inside == {"handler.entry", "handler.entry.handle", "ops.cli", "ops.cli.main"}


def test_every_fault_of_the_matrix_is_recorded_once_and_always() -> None:
    rows = re.findall(
        r"^\| (\S+?)(, after writing)? \| (\S+) \|", (ROOT / "docs/fault-matrix.md").read_text(), re.M
    )
    expected = {
        f"fault {kind} of {action} {2 if later else 1}, {times}"
        for action, later, kind in rows
        if ":" in action
        for times in ("once", "always")
    }
    assert len(expected) == 88
    assert expected <= RECORDED["faults"].keys()


@pytest.mark.parametrize("stubborn", ["nothing here answers", "StopIteration"])
def test_no_scenario_asks_for_what_the_stand_in_of_aws_does_not_answer(stubborn: str) -> None:
    assert [path.name for path in (HERE / "record").glob("*.json") if stubborn in path.read_text()] == []


def test_a_difference_says_where_it_is_and_what_is_new_gone_or_of_another_type() -> None:
    before = {"a": [1, {"b": 2, "c": 3}], "d": 1, "e": None}
    after = {"a": [1, {"b": 4, "f": 3}], "d": True, "e": None}
    assert differences(before, after) == {"a[1].b": [2, 4], "-a[1].c": 3, "+a[1].f": 3, "d": [1, True]}
    assert differences(before, before) == {}


def test_lists_of_different_lengths_differ_between_what_begins_and_ends_alike() -> None:
    assert differences({"a": [1, 2, 5]}, {"a": [1, 2, 3, 4, 5]}) == {"a[2:2]": [[], [3, 4]]}
    assert differences([1, 2, 3], [1]) == {"[1:3]": [[2, 3], []]}
    assert differences([], [1, 1]) == {"[0:0]": [[], [1, 1]]}


def test_what_is_as_usual_is_left_out_and_what_lacks_is_told() -> None:
    assert unusual({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 4, "d": 5}) == {"b": 4, "-c": 3, "d": 5}


def test_numbers_keep_the_form_in_which_they_are_written() -> None:
    text = b'{"a": [1.10, 1e3, -0, 7, -0.0], "b": "1.10"}'
    assert write(read(text)) == text


def test_the_layout_is_json_again_with_short_lines_and_short_names() -> None:
    value = {"long": ["x" * 100, "y" * 100], "image": f"{URI}@sha256:{'a' * 64}", "none": []}
    text = layout(value)
    assert json.loads(text) == value | {"image": "$URI@sha256:a…"}
    assert max(map(len, text.splitlines())) < 110
    assert '"none": []' in text
