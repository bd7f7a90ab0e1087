"""Carries out what an operator wants, with the function's own planner and apply."""

from __future__ import annotations

from datetime import UTC, datetime

from handler.errors import AwsError, MalformedAnswer, RegistrationRefused, RegistrationUnclear, UpdaterError
from handler.intent import Intent
from handler.lineage import Lineage
from handler.plan import Skip
from handler.read import read_definition
from handler.report.outcome import Outcome
from handler.request import Occasion, Registration
from handler.revision import RevisionLog
from handler.run import Task, update
from ops.access import Access, give_up
from ops.aws import in_operators_words
from ops.errors import AwsFailed, OpsError
from ops.intents import Settle, is_settled
from ops.operator import Operation


def read(name: str, reached: Access) -> tuple[RevisionLog, Lineage]:
    """What AWS Batch holds of a definition now. Raises OpsError, or DefinitionError if it has no revision."""
    services = reached.services
    try:
        return read_definition(name, services.batch, reached.target.owns, services.clock)
    except UpdaterError as error:
        give_up(error)


def rehearse(
    log: RevisionLog, lineage: Lineage, intent: Intent, operation: Operation, reached: Access
) -> Registration | Skip:
    """What ``carry_out`` would register, if nobody registers anything until then. Raises DefinitionError."""
    selection = intent.select(reached.services)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return intent.decide(log, lineage, selection, Occasion(event_id=operation.event_id, at=at))


def carry_out(name: str, intent: Intent, operation: Operation, reached: Access) -> Outcome:
    """Does it, and starts over if somebody registers in between. Raises OpsError for what was not done."""
    _, lineage = read(name, reached)
    if not is_settled(lineage):
        _run(name, Settle(target=reached.target), operation, reached)
    return _run(name, intent, operation, reached)


def _run(name: str, intent: Intent, operation: Operation, reached: Access) -> Outcome:
    task = Task(pair=reached.settings.pair, definitions=(name,), intent=intent, event_id=operation.event_id)
    outcome = update(task, reached.services).outcomes[0]
    if outcome.error is not None:
        raise _failed(name, outcome, outcome.error) from outcome.error
    return outcome


def _failed(name: str, outcome: Outcome, error: Exception) -> Exception:
    if not isinstance(error, UpdaterError):
        return error
    look = f"`ecr-batch history {name}` shows what stands; then run the command again"
    if outcome.new_revision is not None:
        return AwsFailed(
            f"revision {outcome.new_revision} of {name} was registered, but then: {error.message}",
            remedy=look,
        )
    if isinstance(error, RegistrationUnclear):
        return AwsFailed(error.message, remedy=look)
    if isinstance(error, AwsError) and not isinstance(error, MalformedAnswer | RegistrationRefused):
        return in_operators_words(error)
    return OpsError(error.message, remedy=error.remedy)
