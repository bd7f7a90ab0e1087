"""Explores every order in which runs, other writers and faults can take their turns.

The real planner and apply code runs against ``tests.support.world``. A run is a function of the answers
that it got, so it can be stopped before any request and taken up again: it is played from the start with
the answers so far, until it asks for one more. A state of the search is then a plain value.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from handler.document.raw import loads
from handler.event import Trigger
from handler.intent import Follow
from handler.run import Task, update
from tests.support.world import Answer, Request, World, services

Move = Callable[[World], World]
RETRIES = 2


class _AskedAgain(BaseException):
    """Not an Exception, so that the code under test cannot catch it."""

    def __init__(self, request: Request) -> None:
        self.request = request


class Unexplained(BaseException):
    """A run registered once more than its conflicts explain."""


@dataclass(frozen=True)
class Finished:
    failed: str


@dataclass(frozen=True)
class Actor:
    """One event's invocations of the function: retries left, and what the present one was answered."""

    task: int
    answers: tuple[Answer, ...] = ()
    retries: int = RETRIES
    finished: bool = False


@dataclass(frozen=True)
class Faults:
    """How many of each may still happen."""

    crashes: int = 0
    lost_answers: int = 0
    own_lags: int = 0
    any_lags: int = 0
    stale_tags: int = 0


@dataclass(frozen=True)
class State:
    world: World
    actors: tuple[Actor, ...] = ()
    moves: int = 0
    faults: Faults = Faults()


@dataclass
class Scenario:
    """``moves`` happen in their order, any time; a move that names a task also starts a run of it."""

    world: World
    moves: list[tuple[Move, Task | None]]
    faults: Faults = field(default_factory=Faults)
    _tasks: list[Task] = field(default_factory=list)
    _known: dict[tuple[int, tuple[Answer, ...]], Request | Finished] = field(default_factory=dict)

    def start(self) -> State:
        return State(self.world, faults=self.faults)

    def ask(self, actor: Actor) -> Request | Finished:
        """What the actor asks next."""
        key = (actor.task, actor.answers)
        if key not in self._known:
            self._known[key] = play(self._tasks[actor.task], actor.answers)
        return self._known[key]

    def next_states(self, state: State) -> Iterator[State]:
        if state.moves < len(self.moves):
            move, task = self.moves[state.moves]
            actors = state.actors if task is None else (*state.actors, Actor(self._index(task)))
            yield replace(state, world=move(state.world), actors=actors, moves=state.moves + 1)
        for number, actor in enumerate(state.actors):
            if not actor.finished:
                for changed, world, faults in self._turns(state, actor):
                    actors = (*state.actors[:number], changed, *state.actors[number + 1 :])
                    yield State(world, actors, state.moves, faults)

    def _index(self, task: Task) -> int:
        if task not in self._tasks:
            self._tasks.append(task)
        return self._tasks.index(task)

    def _turns(self, state: State, actor: Actor) -> Iterator[tuple[Actor, World, Faults]]:
        world, faults = state.world, state.faults
        request = self.ask(actor)
        if isinstance(request, Finished):
            if request.failed and actor.retries:
                yield replace(actor, answers=(), retries=actor.retries - 1), world, faults
            else:
                assert not request.failed, f"given up: {request.failed}"
                yield replace(actor, finished=True), world, faults
            return
        if faults.crashes and actor.answers and actor.retries:
            crashed = replace(actor, answers=(), retries=actor.retries - 1)
            yield crashed, world, replace(faults, crashes=faults.crashes - 1)
        after, answer = world.answer(request)
        yield _told(actor, answer), after, faults
        if request.kind == "register" and faults.lost_answers:
            lost = replace(faults, lost_answers=faults.lost_answers - 1)
            yield _told(actor, Answer(error="timeout")), after, lost
        if request.kind in ("describe", "numbers"):
            yield from self._lagging(world, actor, request, faults)
        intent = self._tasks[actor.task].intent
        if faults.stale_tags and isinstance(intent, Follow) and intent.trigger.is_push:
            stale = replace(faults, stale_tags=faults.stale_tags - 1)
            for old in _before_the_push(world, request, intent.trigger):
                if old != answer:
                    yield _told(actor, old), world, stale

    def _lagging(
        self, world: World, actor: Actor, request: Request, faults: Faults
    ) -> Iterator[tuple[Actor, World, Faults]]:
        total, given = len(world.revisions), _highest_given(actor)
        for lag in range(1, min(2, total) + 1):
            _, answer = world.answer(request, lag=lag)
            if answer == world.answer(request)[1]:
                continue
            if faults.own_lags and total - lag < given:
                yield _told(actor, answer), world, replace(faults, own_lags=faults.own_lags - 1)
            if faults.any_lags:
                yield _told(actor, answer), world, replace(faults, any_lags=faults.any_lags - 1)


