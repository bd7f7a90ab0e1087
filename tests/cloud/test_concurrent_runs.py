"""Many runs at once, with real threads, the real clients and latencies that are now and then enormous."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

import pytest

from benchmarks.loopback import ACCOUNT, REGION, AwsClients, Loopback, heavy_tailed
from handler.aws.batch import Batch
from handler.aws.ecr import Ecr
from handler.clock import Clock
from handler.document.image import Repository
from handler.event import Trigger
from handler.intent import Follow, Services
from handler.policy import ExactTag
from handler.provenance import PREVIOUS_REVISION
from handler.report.outcome import Result
from handler.run import Task, update
from handler.settings import Settings
from handler.target import Target

ROUNDS, LONGER, RUNS = 200, 10, 8
# Rounds know nothing of each other, so several go on at once while most of them wait.
SIDE_BY_SIDE = 8
TAG, CHANGED_TIMEOUT = "latest", 7200
LAMBDA_RETRIES = 2
# The function's pauses before it starts over, against latencies of milliseconds.
PAUSE_FACTOR = 0.02


@dataclass
class Round:
    """One job definition, its repository, and what happens to them."""

    loopback: Loopback
    clients: list[AwsClients]
    number: int
    dice: random.Random = field(init=False)
    letters: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.number)
        self.name = f"job-{self.number}"
        self.repository = Repository(account=ACCOUNT, region=REGION, name=f"images-{self.number}")

    def play(self) -> list[str]:
        """Runs the round; what is wrong at its end."""
        self.loopback.batch.register(self.definition(timeout=3600))
        # Half of the rounds are one burst. In the others all is quiet before the tag moves on and back.
        calm = self.number % 2 == 1
        with ThreadPoolExecutor(RUNS + 1) as pool:
            runs: list[tuple[Trigger, Future[Result]]] = []
            trigger, writer = self.push("a"), None
            for index in range(RUNS):
                runs.append((trigger, pool.submit(self.run, trigger, index)))
                if index == RUNS // 2 - 1:
                    writer = pool.submit(self.write, self.definition(timeout=CHANGED_TIMEOUT))
                if calm and index == RUNS - 3:
                    wait(run for _, run in runs)
                if writer is not None and index >= RUNS - 3:
                    # A registration that comes after the last event is for a reconcile to see.
                    writer.result()
                time.sleep(self.dice.uniform(0, 0.06 if index == RUNS - 2 else 0.01))
                trigger = self.next_push(trigger, index, calm)
            problems = self.retry(pool, runs)
        return [f"round {self.number}: {problem}" for problem in problems + self.wrong_end()]

    def next_push(self, last: Trigger, index: int, calm: bool) -> Trigger:
        """The next event: mostly a push, often of an earlier image; now and then the last one once more."""
        if calm and index == RUNS - 3:
            return self.push("d")
        if calm and index == RUNS - 2:
            return self.push(self.letters[-2])
        if index == RUNS - 2 or (index < RUNS - 1 and self.dice.random() < 0.8):
            return self.push(self.dice.choice("abc"))
        return last

    def retry(self, pool: ThreadPoolExecutor, runs: list[tuple[Trigger, Future[Result]]]) -> list[str]:
        """Starts failed runs again, as Lambda does; the failures that stay."""
        for _ in range(LAMBDA_RETRIES):
            failed = [trigger for trigger, run in runs if run.result().failures]
            runs = [(trigger, pool.submit(self.run, trigger, index)) for index, trigger in enumerate(failed)]
        return [str(outcome.error) for _, run in runs for outcome in run.result().failures]

    def wrong_end(self) -> list[str]:
        newest = self.loopback.batch.describe(name=self.name, status="ACTIVE")[0][0]
        image, selected = (
            newest["containerProperties"]["image"],
            self.loopback.tags.digest(self.repository.name, TAG),
        )
        problems = []
        if not image.endswith(f"@{selected}"):
            problems.append(f"revision {newest['revision']} carries {image}, the tag is {selected}")
        if newest["timeout"] != {"attemptDurationSeconds": CHANGED_TIMEOUT}:
            problems.append(f"revision {newest['revision']} lost the writer's timeout: {newest['timeout']}")
        if newest["containerProperties"]["command"] != ["run"] or newest["tags"].get("team") != "ocr":
            problems.append(f"revision {newest['revision']} lost settings: {newest}")
        return problems

    def has_conflicts(self) -> bool:
        """Whether a run registered between the read and the write of another one."""
        revisions, _ = self.loopback.batch.describe(name=self.name)
        ours = {each["revision"]: each["tags"].get(PREVIOUS_REVISION) for each in revisions}
        return any(
            ours.get(number - 1) and copied and int(copied) < number - 1 for number, copied in ours.items()
        )

    def push(self, letter: str) -> Trigger:
        digest = "sha256:" + letter * 64
        at = self.loopback.tags.push(self.repository.name, TAG, digest)
        self.letters.append(letter)
        return Trigger(event_id=f"event-{len(self.letters)}", at=at, tag=TAG, digest=digest)

    def run(self, trigger: Trigger, index: int) -> Result:
        aws = self.clients[index]
        settings = Settings(
            pair="pair",
            repository=self.repository.name,
            job_definitions=(self.name,),
            policy=ExactTag(TAG),
        )
        clock = Clock(remaining=lambda: 300.0, sleep=lambda seconds: time.sleep(seconds * PAUSE_FACTOR))
        task = Task(
            pair="pair",
            definitions=(self.name,),
            intent=Follow(target=Target(settings=settings, repository=self.repository), trigger=trigger),
            event_id=trigger.event_id,
        )
        batch = Batch(reader=aws.batch, writer=aws.batch_writer, clock=clock)
        return update(task, Services(batch=batch, ecr=Ecr(aws.ecr, self.repository), clock=clock))

    def write(self, document: dict[str, Any]) -> None:
        """What infrastructure code does: it registers its own document, whatever is there."""
        # Clients of its own: those of the runs send documents raw.
        self.clients[RUNS].batch_writer.register_job_definition(**document)

    def definition(self, *, timeout: int) -> dict[str, Any]:
        return {
            "jobDefinitionName": self.name,
            "type": "container",
            "timeout": {"attemptDurationSeconds": timeout},
            "containerProperties": {
                "image": f"{self.repository.uri}:{TAG}",
                "command": ["run"],
                "resourceRequirements": [
                    {"type": "VCPU", "value": "1"},
                    {"type": "MEMORY", "value": "2048"},
                ],
            },
            "tags": {"team": "ocr"},
        }


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with Loopback(heavy_tailed(seed=1)) as running:
        yield running


@pytest.fixture
def clients(loopback: Loopback) -> Iterator[list[AwsClients]]:
    """One set for each run of a round, and one for the writer."""
    made = [loopback.clients() for _ in range(RUNS + 1)]
    yield made
    for each in made:
        each.close()


def test_overlapping_runs_end_with_the_selected_image_and_the_writers_settings(
    loopback: Loopback, clients: list[AwsClients], request: pytest.FixtureRequest
) -> None:
    number = ROUNDS * (LONGER if request.config.getoption("--long") else 1)
    rounds = [Round(loopback, clients, each) for each in range(number)]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        ends = list(pool.map(Round.play, rounds))
    assert [problem for end in ends for problem in end] == []
    # Else the latencies would be too mild to show anything.
    assert sum(each.has_conflicts() for each in rounds) > number / 2
