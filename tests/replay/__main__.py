"""``python -m tests.replay``: plays everything, and compares it with the record, or writes the record."""

from __future__ import annotations

import argparse
import difflib
import gc
import json
import os
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from tests.replay import clock
from tests.replay.aws import VARIABLES
from tests.replay.child import in_child
from tests.replay.configurations import environment, record
from tests.replay.scenario import Scenario
from tests.replay.stacks import CONFIGURATIONS
from tests.replay.tool import record as tool
from tests.replay.tool.situations import TABLES as SITUATIONS
from tests.replay.values import layout

RECORD = Path(__file__).resolve().parent / "record"
_STACKS = "stacks"


def played(names: list[str], *, stacks_alone: bool = False) -> Iterator[tuple[str, dict[str, Any]]]:
    """The record as it is now, table by table: name -> what was seen.

    ``names`` are beginnings of names, or none for all.
    """
    asked = [name for name in CONFIGURATIONS if _is_asked(name, names)]
    # The first is what the others are compared with.
    stacks = {name: CONFIGURATIONS[name] for name in dict.fromkeys([next(iter(CONFIGURATIONS)), *asked])}
    if asked:
        yield _STACKS, in_child(partial(record, stacks))
    if stacks_alone:
        return
    tables = {
        table: {name: each for name, each in scenarios.items() if _is_asked(name, names)}
        for table, scenarios in _tables().items()
    }
    situations = {
        table: {name: each for name, each in every.items() if _is_asked(name, names)}
        for table, every in SITUATIONS.items()
    }
    resources = tool.deployed(situations)
    environments = in_child(partial(_environments, tables))
    clock.install()
    # Once, in the parent: each scenario then starts with everything loaded, and nothing used.
    from handler import entry  # noqa: F401, PLC0415 - after the clock
    from tests.replay.run import load, play, warm_up  # noqa: PLC0415 - as above

    load()
    gc.freeze()
    gc.disable()

    def run(scenarios: Mapping[str, Scenario], *, warm: bool) -> dict[str, Any]:
        if warm:
            warm_up(_variables(Scenario(), environments))
        return {
            name: in_child(partial(play, each, _variables(each, environments)))
            for name, each in scenarios.items()
            if each.is_warm is warm
        }

    yield from tool.recorded(situations, resources).items()
    for table, scenarios in tables.items():
        ran = run(scenarios, warm=False) | in_child(partial(run, scenarios, warm=True))
        yield table, {name: ran[name] for name in scenarios}


def _tables() -> Mapping[str, Mapping[str, Scenario]]:
    from tests.replay.scenarios import TABLES  # noqa: PLC0415 - tables

    return TABLES


def _is_asked(name: str, names: list[str]) -> bool:
    return not names or name.startswith(tuple(names))


def _key(scenario: Scenario) -> str:
    return json.dumps(scenario.keys)


def _environments(tables: Mapping[str, Mapping[str, Scenario]]) -> dict[str, dict[str, str]]:
    """The variables of each pair that a scenario has, by its keys."""
    everything = [Scenario(), *(each for scenarios in tables.values() for each in scenarios.values())]
    pairs = {_key(each): each.keys for each in everything}
    return {key: environment(keys) for key, keys in pairs.items()}


def _variables(scenario: Scenario, environments: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    everything = {**VARIABLES, **environments[_key(scenario)], **scenario.environment}
    return {name: value for name, value in everything.items() if value is not None}


def _path(table: str) -> Path:
    return RECORD / f"{table}.json"


def _text(value: Any) -> str:
    return layout(value) + "\n"


def compared(table: str, entries: Mapping[str, Any], names: list[str]) -> str:
    """What differs between the record and what was found, entry by entry; "" where nothing does."""
    told: list[str] = []
    known = json.loads(_path(table).read_text()) if _path(table).exists() else {}
    for name in filter(partial(_is_asked, names=names), dict.fromkeys([*known, *entries])):
        before, after = (_text(each.get(name)).splitlines() for each in (known, _short(entries)))
        told += difflib.unified_diff(before, after, f"{table}: {name}", "now", n=1, lineterm="")
    return "\n".join(told)


def _short(entries: Mapping[str, Any]) -> Any:
    """As they are read from the record."""
    return json.loads(_text(entries))


def main() -> int:
    """1 when something differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.replay", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the record anew")
    parser.add_argument("--first", action="store_true", help="stop after the first table that differs")
    parser.add_argument("--stacks", action="store_true", help="what the program registers, nothing else")
    parser.add_argument("names", nargs="*", help="beginnings of names: only these are played and compared")
    options = parser.parse_args()
    if options.write and (options.names or options.stacks):
        parser.error("the record is written whole")
    # Whose account somebody works with is none of the record's business.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    seen, differs = 0, False
    for table, entries in played(options.names, stacks_alone=options.stacks):
        seen += len(entries)
        if options.write:
            _path(table).write_text(_text(entries))
        elif told := compared(table, entries, options.names):
            differs = True
            print(told, flush=True)
            if options.first:
                break
    if not seen:
        parser.error(f"no name begins with {' or '.join(options.names)}")
    if not differs:
        print(f"{seen} entries are {'written' if options.write else 'as recorded'}")
    return int(differs)


if __name__ == "__main__":
    sys.exit(main())