def play(task: Task, answers: tuple[Answer, ...]) -> Request | Finished:
    """Plays a run with these answers: its next request, or how it ended."""
    left = iter(answers)
    asked: list[tuple[Request, Answer]] = []

    def ask(request: Request) -> Answer:
        if request.kind == "register" and not _has_reason(asked):
            raise Unexplained(f"registered again without a conflict: {asked}")
        for answer in left:
            asked.append((request, answer))
            return answer
        raise _AskedAgain(request)

    try:
        result = update(task, services(ask))
    except _AskedAgain as asked:
        return asked.request
    return Finished("; ".join(outcome.reason for outcome in result.failures))


def _has_reason(asked: list[tuple[Request, Answer]]) -> bool:
    """Whether the run's last registration, if any, met a conflict: no clear answer, a gap, another image."""
    registered = [number for number, (request, _) in enumerate(asked) if request.kind == "register"]
    if not registered:
        return True
    last = registered[-1]
    request, answer = asked[last]
    known = [
        int(document["revision"])
        for before, told in asked[:last]
        if before.kind in ("describe", "numbers")
        for document in loads(told.body)
    ]
    gap = bool(answer.error) or loads(answer.body) != max(known) + 1
    images = [told.body for after, told in asked[last:] if after.kind in ("image", "images")]
    return gap or any(_selected(image) not in request.body for image in images)


def _before_the_push(world: World, request: Request, trigger: Trigger) -> Iterator[Answer]:
    """As ECR answered before the run's own push: what the event is evidence against."""
    if request.kind == "image":
        for digest, _ in world.pushes:
            if digest != trigger.digest:
                yield Answer(json.dumps(world.details(request.body, digest)))
    if request.kind == "images":
        yield world.without_tag(trigger.tag).answer(request)[1]


def _selected(listing: str) -> str:
    """The digest that a run takes from an answer of ECR: of a list, that of the highest tag."""
    found = json.loads(listing)
    highest = max(found, key=lambda each: str(each["imageTags"])) if isinstance(found, list) else found
    return str(highest["imageDigest"])


def _told(actor: Actor, answer: Answer) -> Actor:
    return replace(actor, answers=(*actor.answers, answer))


def _highest_given(actor: Actor) -> int:
    """The highest number that the actor was answered by a registration."""
    numbers = [loads(answer.body) for answer in actor.answers]
    return max((number for number in numbers if isinstance(number, int)), default=0)


@dataclass(frozen=True)
class Wrong:
    """A counter-example: what is wrong at the end, and the states that led there."""

    what: str
    path: tuple[State, ...]


def explore(
    scenario: Scenario, check: Callable[[World], str], most: int = 400_000
) -> tuple[int, Wrong | None]:
    """Visits every reachable state; gives their number and the first end that ``check`` objects to."""
    seen: set[State] = set()
    stack: list[tuple[State, tuple[State, ...]]] = [(scenario.start(), ())]
    while stack:
        state, path = stack.pop()
        if state in seen:
            continue
        seen.add(state)
        assert len(seen) <= most, "the scenario is too large to explore"
        following = list(scenario.next_states(state))
        if not following and (what := check(state.world)):
            return len(seen), Wrong(what, (*path, state))
        stack += [(item, (*path, state)) for item in following]
    return len(seen), None


def wander(scenario: Scenario, check: Callable[[World], str], seed: int, walks: int) -> Wrong | None:
    """Random walks, for scenarios too large to explore."""
    chance = random.Random(seed)
    for _ in range(walks):
        path = [scenario.start()]
        while following := list(scenario.next_states(path[-1])):
            path.append(chance.choice(following))
        if what := check(path[-1].world):
            return Wrong(what, tuple(path))
    return None
