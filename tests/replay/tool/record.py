"""The record of the tool: all situations that are asked for, one after the other in one process."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from tests.replay.child import in_child
from tests.replay.tool.deployed import Resource, deployments, key
from tests.replay.tool.situation import Situation
from tests.replay.tool.situations import TABLES
from tests.replay.values import differences

Tables = Mapping[str, Mapping[str, Situation]]
Deployed = Mapping[str, Sequence[Resource]]


def deployed(tables: Tables) -> Deployed:
    """What was deployed in the situations of the tables. To be called before the clock is installed."""
    needed = {table: _with_likes(table, situations) for table, situations in tables.items()}
    everything = [each for situations in needed.values() for each in situations.values()]
    stacks = {key(each.stands): each.stands for each in everything}
    return in_child(partial(deployments, list(stacks.values())))  # type: ignore[no-any-return]


def recorded(tables: Tables, resources: Deployed) -> dict[str, dict[str, Any]]:
    """By table and name, what the tool did. The clock has to be installed."""
    needed = {table: _with_likes(table, situations) for table, situations in tables.items()}
    return in_child(partial(_played, tables, needed, resources))  # type: ignore[no-any-return]


def _with_likes(table: str, asked: Mapping[str, Situation]) -> dict[str, Situation]:
    """What is asked and what it is compared with."""
    likes = {each.like for each in asked.values()} - {""}
    return {**asked, **{name: TABLES[table][name] for name in sorted(likes)}}


def _played(tables: Tables, needed: Tables, resources: Deployed) -> dict[str, Any]:
    from tests.replay.tool.play import load, play  # noqa: PLC0415 - after the clock

    load()
    gc.freeze()
    gc.enable()
    found: dict[str, Any] = {}
    for table, situations in tables.items():
        played = {name: play(each, resources[key(each.stands)]) for name, each in needed[table].items()}
        found[table] = {name: _told(played[name], played.get(each.like)) for name, each in situations.items()}
    return found


def _told(played: dict[str, Any], like: Any) -> dict[str, Any]:
    if like is None:
        return played
    shown = {name: played.pop(name) for name in ("run", "ends")}
    alike = {name: like[name] for name in like if name not in shown}
    return {**shown, **differences(alike, played)}
