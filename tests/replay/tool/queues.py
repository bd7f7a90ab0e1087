"""The failure queues: messages that are received, shown again and deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.http import ApiError
from tests.replay.aws import ACCOUNT, REGION

Effect = Callable[[Mapping[str, Any]], Any]

_VISIBLE, _HELD = "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"


@dataclass
class Message:
    """A message of a failure queue; ``held`` is whether somebody has received it."""

    body: str
    queue: str
    sent: float
    identity: str
    held: bool = False


@dataclass(frozen=True)
class Queues:
    """``deployed`` and ``policies`` are the inputs of the queues and of their policies."""

    messages: list[Message]
    deployed: Sequence[Mapping[str, Any]]
    policies: Sequence[Mapping[str, Any]]

    @property
    def effects(self) -> dict[str, Effect]:
        """The calls, by action."""
        return {
            "sqs:ChangeMessageVisibility": self._show,
            "sqs:DeleteMessage": self._delete,
            "sqs:GetQueueAttributes": self._attributes,
            "sqs:GetQueueUrl": self._url,
            "sqs:ReceiveMessage": self._receive,
        }

    def _url(self, body: Mapping[str, Any]) -> Any:
        name = body["QueueName"]
        if name not in [each["name"] for each in self.deployed]:
            raise ApiError("AWS.SimpleQueueService.NonExistentQueue", f"no queue {name}")
        return {"QueueUrl": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"}

    def _within(self, body: Mapping[str, Any]) -> list[Message]:
        return [each for each in self.messages if each.queue == body["QueueUrl"].rpartition("/")[2]]

    def _attributes(self, body: Mapping[str, Any]) -> Any:
        held = sum(each.held for each in self._within(body))
        found = {_VISIBLE: str(len(self._within(body)) - held), _HELD: str(held)}
        policy = [each["policy"] for each in self.policies if each["queueUrl"] == body["QueueUrl"]]
        if policy and "Policy" in body["AttributeNames"]:
            found["Policy"] = policy[0]
        return {"Attributes": found}

    def _receive(self, body: Mapping[str, Any]) -> Any:
        found = next((each for each in self._within(body) if not each.held), None)
        if found is None:
            return {}
        found.held = True
        return {
            "Messages": [
                {
                    "MessageId": found.identity,
                    "Body": found.body,
                    "ReceiptHandle": f"receipt of {found.identity}",
                    "Attributes": {"SentTimestamp": str(round(found.sent * 1000))},
                }
            ]
        }

    def _received(self, body: Mapping[str, Any]) -> Message:
        identity = body["ReceiptHandle"].removeprefix("receipt of ")
        return next(each for each in self.messages if each.identity == identity)

    def _show(self, body: Mapping[str, Any]) -> Any:
        self._received(body).held = body["VisibilityTimeout"] > 0
        return {}

    def _delete(self, body: Mapping[str, Any]) -> Any:
        self.messages.remove(self._received(body))
        return {}
