"""A model of AWS Batch and ECR as values, and botocore-like clients that ask it.

A ``World`` never changes: answering a request gives the next world. So a test can play one run against
it, or explore every order in which several runs and other writers may take their turns.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from handler.aws.batch import Batch
from handler.aws.ecr import Ecr
from handler.clock import Clock
from handler.document.image import Repository
from handler.document.raw import Document, dumps, loads
from handler.event import Trigger
from handler.intent import Follow, Services
from handler.run import Task
from handler.settings import Settings
from handler.target import Target

REPOSITORY = Repository(account="123456789012", region="eu-west-1", name="team/app")
JOB = "job"
START = datetime(2026, 1, 1, tzinfo=UTC)


def digest(letter: str) -> str:
    """A digest that is easy to tell from others: ``sha256:aaaa…``."""
    return "sha256:" + letter * 64


def uri(letter: str) -> str:
    """The reference that a definition carries when the image ``letter`` is rolled out by digest."""
    return f"{REPOSITORY.uri}@{digest(letter)}"


@dataclass(frozen=True)
class Request:
    """One call: ``describe`` or ``any`` (of a name), ``numbers``, ``register``, ``deregister``, ``image``,
    ``images``, ``manifest`` (which the model does not hold: a test answers it)."""

    kind: str
    body: str


@dataclass(frozen=True)
class Answer:
    """``body`` is JSON; ``error`` is "" or ``Code status``, or ``timeout``."""

    body: str = "null"
    error: str = ""


@dataclass(frozen=True)
class World:
    """What Batch and ECR hold. ``revisions`` are JSON documents, ``tags`` pairs of tag and digest."""

    revisions: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    pushes: tuple[tuple[str, int], ...] = ()

    def documents(self, name: str = JOB) -> list[Document]:
        found: list[Document] = [loads(text) for text in self.revisions]
        return [document for document in found if document["jobDefinitionName"] == name]

    def newest(self, name: str = JOB) -> Document:
        active = [document for document in self.documents(name) if document["status"] == "ACTIVE"]
        return max(active, key=lambda document: int(document["revision"]))

    def with_tag(self, tag: str, letter: str, at: int = 0) -> World:
        """ECR after a push; ``at`` is seconds after START, and only an image's first push counts."""
        pushes = dict(self.pushes)
        pushes.setdefault(digest(letter), at)
        return replace(
            self, tags=tuple({**dict(self.tags), tag: digest(letter)}.items()), pushes=tuple(pushes.items())
        )

    def without_tag(self, tag: str) -> World:
        return replace(self, tags=tuple(item for item in self.tags if item[0] != tag))

    def registered(self, document: Document) -> World:
        number = len(self.documents(document["jobDefinitionName"])) + 1
        arn = f"arn:aws:batch:eu-west-1:123456789012:job-definition/{document['jobDefinitionName']}:{number}"
        stored = {**_normalised(document), "jobDefinitionArn": arn, "revision": number, "status": "ACTIVE"}
        return replace(self, revisions=(*self.revisions, dumps(stored)))

    def deregistered(self, number: int, name: str = JOB) -> World:
        return replace(
            self, revisions=tuple(_with_status(text, name, number, "INACTIVE") for text in self.revisions)
        )

    def vanished(self, number: int, name: str = JOB) -> World:
        """Batch forgets INACTIVE revisions after 180 days; their numbers are not given again."""
        return replace(
            self, revisions=tuple(_with_status(text, name, number, "GONE") for text in self.revisions)
        )

    def answer(self, request: Request, lag: int = 0) -> tuple[World, Answer]:
        """The next world and the answer; ``lag`` newest revisions are not shown to a describe."""
        match request.kind:
            case "describe":
                shown = self.documents(request.body)
                shown = [d for d in shown[: len(shown) - lag] if d["status"] == "ACTIVE"]
                return self, Answer(dumps(shown))
            case "any":
                return self, Answer(dumps([d for d in self.documents(request.body) if d["status"] != "GONE"]))
            case "numbers":
                return self, Answer(dumps(self._numbered(json.loads(request.body), lag)))
            case "register":
                document = loads(request.body)
                world = self.registered(document)
                return world, Answer(str(len(world.documents(document["jobDefinitionName"]))))
            case "deregister":
                name, _, number = request.body.rpartition(":")
                return self.deregistered(int(number), name), Answer()
            case "image":
                return self, self._image(request.body)
            case "images":
                return self, Answer(json.dumps([self.details(*item) for item in self.tags]))
        raise AssertionError(request)

    def _numbered(self, names: list[str], lag: int) -> list[Document]:
        found: list[Document] = []
        for item in names:
            name, _, number = item.rpartition(":")
            documents = self.documents(name)
            found += [
                d
                for d in documents[: len(documents) - lag]
                if str(d["revision"]) == number and d["status"] != "GONE"
            ]
        return found

    def _image(self, tag: str) -> Answer:
        found = dict(self.tags).get(tag)
        if found is None:
            return Answer(error="ImageNotFoundException 400")
        return Answer(json.dumps(self.details(tag, found)))

    def details(self, tag: str, found: str) -> dict[str, Any]:
        return {"imageDigest": found, "imageTags": [tag], "imagePushedAt": dict(self.pushes)[found]}


