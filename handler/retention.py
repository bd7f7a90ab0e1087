"""Older revisions go only where the user set ``keepRevisions``, and only those of ours.

Infrastructure code takes an INACTIVE revision of its own for gone and registers its old image again
(Terraform and Pulumi, resource ``JobDefinition``), so only revisions with the provenance tags may go.
"""

from __future__ import annotations

from dataclasses import replace

from handler import provenance
from handler.errors import UpdaterError
from handler.lineage import Hold, IsOurs
from handler.parallel import each
from handler.read import gather
from handler.report.outcome import Result
from handler.revision import RevisionLog
from handler.services import Services


def superseded(log: RevisionLog, hold: Hold | None, keep: int) -> tuple[int, ...]:
    """The numbers to deregister, oldest first: ours, ACTIVE, beyond the newest ``keep``, and not holding."""
    holding = hold.bearer.number if hold is not None and hold.in_force else None
    return tuple(
        revision.number
        for revision in reversed(log.active[keep:])
        if provenance.is_ours(revision.tags) and revision.number != holding
    )


def retire(result: Result, keep: int, owns: IsOurs, services: Services) -> Result:
    """Deregisters what ``superseded`` says of every definition that was updated.

    A failure never fails the update: it becomes a warning of the definition's outcome, and is counted.
    """
    updated = [outcome.definition for outcome in result.outcomes if outcome.kind == "updated"]
    steps = each(lambda name: _retire_one(name, keep, owns, services), updated)
    failures = {**{name: (str(error),) for name, error in steps.failed.items()}, **steps.done}
    return replace(
        result,
        outcomes=tuple(
            replace(
                outcome,
                warnings=outcome.warnings + failures.get(outcome.definition, ()),
                not_deregistered=len(failures.get(outcome.definition, ())),
            )
            for outcome in result.outcomes
        ),
    )


def _retire_one(name: str, keep: int, owns: IsOurs, services: Services) -> tuple[str, ...]:
    """What went wrong, in words."""
    log, lineage = gather(name, services.batch, owns, services.clock)
    wrong: list[str] = []
    for number in superseded(log, lineage.hold, keep):
        try:
            services.clock.check(f"deregister {name}:{number}")
            services.batch.deregister(name, number)
        except UpdaterError as error:
            wrong.append(f"revision {number} of {name} was not deregistered: {error}")
    return tuple(wrong)
