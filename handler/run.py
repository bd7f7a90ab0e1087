"""One run: carry out an intent for every definition, whatever else happens meanwhile.

    describe the definitions -> select the image -> decide -> register -> select again

Batch is read before ECR, so that a slow run seldom writes a stale image in the first place. A returned
number that is not the next one says that somebody registered in between; another image after the write
says that the write may be stale. Either starts over for the definitions concerned, a few times.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from handler.document.image import Image
from handler.errors import (
    ImageMoved,
    MalformedAnswer,
    RegistrationUnclear,
    RevisionConflict,
    UpdaterError,
)
from handler.intent import Intent
from handler.lineage import Lineage
from handler.parallel import Each, each
from handler.plan import Occasion, Registration, Skip
from handler.read import Written, gather
from handler.report import outcome as outcomes
from handler.report.outcome import Outcome, Result
from handler.revision import RevisionLog
from handler.select import Selection
from handler.services import Services
from handler.value import Value

Done = TypeVar("Done")

MOST_ROUNDS = 6
_BACKOFF = 0.2


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Task(Value):
    """What a run is to do: carry out ``intent`` for ``definitions``. ``event_id`` tells what started it."""

    pair: str
    definitions: tuple[str, ...]
    intent: Intent
    event_id: str
    dry_run: bool = False


def update(task: Task, services: Services) -> Result:
    """Does the task. Errors become the outcomes of the definitions that they concern; none is raised."""
    return _Run(task, services).run()


class _Run:
    def __init__(self, task: Task, services: Services) -> None:
        self.task = task
        self.services = services
        self.image: Image | None = None
        self.outcomes: dict[str, Outcome] = {}
        self.written: dict[str, Written] = {}
        self.conflicts: dict[str, UpdaterError] = {}
        self.unclear: dict[str, Registration] = {}

    def run(self) -> Result:
        pending = self.task.definitions
        for attempt in range(MOST_ROUNDS):
            try:
                if attempt:
                    self.services.clock.wait(
                        attempt - 1, base=_BACKOFF, step=f"start over for {', '.join(pending)}"
                    )
                pending = self._round(pending)
            except Exception as error:  # noqa: BLE001 - the outcome of every definition that waited for it
                self._fail(pending, error)
                pending = ()
            if not pending:
                break
        for name in pending:
            self._fail((name,), self.conflicts[name])
        return Result(
            pair=self.task.pair,
            dry_run=self.task.dry_run,
            image=self.image,
            outcomes=tuple(self.outcomes[name] for name in self.task.definitions),
        )

    def _round(self, pending: tuple[str, ...]) -> tuple[str, ...]:
        """One pass over ``pending``; returns the definitions that need another. Raises what concerns all."""
        logs = self._gather(pending)
        if not logs:
            return ()
        selection = self._select()
        self.image = image = selection.image
        if image is None:
            for name in logs:
                self._settle(outcomes.passed_over(name, selection.reason))
            return ()
        registrations = self._plan(logs, selection)
        disturbed = self._register(registrations)
        written = [name for name in registrations if name not in disturbed and not self._has_failed(name)]
        if written and self._has_moved(image, written):
            disturbed = {name for name in self.task.definitions if not self._has_failed(name)}
        # Those disturbed are read anew and ECR is asked after that, which is a look after writing, too.
        return tuple(name for name in self.task.definitions if name in disturbed)

    def _gather(self, names: Iterable[str]) -> dict[str, tuple[RevisionLog, Lineage]]:
        batch, clock, owns = self.services.batch, self.services.clock, self.task.intent.owns
        found = each(lambda name: gather(name, batch, owns, clock, self.written.get(name)), names)
        return self._done(found)

    def _select(self) -> Selection:
        return self.task.intent.select(self.services)

    def _plan(
        self, logs: dict[str, tuple[RevisionLog, Lineage]], selection: Selection
    ) -> dict[str, Registration]:
        """The registrations to make; what is to be skipped is settled."""
        at = self.services.clock.now().isoformat(timespec="seconds")
        occasion = Occasion(event_id=self.task.event_id, at=at)

        def decide(name: str) -> Registration | Skip:
            log, lineage = logs[name]
            return self.task.intent.decide(log, lineage, selection, occasion)

        planned = self._done(each(decide, logs, at_once=1))
        registrations = {name: item for name, item in planned.items() if isinstance(item, Registration)}
        for name, item in planned.items():
            if not isinstance(item, Registration):
                self._settle(self._found(self.unclear.get(name), item))
        registrations = self._admitted(registrations)
        if self.task.dry_run:
            for item in registrations.values():
                self._settle(outcomes.rehearsed(item))
            return {}
        return registrations

    def _admitted(self, registrations: dict[str, Registration]) -> dict[str, Registration]:
        """Those that may be made; the others are settled."""
        bringing = {name: item for name, item in registrations.items() if item.introduces}
        try:
            refused = self.task.intent.admit(bringing, self.services) if bringing else {}
        except Exception as error:  # noqa: BLE001 - becomes their outcome
            self._fail(bringing, error)
            return {name: item for name, item in registrations.items() if name not in bringing}
        for skip in refused.values():
            self._settle(outcomes.skipped(skip))
        return {name: item for name, item in registrations.items() if name not in refused}

    def _found(self, unclear: Registration | None, skip: Skip) -> Outcome:
        """A revision that is in place may be the very one whose registration got no clear answer."""
        newest = skip.newest
        if unclear is not None and newest.number > unclear.after and newest.copied == unclear.base:
            return outcomes.updated(unclear, newest.number, self.services.clock.now())
        return outcomes.skipped(skip)

    def _register(self, registrations: dict[str, Registration]) -> set[str]:
        """Registers all; returns the definitions that somebody else may have written to meanwhile."""
        disturbed: set[str] = set()
        steps = each(lambda name: self._register_one(registrations[name]), registrations)
        for name, error in steps.failed.items():
            if isinstance(error, RegistrationUnclear):
                disturbed.add(name)
                self.conflicts[name] = error
                self.unclear[name] = registrations[name]
            else:
                self._fail((name,), error)
        for name, number in steps.done.items():
            item, first = registrations[name], self.written.get(name)
            self.written[name] = Written(read=first.read if first else item.after, given=number)
            self._settle(outcomes.updated(item, number, self.services.clock.now()))
            if not _is_next(item, number):
                disturbed.add(name)
                self.conflicts[name] = _interfered(item, number)
        return disturbed

    def _register_one(self, registration: Registration) -> int:
        self.services.clock.check(f"register {registration.definition}")
        number = self.services.batch.register(registration.document)
        if number <= registration.after:
            raise MalformedAnswer(
                f"batch:RegisterJobDefinition of {registration.definition} answered with revision {number}, "
                f"although revision {registration.after} exists"
            )
        return number

    def _has_moved(self, image: Image, written: list[str]) -> bool:
        """The look after writing. Failing to look is a failure of what was written: it may be stale."""
        try:
            moved = not image.same_as(self._select().image)
        except Exception as error:  # noqa: BLE001 - becomes their outcome
            self._fail(written, error)
            return False
        if moved:
            self.conflicts.update({name: _moved(name, image) for name in self.task.definitions})
        return moved

    def _done(self, steps: Each[str, Done]) -> dict[str, Done]:
        """What succeeded; what did not is settled."""
        for name, error in steps.failed.items():
            self._fail((name,), error)
        return steps.done

    def _has_failed(self, name: str) -> bool:
        return name in self.outcomes and self.outcomes[name].kind == "failed"

    def _settle(self, outcome: Outcome) -> None:
        """Keeps what the run did: finding its own revision in place afterwards does not undo that.

        How the definition stands is what the last look says.
        """
        known = self.outcomes.get(outcome.definition)
        if known is None or outcome.kind == "updated":
            self.outcomes[outcome.definition] = outcome
        elif outcome.standing is not None:
            self.outcomes[outcome.definition] = replace(known, standing=outcome.standing)

    def _fail(self, names: Iterable[str], error: Exception) -> None:
        for name in names:
            if not self._has_failed(name):
                self.outcomes[name] = outcomes.failed(name, error, self.outcomes.get(name))


def _is_next(item: Registration, number: int) -> bool:
    """Whether nobody registered between the read and the write: Batch numbers revisions without gaps."""
    return number == item.after + 1


def _interfered(item: Registration, number: int) -> RevisionConflict:
    return RevisionConflict(
        f"{item.definition} got revision {number} where {item.after + 1} was next: somebody else keeps "
        "registering it",
        remedy="find out who registers the definition again and again; the retry begins anew",
    )


def _moved(name: str, image: Image) -> ImageMoved:
    return ImageMoved(
        f"the image tagged {image.tag} kept changing while {name} was registered",
        remedy="none needed if pushes stop: the retry begins anew",
    )