def _with_status(text: str, name: str, number: int, status: str) -> str:
    document = loads(text)
    if document["jobDefinitionName"] == name and document["revision"] == number:
        document["status"] = status
    return dumps(document)


def _normalised(document: Document) -> Document:
    """Batch stores environments in an order of its own and adds empty lists."""
    stored: Document = loads(dumps(document))
    container = stored.get("containerProperties")
    if isinstance(container, dict):
        container["environment"] = sorted(
            (item for item in container.get("environment") or [] if item.get("value")),
            key=lambda item: str(item["name"])[::-1],
        )
        container.setdefault("mountPoints", [])
    return stored


@dataclass
class _Events:
    """The hooks that carry raw documents have nothing to do here: the model speaks raw JSON."""

    def register(self, *_: Any, **__: Any) -> None:
        return None


@dataclass
class _Meta:
    events: _Events = field(default_factory=_Events)


class Clients:
    """A Batch and an ECR client in one; ``ask`` answers their requests."""

    def __init__(self, ask: Callable[[Request], Answer]) -> None:
        self.meta = _Meta()
        self._ask = ask

    def _call(self, request: Request) -> Any:
        answer = self._ask(request)
        if answer.error == "timeout":
            raise ReadTimeoutError(endpoint_url="https://batch")
        if answer.error:
            code, status = answer.error.split()
            details: Any = {
                "Error": {"Code": code, "Message": f"made up {code}"},
                "ResponseMetadata": {"HTTPStatusCode": int(status)},
            }
            raise ClientError(details, request.kind)
        return loads(answer.body)

    def describe_job_definitions(self, **query: Any) -> dict[str, Any]:
        if "jobDefinitions" in query:
            request = Request("numbers", json.dumps(query["jobDefinitions"]))
        else:
            request = Request("describe" if "status" in query else "any", query["jobDefinitionName"])
        return {"jobDefinitions": self._call(request)}

    def register_job_definition(self, **document: Any) -> dict[str, Any]:
        return {"revision": self._call(Request("register", dumps(document)))}

    def deregister_job_definition(self, **query: Any) -> None:
        self._call(Request("deregister", query["jobDefinition"]))

    def describe_images(self, **query: Any) -> dict[str, Any]:
        if "imageIds" not in query:
            return {"imageDetails": [_details(found) for found in self._call(Request("images", ""))]}
        (image_id,) = query["imageIds"]
        return {"imageDetails": [_details(self._call(Request("image", image_id["imageTag"])))]}

    def batch_get_image(self, **query: Any) -> dict[str, Any]:
        (image_id,) = query["imageIds"]
        return {"images": [{"imageManifest": self._call(Request("manifest", image_id["imageDigest"]))}]}


def _details(found: dict[str, Any]) -> dict[str, Any]:
    return {**found, "imagePushedAt": START + timedelta(seconds=found["imagePushedAt"])}


def services(ask: Callable[[Request], Answer], clock: Clock | None = None) -> Services:
    """The real gateways on the model."""
    clock = clock or still_clock()
    aws = Clients(ask)
    return Services(batch=Batch(reader=aws, writer=aws, clock=clock), ecr=Ecr(aws, REPOSITORY), clock=clock)


def still_clock() -> Clock:
    """A clock that never waits and never runs out."""
    return Clock(remaining=lambda: 300.0, now=lambda: START, sleep=lambda _: None, jitter=lambda: 0.0)


def task(
    *definitions: str,
    trigger: Trigger | None = None,
    dry_run: bool = False,
    **options: Any,
) -> Task:
    """``options`` are settings of the pair."""
    trigger = trigger or reconcile()
    return Task(
        pair="pair",
        definitions=definitions or (JOB,),
        intent=Follow(target=target_of(**options), trigger=trigger),
        event_id=trigger.event_id,
        dry_run=dry_run,
    )


def target_of(**options: Any) -> Target:
    """What a pair with these settings wants of the model's repository."""
    settings = Settings(pair="pair", repository=REPOSITORY.name, job_definitions=(JOB,), **options)
    return Target(settings=settings, repository=REPOSITORY)


def with_options(task: Task, **options: Any) -> Task:
    """The task of a pair that has these settings as well."""
    assert isinstance(task.intent, Follow)
    target = task.intent.target
    target = replace(target, settings=replace(target.settings, **options))
    return replace(task, intent=replace(task.intent, target=target))


def push(letter: str, at: int = 0, tag: str = "latest", event_id: str = "") -> Trigger:
    """The trigger of a push of image ``letter``, ``at`` seconds after START."""
    moment = START + timedelta(seconds=at)
    return Trigger(event_id=event_id or f"push-{letter}", at=moment, tag=tag, digest=digest(letter))


def reconcile() -> Trigger:
    return Trigger(event_id="reconcile")


def definition(image: str, name: str = JOB, **changes: Any) -> Document:
    """What infrastructure code would register: a small Fargate job."""
    container = {
        "image": image,
        "command": ["run"],
        "environment": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}],
        "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}],
    }
    document: Document = {
        "jobDefinitionName": name,
        "type": "container",
        "containerProperties": container,
        "platformCapabilities": ["FARGATE"],
        "tags": {"team": "ocr"},
    }
    return {**document, **changes}
