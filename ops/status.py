"""``ecr-batch status``: for each job definition, what it runs and what it should run.

It is the function's own planner that is asked, with nothing registered: a definition is *behind* exactly
when a run of the function would register something.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from handler import provenance
from handler.document.image import Image
from handler.errors import (
    AwsError,
    DefinitionError,
    DefinitionNotFound,
    GateError,
    NoActiveRevision,
    NoRepositoryContainer,
    RepositoryNotFound,
)
from handler.event import Trigger
from handler.intent import Follow, Services
from handler.lineage import Lineage
from handler.parallel import each
from handler.plan import Skip
from handler.read import read_definition
from handler.request import Occasion, Registration
from handler.revision import Revision, RevisionLog
from handler.select import Selection
from handler.settings import Settings
from handler.target import Target
from ops.access import access, give_up
from ops.aws import Aws
from ops.images import NO_IMAGE, Carried, carried_by, short_image

_CONNECTIONS = 10  # as many as a botocore client keeps open
_ASKED = Trigger(event_id="status")


# What the policy selects, or why ECR can't hold any image.
Selected = Selection | RepositoryNotFound


class State(Enum):
    """The words for a definition; every one but CURRENT is a no."""

    CURRENT = "current"
    BEHIND = "behind"
    GATED = "gated"
    HELD = "held"
    KEPT = "kept"
    FOREIGN = "foreign"
    MISSING = "missing"
    INACTIVE = "inactive"
    NO_IMAGE = "no image"
    NO_REPOSITORY = "no repository"
    BLOCKED = "blocked"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One definition. ``carried`` is the image of its newest ACTIVE revision.

    ``updated_at`` is when the updater registered that revision (ISO 8601), "" where its tags do not say.
    """

    pair: str
    definition: str
    state: State
    reason: str
    revision: int | None = None
    carried: Carried = NO_IMAGE
    updated_at: str = ""
    selected: Image | None = None

    def fields(self) -> dict[str, Any]:
        """The row as JSON; what is unknown is null."""
        selected = self.selected
        return {
            "pair": self.pair,
            "jobDefinition": self.definition,
            "state": self.state.value,
            "reason": self.reason,
            "revision": self.revision,
            **self.carried.fields(),
            "updatedAt": self.updated_at or None,
            "selectedImage": {"tag": selected.tag, "digest": selected.digest} if selected else None,
        }


COLUMNS = ("PAIR", "JOB DEFINITION", "REVISION", "IMAGE", "SELECTED IMAGE", "STATE")


def cells(row: Row) -> tuple[str, ...]:
    """The row as a line of the table."""
    return (
        row.pair,
        row.definition,
        "-" if row.revision is None else str(row.revision),
        str(row.carried),
        short_image(row.selected.tag, row.selected.digest) if row.selected else "-",
        row.state.value,
    )


def status(pairs: Iterable[Settings], aws: Aws) -> tuple[Row, ...]:
    """Every definition of ``pairs``, in their order. Raises OpsError when AWS can't be asked."""
    return tuple(row for settings in pairs for row in _pair(settings, aws))


def _pair(settings: Settings, aws: Aws) -> Sequence[Row]:
    reached = access(settings, aws)
    target, services = reached.target, reached.services
    follow = Follow(target=target, trigger=_ASKED)
    logs = each(
        lambda name: read_definition(name, services.batch, target.owns, services.clock),
        settings.job_definitions,
        at_once=_CONNECTIONS,
    )
    image = _select(follow, services)
    verdicts = {name: _decide(*found, image, follow, settings) for name, found in logs.done.items()}
    verdicts |= _gated(verdicts, follow, services)
    rows = {
        name: _row(settings, log.active[0], verdicts[name], image, target)
        for name, (log, _) in logs.done.items()
    }
    rows |= {name: _without(settings, name, error, image) for name, error in logs.failed.items()}
    return [rows[name] for name in settings.job_definitions]


def _select(follow: Follow, services: Services) -> Selected:
    try:
        return follow.select(services)
    except RepositoryNotFound as error:
        return error
    except AwsError as error:
        give_up(error)


def _without(settings: Settings, name: str, error: Exception, image: Selected) -> Row:
    """The row of a definition that has no ACTIVE revision."""
    match error:
        case DefinitionNotFound():
            state = State.MISSING
        case NoActiveRevision():
            state = State.INACTIVE
        case _:
            give_up(error)
    return Row(
        pair=settings.pair, definition=name, state=state, reason=str(error), selected=_image_or_none(image)
    )


def _row(settings: Settings, newest: Revision, verdict: _Verdict, image: Selected, target: Target) -> Row:
    carried = carried_by(newest, target.owns)
    return Row(
        pair=settings.pair,
        definition=newest.name,
        state=verdict.state,
        reason=verdict.reason,
        revision=newest.number,
        carried=carried,
        updated_at=newest.tags.get(provenance.UPDATED_AT, "") if target.owns(carried.reference) else "",
        selected=_image_or_none(image),
    )


@dataclass(frozen=True)
class _Verdict:
    """``planned`` is what a run would register, if anything."""

    state: State
    reason: str
    planned: Registration | None = None


def _decide(
    log: RevisionLog, lineage: Lineage, image: Selected, follow: Follow, settings: Settings
) -> _Verdict:
    if isinstance(image, RepositoryNotFound):
        return _Verdict(State.NO_REPOSITORY, str(image))
    if image.image is None:
        return _Verdict(State.NO_IMAGE, image.reason)
    occasion = Occasion(event_id=_ASKED.event_id, at=datetime.now(UTC).isoformat())
    try:
        decision = follow.decide(log, lineage, image, occasion)
    except NoRepositoryContainer as error:
        return _Verdict(State.FOREIGN, str(error))
    except DefinitionError as error:
        return _Verdict(State.BLOCKED, str(error))
    if lineage.hold_in_force:
        return _Verdict(State.HELD, decision.reason)
    if isinstance(decision, Skip):
        return _Verdict(State.KEPT if decision.kept else State.CURRENT, decision.reason)
    paused = ", but the pair is paused" if settings.paused else ""
    return _Verdict(State.BEHIND, decision.reason + paused, decision)


def _gated(verdicts: Mapping[str, _Verdict], follow: Follow, services: Services) -> dict[str, _Verdict]:
    """What the gates say of those that are to get another image: refused, or that it can't be told."""
    planned = {name: each.planned for name, each in verdicts.items() if each.planned is not None}
    behind = {name: item for name, item in planned.items() if item.introduces}
    try:
        refused = follow.admit(behind, services)
    except GateError as error:
        return dict.fromkeys(behind, _Verdict(State.BLOCKED, str(error)))
    except AwsError as error:
        give_up(error)
    return {name: _Verdict(State.GATED, skip.reason) for name, skip in refused.items()}


def _image_or_none(selection: Selected) -> Image | None:
    return selection.image if isinstance(selection, Selection) else None
