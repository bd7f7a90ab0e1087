"""What may be otherwise in the account, and what may happen while the tool runs."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.replay.aws import ACCOUNT, REGION, REPOSITORY, On, World, digest
from tests.replay.clock import CLOCK, START
from tests.replay.scenario import reference
from tests.replay.tool.account import Account, Function
from tests.replay.tool.queues import Message
from tests.replay.tool.situation import Change

BASE = "ecr-batch-updater-dev-ocr"
QUEUE = f"{BASE}-dlq"


def fault(kind: str, action: str, *, nth: int = 1, times: int = 1000) -> On:
    """A fault at every call of an action, unless less is said."""
    return On(action=action, fault=kind, nth=nth, times=times)


def answers(action: str, value: Any, *, nth: int = 1) -> On:
    """An answer in place of AWS's own."""
    return On(action=action, answer=value, nth=nth, times=1000)


def presses_ctrl_c(_: World) -> None:
    """Somebody does, at this moment."""
    signal.raise_signal(signal.SIGINT)


def lacks(kind: str, **wanted: Any) -> Change:
    """Resources that somebody deleted."""

    def change(account: Account) -> None:
        gone = account.of(kind, **wanted)
        assert gone, f"no {kind} with {wanted}"
        account.resources = [each for each in account.resources if each[1] not in gone]

    return change


def has(kind: str, wanted: Mapping[str, Any], **inputs: Any) -> Change:
    """Resources that somebody changed."""

    def change(account: Account) -> None:
        found = account.of(kind, **wanted)
        assert found, f"no {kind} with {wanted}"
        for each in found:
            each.update(inputs)

    return change


def is_so(**attributes: Any) -> Change:
    """The account's own attributes."""

    def change(account: Account) -> None:
        for name, value in attributes.items():
            assert hasattr(account, name), name
            setattr(account, name, value)

    return change


def wrote(minutes: float, *, group: str = f"/aws/lambda/{BASE}", **record: Any) -> Change:
    """A line that a function wrote so many minutes ago, or will have written."""

    def change(account: Account) -> None:
        account.logs.append((group, START - 60 * minutes, record))

    return change


def outcome(minutes: float, kind: str, reason: str, **fields: Any) -> Change:
    """The function's record of an outcome."""
    usual = {"jobDefinition": "job", "dryRun": False, "pair": "ocr", "previousRevision": 1}
    return wrote(minutes, outcome=kind, reason=reason, **{**usual, **fields})


def queued(*bodies: Any, held: bool = False, queue: str = QUEUE, minutes: float = 10) -> Change:
    """Messages of a failure queue; a text is a body that is no JSON."""

    def change(account: Account) -> None:
        for body in bodies:
            text = body if isinstance(body, str) else json.dumps(body)
            number = len(account.messages) + 1
            account.messages.append(
                Message(
                    body=text,
                    queue=queue,
                    sent=CLOCK.seconds - 60 * minutes,
                    identity=f"message-{number}",
                    held=held,
                )
            )

    return change


def failed(event: Any, function: str = BASE) -> dict[str, Any]:
    """What Lambda leaves in the queue of an event that the function failed on."""
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}"
    return {"requestPayload": event, "requestContext": {"functionArn": arn}, "responsePayload": {}}


def told(
    kind: str = "updated", reason: str = "tag latest is new", definition: str = "job", **fields: Any
) -> dict[str, Any]:
    """One outcome as the function returns it."""
    return {
        "jobDefinition": definition,
        "outcome": kind,
        "reason": reason,
        "gate": None,
        "previousRevision": 1,
        "newRevision": 2 if kind == "updated" else None,
        "previousImage": reference("a"),
        "newImage": reference("b") if kind == "updated" else None,
        **fields,
    }


def returns(*outcomes: Mapping[str, Any], **fields: Any) -> Function:
    """The function answers with these outcomes, whatever it is given."""
    usual = {
        "pair": "ocr",
        "dryRun": False,
        "selectedImage": {"tag": "latest", "digest": digest("b")},
        "outcomes": list(outcomes),
    }
    return lambda name, event: {**usual, **fields}  # noqa: ARG005


def each_returns(**results: Any) -> Function:
    """The functions of the pairs answer so."""
    return lambda name, event: results[name.rpartition("-")[2]]  # noqa: ARG005


def raises(kind: str, message: str) -> Function:
    """The function fails."""
    return lambda name, event: {"errorType": kind, "errorMessage": message}  # noqa: ARG005


def in_turn(*functions: Function) -> Function:
    """The first call gets the first one's answer, and so on."""
    left = list(functions)

    def answer(name: str, event: Mapping[str, Any]) -> Any:
        # The record may be played again.
        left.append(function := left.pop(0))
        return function(name, event)

    return answer


def push(tag: str = "latest", **detail: Any) -> dict[str, Any]:
    """ECR's event."""
    return {
        "version": "0",
        "id": "push",
        "source": "aws.ecr",
        "detail-type": "ECR Image Action",
        "account": ACCOUNT,
        "region": REGION,
        "time": "2026-01-01T11:59:59Z",
        "detail": {
            "repository-name": REPOSITORY,
            "action-type": "PUSH",
            "result": "SUCCESS",
            "image-digest": digest("b"),
            "image-tag": tag,
            **detail,
        },
    }


def together(*changes: Callable[[World], None]) -> Callable[[World], None]:
    """One change after the other."""

    def change(world: World) -> None:
        for each in changes:
            each(world)

    return change


def expired(days: int, status: str = "untagged", **more: Any) -> dict[str, Any]:
    """A lifecycle rule that deletes by age."""
    counted = {"countType": "sinceImagePushed", "countUnit": "days", "countNumber": days}
    selection = {"tagStatus": status, **counted, **more}
    return {"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}


def ticks(names: Sequence[str]) -> dict[str, Any]:
    """A schedule's event, of these rules."""
    return {
        "id": "tick",
        "source": "aws.events",
        "detail-type": "Scheduled Event",
        "account": ACCOUNT,
        "region": REGION,
        "time": "2026-01-01T11:59:59Z",
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{name}" for name in names],
        "detail": {},
    }
