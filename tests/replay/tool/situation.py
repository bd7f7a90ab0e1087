"""One situation: what stands in AWS and in the stack's files, what somebody types, and what happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.replay.aws import REPOSITORY, Image, On
from tests.replay.scenario import job, ours
from tests.replay.tool.account import Account, Function

ROLES: Mapping[str, Any] = {
    "jobRoleArn": "arn:aws:iam::123456789012:role/ocr-job",
    "executionRoleArn": "arn:aws:iam::123456789012:role/ocr-execution",
}
PAIR = {
    "repository": REPOSITORY,
    "jobDefinitions": ["job"],
    "passRoles": [*ROLES.values()],
    "reconcile": "rate(1 hour)",
}
STACK: Mapping[str, Any] = {"pairs": {"ocr": PAIR}, "alarmEmails": ["ops@example.com"]}
PRESS = {"repository": "press", "jobDefinitions": ["news", "index"], "imageTag": "stable"}
TWO: Mapping[str, Any] = {**STACK, "pairs": {"ocr": PAIR, "press": PRESS}}

Change = Callable[[Account], None]


def stack(**keys: Any) -> dict[str, Any]:
    """The stack with other keys of its one pair; None takes a key out."""
    pair = {name: value for name, value in {**PAIR, **keys}.items() if value is not None}
    return {**STACK, "pairs": {"ocr": pair}}


OLDER = Image(letter="a", minutes=60)
NEWER = Image(letter="b", tags=("latest",), minutes=1)
CURRENT = (job("a", **ROLES), ours(1, "b", **ROLES))
BEHIND = (job("a", **ROLES),)
HELD = (job("a", **ROLES), ours(1, "a", hold="bad model", **ROLES))
FOREIGN = (job("a", **ROLES), job("busybox:1", **ROLES))


@dataclass(frozen=True, kw_only=True)
class Situation:
    """``words`` is the command line after the program's name.

    ``stack`` is the configuration in the stack's file, ``deployed`` what was deployed (the same unless
    given), ``files`` are further files of the checkout (None: not there). ``before`` are changes once the
    revisions stand, ``happens`` happens at calls.

    ``types`` is what somebody types into the terminal that standard input is, ``input`` what comes where it
    is none. ``screen`` is the width of the terminal that standard output is, 0 where it is none;
    ``progress``: standard error is a terminal. Ctrl-C is pressed in the wait of that number,
    ``interrupted``. ``like`` names a situation of the same table, of which the record shows what differs.
    """

    words: str
    stack: Mapping[str, Any] = field(default_factory=lambda: STACK)
    deployed: Mapping[str, Any] | None = None
    files: Mapping[str, str | None] = field(default_factory=dict)
    revisions: tuple[dict[str, Any], ...] = CURRENT
    images: tuple[Image, ...] = (OLDER, NEWER)
    repositories: tuple[str, ...] = (REPOSITORY, "press")
    before: tuple[Change, ...] = ()
    happens: tuple[On, ...] = ()
    function: Function | None = None
    environment: Mapping[str, str | None] = field(default_factory=dict)
    types: str | None = None
    input: str = ""
    screen: int = 0
    progress: bool = False
    interrupted: int = 0
    like: str = ""

    @property
    def stands(self) -> Mapping[str, Any]:
        """What is deployed."""
        return self.stack if self.deployed is None else self.deployed


def situations(verb: str, those: Mapping[str, Mapping[str, Any]], **usual: Any) -> dict[str, Situation]:
    """By name: what is as usual in each of them, and what is not."""
    return {f"ecr-batch {verb}: {name}": Situation(**{**usual, **each}) for name, each in those.items()}
