"""keepRevisions: which revisions go, and that a failure to let them go fails nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from handler import provenance
from handler.lineage import Lineage, trace
from handler.report.log import metrics
from handler.retention import retire, superseded
from handler.revision import Revision, RevisionLog
from handler.run import update
from tests.support.world import (
    JOB,
    START,
    Answer,
    Request,
    World,
    definition,
    push,
    reconcile,
    services,
    task,
    uri,
)


@dataclass
class Table:
    world: World
    deny: str = ""
    requests: list[str] = field(default_factory=list)

    def ask(self, request: Request) -> Answer:
        self.requests.append(request.kind)
        if request.body == self.deny:
            return Answer(error="AccessDeniedException 403")
        self.world, answer = self.world.answer(request)
        return answer

    def run(self, keep: int) -> dict[str, int]:
        """Runs once as the function does; returns the metrics."""
        work = services(self.ask)
        result = retire(update(task(trigger=push("z")), work), keep, task().intent.owns, work)
        assert [outcome.kind for outcome in result.outcomes] == ["updated"]
        self.warnings = result.outcomes[0].warnings
        return metrics(result, reconcile(), START, "p-dev-ocr")

    @property
    def active(self) -> list[int]:
        return [document["revision"] for document in self.world.documents() if document["status"] == "ACTIVE"]


def ours(copies: int, hold: str = "") -> dict[str, str]:
    tags = {provenance.PREVIOUS_REVISION: str(copies)}
    return {**tags, provenance.HOLD: hold} if hold else tags


def world(*tags: dict[str, str]) -> World:
    made = World().with_tag("latest", "z", 1)
    for number, given in enumerate(tags):
        made = made.registered(definition(uri("abcdef"[number]), tags=given))
    return made


def test_revisions_of_ours_beyond_the_newest_n_are_deregistered() -> None:
    table = Table(world(ours(0), ours(1), ours(2), ours(3)))
    table.run(keep=2)
    assert table.active == [4, 5]


def test_a_revision_of_infrastructure_code_is_never_touched() -> None:
    table = Table(world({"team": "ocr"}, ours(1), {}, ours(3)))
    table.run(keep=1)
    assert table.active == [1, 3, 5]


def test_the_revision_that_holds_is_spared() -> None:
    documents = world(ours(0), ours(1, hold="broken"), ours(2), {}).documents()
    log = RevisionLog.of(JOB, map(Revision.read, documents))
    lineage = trace(log, task().intent.owns)
    assert isinstance(lineage, Lineage)
    assert superseded(log, lineage.hold, keep=1) == (1, 3)
    assert superseded(log, None, keep=1) == (1, 2, 3)


def test_fewer_revisions_than_are_kept_stay() -> None:
    table = Table(world(ours(0), ours(1)))
    table.run(keep=20)
    assert table.active == [1, 2, 3]


def test_a_failure_to_deregister_is_told_and_counted_and_does_not_stop_the_rest() -> None:
    table = Table(world(ours(0), ours(1), ours(2)), deny=f"{JOB}:1")
    counted = table.run(keep=1)
    assert table.active == [1, 4]
    assert counted["NotDeregistered"] == 1
    assert "revision 1 of job was not deregistered" in table.warnings[0]
    assert "keepRevisions" in table.warnings[0]


def test_a_definition_that_was_not_updated_is_not_even_read_again() -> None:
    table = Table(world(ours(0), ours(1)).with_tag("latest", "b"))
    work = services(table.ask)
    retire(update(task(), work), 1, task().intent.owns, work)
    assert table.requests == ["describe", "image"]
