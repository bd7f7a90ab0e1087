"""One scenario: what AWS holds, what the pair says, what comes in and what happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.replay.aws import ACCOUNT, REGION, REPOSITORY, Image, On, World, digest
from tests.replay.clock import CLOCK
from tests.replay.values import TAGS, URI

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:ecr-batch-updater-dev-ocr"
OURS = TAGS
RECONCILE = {"action": "reconcile"}

Document = dict[str, Any]


def reference(image: str) -> str:
    """``a`` is the image by that digest, ``:v1`` by that tag, anything longer what it says."""
    if len(image) == 1:
        return f"{URI}@{digest(image)}"
    return f"{URI}{image}" if image.startswith((":", "@")) else image


def job(image: str = "a", name: str = "job", tags: Mapping[str, str] | None = None, **more: Any) -> Document:
    """What infrastructure code would register: a small Fargate job. ``more`` goes into its container."""
    container = {
        "image": reference(image),
        "command": ["run"],
        "environment": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}],
        "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}],
        **more,
    }
    return {
        "jobDefinitionName": name,
        "type": "container",
        "containerProperties": container,
        "platformCapabilities": ["FARGATE"],
        "tags": {"team": "ocr", **(tags or {})},
    }


def ours(copied: int, image: str = "a", *, hold: str = "", name: str = "job", **more: Any) -> Document:
    """A revision that the function registered, which copies that one; ``more`` are changes of ``job``."""
    tags = {
        f"{OURS}previous-revision": str(copied),
        f"{OURS}image-digest": digest(image) if len(image) == 1 else "",
        f"{OURS}image-tag": "latest",
        f"{OURS}event-id": "earlier",
        f"{OURS}updated-at": "2025-12-31T00:00:00+00:00",
        f"{OURS}hold": hold,
        **more.pop("tags", {}),
    }
    return job(image, name, {key: value for key, value in tags.items() if value}, **more)


def push(letter: str = "b", tag: str | None = "latest", **detail: Any) -> dict[str, Any]:
    """ECR's event of a push, one second before the run."""
    named = {} if tag is None else {"image-tag": tag}
    return {
        "id": f"push-{letter}",
        "source": "aws.ecr",
        "detail-type": "ECR Image Action",
        "account": ACCOUNT,
        "region": REGION,
        "time": "2026-01-01T11:59:59Z",
        "detail": {
            "repository-name": REPOSITORY,
            "action-type": "PUSH",
            "result": "SUCCESS",
            "image-digest": digest(letter),
            **named,
            **detail,
        },
    }


def registers(*documents: Document) -> Callable[[World], None]:
    """Somebody else registers revisions."""

    def change(world: World) -> None:
        for document in documents:
            world.batch.register(document)

    return change


def deregisters(*numbers: int, name: str = "job") -> Callable[[World], None]:
    """Somebody makes revisions INACTIVE."""

    def change(world: World) -> None:
        for number in numbers:
            world.batch.deregister(f"{name}:{number}")

    return change


def forgets(*numbers: int, name: str = "job") -> Callable[[World], None]:
    """Batch drops INACTIVE revisions for good, as it does after 180 days."""

    def change(world: World) -> None:
        deregisters(*numbers, name=name)(world)
        world.forgotten |= {(name, number) for number in numbers}

    return change


def pushes(letter: str, *tags: str, minutes: float = 0) -> Callable[[World], None]:
    """Somebody pushes an image, or moves tags to one."""
    return lambda world: world.push(letter, *tags, minutes=minutes)


def untags(*tags: str) -> Callable[[World], None]:
    """Somebody deletes tags in ECR."""
    return lambda world: world.untag(*tags)


def passes(seconds: float) -> Callable[[World], None]:
    """Time goes by."""

    def change(_: World) -> None:
        CLOCK.seconds += seconds

    return change


def answers(**how: Any) -> Callable[[World], None]:
    """How Batch answers: attributes of the store, such as ``page_size`` and ``hide_new_for``."""

    def change(world: World) -> None:
        for key, value in how.items():
            assert hasattr(world.batch, key), key
            setattr(world.batch, key, value)

    return change


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """``pair`` holds keys of the pair's configuration beside repository and job definitions, which are those
    of ``revisions`` unless given. ``environment`` replaces variables of the function (None removes one).

    ``steps`` are events, and changes of the world between them; an event is repeated up to ``attempts``
    times while the function fails, as Lambda does. ``before`` are changes once the revisions stand.
    ``seconds`` is the time that an invocation has.
    """

    pair: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str | None] = field(default_factory=dict)
    revisions: tuple[Document, ...] = field(default_factory=lambda: (job(":v1"),))
    images: tuple[Image, ...] = (Image(letter="b", tags=("latest",), minutes=1),)
    before: tuple[Callable[[World], None], ...] = ()
    steps: tuple[Any, ...] = field(default_factory=lambda: (push(),))
    happens: tuple[On, ...] = ()
    attempts: int = 1
    seconds: float = 300
    arn: str = ARN
    page: int = 1000
    blobs: tuple[bytes, ...] = ()
    frequency: str = "SCAN_ON_PUSH"
    repositories: tuple[str, ...] = (REPOSITORY,)

    @property
    def is_warm(self) -> bool:
        """Whether it may begin in a function that has run before: its clients would be made alike."""
        return (self.seconds, self.arn) == (300, ARN) and not self.environment.keys() & {"AWS_DEFAULT_REGION"}

    @property
    def keys(self) -> dict[str, Any]:
        """The pair as it stands in the stack's configuration."""
        names = dict.fromkeys(document["jobDefinitionName"] for document in self.revisions)
        return {"repository": REPOSITORY, "jobDefinitions": [*names], **self.pair}
