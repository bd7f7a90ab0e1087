"""One run: carry out an intent for every definition, whatever else happens meanwhile.

    read the definitions -> select the image -> decide -> register -> look again

Batch is read before ECR, so that a slow run seldom writes a stale image in the first place. A returned
number that is not the next one says that somebody registered in between; another image after the write
says that the write may be stale. Either starts over for the definitions concerned, a few times.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from handler.clock import ROUNDS
from handler.document.image import Image
from handler.errors import ImageMoved, MalformedAnswer, RegistrationUnclear, RevisionConflict, UpdaterError
from handler.intent import Intent, Services
from handler.lineage import Lineage
from handler.parallel import Each, each
from handler.plan import Skip
from handler.read import Written, read_definition
from handler.report import outcome as outcomes
from handler.report.outcome import Outcome, Result
from handler.request import Occasion, Registration
from handler.revision import RevisionLog
from handler.select import Selection

Done = TypeVar("Done")
Read = Mapping[str, tuple[RevisionLog, Lineage]]


@dataclass(frozen=True, kw_only=True)
class Task:
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
    """What is known of each definition, by name, as the rounds go on.

    ``conflicts`` is why it starts over, ``written`` which numbers this run was given, ``unclear`` its
    registration that got no clear answer.
    """

    def __init__(self, task: Task, services: Services) -> None:
        self.task = task
        self.services = services
        self.image: Image | None = None
        self.outcomes: dict[str, Outcome] = {}
        self.conflicts: dict[str, UpdaterError] = {}
        self.written: dict[str, Written] = {}
        self.unclear: dict[str, Registration] = {}

    def run(self) -> Result:
        pending = self.task.definitions
        try:
            for _ in self.services.clock.attempts(ROUNDS, "start over"):
                pending = self._round(pending)
                if not pending:
                    break
        except Exception as error:  # noqa: BLE001 - the outcome of every definition that waited for it
            self._fail(pending, error)
        else:
            for name in pending:
                self._fail((name,), self.conflicts[name])
        return Result(
            pair=self.task.pair,
            dry_run=self.task.dry_run,
            image=self.image,
            outcomes=tuple(self.outcomes[name] for name in self.task.definitions),
        )

    def _round(self, names: Iterable[str]) -> tuple[str, ...]:
        """One time through; returns the definitions to start over for."""
        read = self._read(names)
        if not read:
            return ()
        selection = self.task.intent.select(self.services)
        self.image = selection.image
        if self.image is None:
            for name in read:
                self._settle(outcomes.passed_over(name, selection.reason))
            return ()
        registrations = self._admit(self._decide(read, selection))
        if self.task.dry_run:
            for item in registrations.values():
                self._settle(outcomes.rehearsed(item))
            return ()
        disturbed = self._register(registrations)
        written = [name for name in registrations if name not in disturbed and not self._has_failed(name)]
        if written and self._has_moved(self.image, written):
            disturbed = {name for name in self.task.definitions if not self._has_failed(name)}
        # Those disturbed are read anew and ECR is asked after that, which is a look after writing, too.
        return tuple(name for name in self.task.definitions if name in disturbed)

    def _read(self, names: Iterable[str]) -> Read:
        batch, clock, owns = self.services.batch, self.services.clock, self.task.intent.owns
        return self._done(
            each(lambda name: read_definition(name, batch, owns, clock, self.written.get(name)), names)
        )

    def _decide(self, read: Read, selection: Selection) -> dict[str, Registration]:
        """The registrations that are wanted; what is to be skipped is settled."""
        at = self.services.clock.now().isoformat(timespec="seconds")
        occasion = Occasion(event_id=self.task.event_id, at=at)

        def decide(name: str) -> Registration | Skip:
            log, lineage = read[name]
            return self.task.intent.decide(log, lineage, selection, occasion)

        decided = self._done(each(decide, read, at_once=1))
        for name, item in decided.items():
            if isinstance(item, Skip):
                self._settle(self._in_place(self.unclear.get(name), item))
        return {name: item for name, item in decided.items() if isinstance(item, Registration)}

    def _in_place(self, unclear: Registration | None, skip: Skip) -> Outcome:
        """A revision that is in place may be the very one whose registration got no clear answer."""
        newest = skip.newest
        if unclear is not None and newest.number > unclear.after and newest.copied == unclear.base:
            return outcomes.updated(unclear, newest.number, self.services.clock.now())
        return outcomes.skipped(skip)

    def _admit(self, registrations: dict[str, Registration]) -> dict[str, Registration]:
        """Those that may be made; the others are settled."""
        bringing = {name: item for name, item in registrations.items() if item.introduces}
        refused: Iterable[str] = bringing
        try:
            skips = self.task.intent.admit(bringing, self.services)
        except Exception as error:  # noqa: BLE001 - becomes their outcome
            self._fail(bringing, error)
        else:
            refused = skips
            for skip in skips.values():
                self._settle(outcomes.skipped(skip))
        return {name: item for name, item in registrations.items() if name not in refused}

    def _register(self, registrations: Mapping[str, Registration]) -> set[str]:
        """Registers all; returns the definitions that somebody else may have written to meanwhile."""
        steps = each(lambda name: self._register_one(registrations[name]), registrations)
        for name, error in steps.failed.items():
            if isinstance(error, RegistrationUnclear):
                self.conflicts[name], self.unclear[name] = error, registrations[name]
            else:
                self._fail((name,), error)
        disturbed = {name for name in steps.failed if not self._has_failed(name)}
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
                f"although revision {registration.after} exists",
                action="batch:RegisterJobDefinition",
            )
        return number

    def _has_moved(self, image: Image, written: list[str]) -> bool:
        """The look after writing. Failing to look is a failure of what was written: it may be stale."""
        try:
            moved = not image.same_as(self.task.intent.select(self.services).image)
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
