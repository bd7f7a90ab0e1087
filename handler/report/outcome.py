"""What a run did, for each definition: the function's result."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from handler.document.image import Image
from handler.plan import Skip
from handler.request import ImageChange, Registration

Kind = Literal["updated", "skipped", "failed"]
Standing = Literal["settled", "behind", "held"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One definition's outcome. Revisions are numbers, images whole references; None where there is none.

    ``changes`` are those of every container, of which the images are the first. ``gate`` is the key under
    ``requires`` that refused the selected image, "" where none did. ``standing`` is how the run left the
    definition: it carries the selected image or rightly keeps a better one, does not carry it, or is on hold;
    None where the run did not look. A failure counts as behind, since nobody knows better.
    """

    definition: str
    kind: Kind
    reason: str
    gate: str = ""
    previous_revision: int | None = None
    new_revision: int | None = None
    previous_image: str | None = None
    new_image: str | None = None
    registered_at: datetime | None = None
    error: Exception | None = None
    changes: tuple[ImageChange, ...] = ()
    warnings: tuple[str, ...] = ()
    not_deregistered: int = 0
    standing: Standing | None = None

    def fields(self) -> dict[str, Any]:
        """The outcome as it stands in the result and in the log record."""
        return {
            "jobDefinition": self.definition,
            "outcome": self.kind,
            "reason": self.reason,
            "gate": self.gate or None,
            "previousRevision": self.previous_revision,
            "newRevision": self.new_revision,
            "previousImage": self.previous_image,
            "newImage": self.new_image,
        }


@dataclass(frozen=True, kw_only=True)
class Result:
    """A whole run; ``image`` is the selected image, None where none was resolved."""

    pair: str
    dry_run: bool
    image: Image | None
    outcomes: tuple[Outcome, ...]

    def fields(self) -> dict[str, Any]:
        """The JSON object that the function returns."""
        return {
            "pair": self.pair,
            "dryRun": self.dry_run,
            "selectedImage": {"tag": self.image.tag, "digest": self.image.digest} if self.image else None,
            "outcomes": [outcome.fields() for outcome in self.outcomes],
        }

    @property
    def failures(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.kind == "failed")


def updated(registration: Registration, number: int, at: datetime) -> Outcome:
    standing: Standing = "held" if registration.held else "settled"
    outcome = _of(registration, "updated", registration.reason, standing)
    return replace(outcome, new_revision=number, registered_at=at)


def rehearsed(registration: Registration) -> Outcome:
    """A dry run's word on a registration: nothing was written, so it is not ``updated``."""
    standing: Standing = "held" if registration.held else "behind" if registration.introduces else "settled"
    return _of(registration, "skipped", f"dry run, would register: {registration.reason}", standing)


def skipped(skip: Skip) -> Outcome:
    standing: Standing = "held" if skip.held else "behind" if skip.gate else "settled"
    return Outcome(
        definition=skip.definition,
        kind="skipped",
        reason=skip.reason,
        gate=skip.gate,
        previous_revision=skip.newest.number,
        previous_image=skip.image,
        warnings=skip.warnings,
        standing=standing,
    )


def passed_over(definition: str, reason: str) -> Outcome:
    """A definition that was not even looked at."""
    return Outcome(definition=definition, kind="skipped", reason=reason)


def failed(definition: str, error: Exception, before: Outcome | None = None) -> Outcome:
    """``before`` is what had been done for the definition until then: it stays in the record."""
    known = before or passed_over(definition, "")
    return replace(known, kind="failed", reason=str(error), error=error, standing="behind")


def _of(registration: Registration, kind: Kind, reason: str, standing: Standing) -> Outcome:
    return Outcome(
        definition=registration.definition,
        kind=kind,
        reason=reason,
        previous_revision=registration.newest.number,
        previous_image=registration.image_before,
        new_image=registration.image_after,
        changes=registration.changes,
        warnings=registration.warnings,
        standing=standing,
    )
