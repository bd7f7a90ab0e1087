"""A run at a model of Batch and ECR, with whoever meddles."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from handler.document.raw import Document
from tests.support.world import Answer, Request, World, definition

Meddle = Callable[["Table", Request], Answer | None]


@dataclass
class Table:
    """The model at which one run sits: remembers the requests; ``before`` and ``after`` may meddle."""

    world: World
    requests: list[Request] = field(default_factory=list)
    before: Meddle = lambda _table, _request: None
    after: Meddle = lambda _table, _request: None
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, request: Request) -> Answer:
        with self._turn:
            self.requests.append(request)
            if (instead := self.before(self, request)) is not None:
                return instead
            self.world, answer = self.world.answer(request)
            instead = self.after(self, request)
            return answer if instead is None else instead

    def kinds(self) -> Counter[str]:
        return Counter(request.kind for request in self.requests)

    def count(self, kind: str) -> int:
        return self.kinds()[kind]


def world(*images: str, tag: str = "a", **changes: Any) -> World:
    """Revisions by infrastructure code with these images; ECR's latest is ``tag``."""
    made = World().with_tag("latest", tag)
    for image in images:
        made = made.registered(definition(image, **changes))
    return made


def tags(document: Document) -> dict[str, str]:
    found: dict[str, str] = document["tags"]
    return found


def image(document: Document) -> str:
    found: str = document["containerProperties"]["image"]
    return found
