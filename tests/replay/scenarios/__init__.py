"""The scenarios, by name; a module each for a part of what the function promises."""

from __future__ import annotations

from tests.replay.scenario import Scenario
from tests.replay.scenarios import conflicts, events, faults, gates, lineage, options, policies, shapes

# The record of each table has its name.
TABLES: dict[str, dict[str, Scenario]] = {
    module.__name__.rpartition(".")[2]: module.SCENARIOS
    for module in (conflicts, events, faults, gates, lineage, options, policies, shapes)
}
