"""Older revisions go only where the user set ``keepRevisions``, and only those of ours.

Infrastructure code takes an INACTIVE revision of its own for gone and registers its old image again
(Terraform and Pulumi, resource ``JobDefinition``), so only revisions with the provenance tags may go.
"""

from __future__ import annotations

from dataclasses import replace

from handler import provenance
from handler.errors import UpdaterError
from handler.intent import Services
from handler.lineage import Hold, IsOurs
from handler.parallel import each
from handler.read import read_definition
from handler.report.outcome import Outcome, Result
from handler.revision import RevisionLog


def superseded(log: RevisionLog, hold: Hold | None, keep: int) -> tuple[int, ...]:
    """The numbers to deregister, oldest first: ours, ACTIVE, beyond the newest ``keep``, and not holding.

    ``hold`` is the one in force, if any.
    """
    return tuple(
        revision.number
        for revision in reversed(log.active[keep:])
        if provenance.is_ours(revision.tags) and not (hold and revision.number == hold.bearer.number)
    )


def retire(result: Result, keep: int, owns: IsOurs, services: Services) -> Result:
    """Deregisters what ``superseded`` says of every definition that was updated.

    A failure never fails the update: it becomes a warning of the definition's outcome, and is counted.
    """
    updated = [outcome.definition for outcome in result.outcomes if outcome.kind == "updated"]
    steps = each(lambda name: _retire_one(name, keep, owns, services), updated)
    wrong = {**{name: (str(error),) for name, error in steps.failed.items()}, **steps.done}

    def warned(outcome: Outcome) -> Outcome:
        more = wrong.get(outcome.definition, ())
        return replace(outcome, warnings=outcome.warnings + more, not_deregistered=len(more))

    return replace(result, outcomes=tuple(map(warned, result.outcomes)))


def _retire_one(name: str, keep: int, owns: IsOurs, services: Services) -> tuple[str, ...]:
    """What went wrong, in words."""
    log, lineage = read_definition(name, services.batch, owns, services.clock)
    wrong: list[str] = []
    for number in superseded(log, lineage.hold_in_force, keep):
        try:
            services.clock.check(f"deregister {name}:{number}")
            services.batch.deregister(name, number)
        except UpdaterError as error:
            wrong.append(f"revision {number} of {name} was not deregistered: {error}")
    return tuple(wrong)
