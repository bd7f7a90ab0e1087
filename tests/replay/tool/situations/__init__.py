"""The situations, by name; a module each for verbs that are alike."""

from __future__ import annotations

from tests.replay.tool.situation import Situation
from tests.replay.tool.situations import calling, changing, check, looking, status, trying, usage

# The record of each table has its name after "tool_".
TABLES: dict[str, dict[str, Situation]] = {
    f"tool_{module.__name__.rpartition('.')[2]}": module.SITUATIONS
    for module in (calling, changing, check, looking, status, trying, usage)
}
