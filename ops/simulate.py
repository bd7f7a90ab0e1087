"""``ecr-batch simulate``: what the functions would do about an event, found out by reading alone.

It is the functions' own code that reads the event and runs, with dry run on, from the operator's machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from components.naming import RuleKind
from handler.errors import AwsError, EventError, UpdaterError
from handler.event import Trigger, read_event
from handler.intent import Follow
from handler.report.outcome import Outcome, Result
from handler.run import Task, update
from handler.settings import Settings
from ops.access import Access, access, give_up
from ops.context import Context
from ops.errors import Exit
from ops.queued_event import QueuedEvent

# What the function takes from its invocation for the event's id, where an event has none.
_REQUEST_ID = "simulate"


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """By pair: the results of those that take the event, and why the others refuse it."""

    results: Mapping[str, Result]
    refusals: Mapping[str, str]
    paused: frozenset[str]

    @property
    def exit(self) -> Exit:
        """NO when no pair takes the event, or a run would fail."""
        failed = any(result.failures for result in self.results.values())
        return Exit.OK if self.results and not failed else Exit.NO

    def fields(self) -> dict[str, Any]:
        """The simulation as JSON."""
        return {
            "pairs": [
                {
                    **result.fields(),
                    "paused": pair in self.paused,
                    "outcomes": [_fields(outcome) for outcome in result.outcomes],
                }
                for pair, result in self.results.items()
            ],
            "refused": [{"pair": pair, "reason": reason} for pair, reason in self.refusals.items()],
        }


def would_register(outcome: Outcome) -> bool:
    """Whether a run without dry run would register something."""
    return outcome.kind == "skipped" and outcome.new_image is not None


def _fields(outcome: Outcome) -> dict[str, Any]:
    changes = [asdict(change) for change in outcome.changes]
    return {**outcome.fields(), "wouldRegister": would_register(outcome), "changes": changes}


def simulate(queued: QueuedEvent, context: Context) -> Simulation:
    """Gives the event to each of the chosen pairs. Raises OpsError when AWS can't be asked."""
    results: dict[str, Result] = {}
    refusals: dict[str, str] = {}
    for pair, settings in context.pairs.items():
        reached = access(settings, context.aws)
        try:
            trigger = _trigger(queued, context, reached)
        except EventError as error:
            refusals[pair] = error.message
            continue
        results[pair] = _run(settings, trigger, reached)
    paused = frozenset(pair for pair in results if context.pairs[pair].paused)
    return Simulation(results=results, refusals=refusals, paused=paused)


def _trigger(queued: QueuedEvent, context: Context, reached: Access) -> Trigger:
    names = context.names(reached.settings.pair)
    if queued.function not in ("", names.base):
        raise EventError(f"it was for function {queued.function}, the pair's is {names.base}")
    schedule = names.rule(RuleKind.SCHEDULE)
    if queued.rule not in ("", schedule):
        raise EventError(f"it is a tick of rule {queued.rule}, the pair's would be {schedule}")
    target = reached.target
    return read_event(queued.event, target.repository, reached.settings.job_definitions, _REQUEST_ID)


def _run(settings: Settings, trigger: Trigger, reached: Access) -> Result:
    task = Task(
        pair=settings.pair,
        definitions=trigger.definitions or settings.job_definitions,
        intent=Follow(target=reached.target, trigger=trigger),
        event_id=trigger.event_id,
        dry_run=True,
    )
    result = update(task, reached.services)
    for outcome in result.failures:
        raise_if_unasked(outcome)
    return result


def raise_if_unasked(outcome: Outcome) -> None:
    """Goes on only where the outcome is an answer: not where AWS could not be asked, nor for a defect."""
    error = outcome.error
    if error is not None and (not isinstance(error, UpdaterError) or isinstance(error, AwsError)):
        give_up(error)
