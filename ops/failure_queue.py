"""One pair's failure queue: each message once, and none invisible for longer than needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from handler.aws.calls import code_of
from ops.aws import in_operators_words
from ops.errors import NotDeployed, OpsError
from ops.interruption import Interruption

_MISSING = {"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"}
# SQS/latest/APIReference/API_ChangeMessageVisibility.html
_LONGEST_INVISIBLE = 12 * 3600


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message as it was received."""

    identity: str
    body: str
    receipt: str


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """How many messages wait, and how many somebody else holds, as SQS estimates it at ``at``."""

    waiting: int
    held: int
    at: datetime


class FailureQueue:
    """The queue ``name`` through a botocore SQS client. Raises OpsError when it can't be used."""

    def __init__(self, client: Any, name: str) -> None:
        self.name = name
        self._client = client
        self._url = self._asked("get_queue_url", QueueName=name)["QueueUrl"]
        self._held: dict[str, Message] = {}

    def backlog(self) -> Backlog:
        """What there is now, by SQS's own clock."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self._asked("get_queue_attributes", QueueUrl=self._url, AttributeNames=names)
        waiting, held = (int(answer["Attributes"][name]) for name in names)
        at = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
        return Backlog(waiting=waiting, held=held, at=at)

    @contextmanager
    def one_pass(self, *, until: datetime, hold: int) -> Iterator[Iterator[Message]]:
        """The messages that were sent before ``until``, each once.

        A received message is invisible to everybody. Those that are not deleted stay so until the pass is
        over, or they would be received again and again, and are visible again at once then, however it
        ends. If the program is killed, SQS shows them again after ``hold`` seconds.
        """
        try:
            yield self._receive(until, min(hold, _LONGEST_INVISIBLE))
        finally:
            with Interruption():
                self._release_all()

    def delete(self, message: Message) -> None:
        """Takes a message of the pass out of the queue for good."""
        with Interruption():
            self._asked("delete_message", QueueUrl=self._url, ReceiptHandle=message.receipt)
            self._held.pop(message.identity, None)

    def _receive(self, until: datetime, hold: int) -> Iterator[Message]:
        while True:
            # An interruption between SQS's answer and the note of it would leave the message invisible.
            with Interruption():
                received = self._receive_one(hold)
                known = received is None or received[0].identity in self._held
                if received is not None:
                    self._held[received[0].identity] = received[0]
            if received is None:
                return
            message, sent = received
            # SQS gives the time of sending in milliseconds, HTTP its own in seconds.
            if sent // 1000 <= until.timestamp() and not known:
                yield message

    def _receive_one(self, hold: int) -> tuple[Message, int] | None:
        # One at a time, so that only the one that is worked on has left its place. Waiting asks all of SQS's
        # servers, so an empty answer means that nothing is left:
        # AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
        answer = self._asked(
            "receive_message",
            QueueUrl=self._url,
            MaxNumberOfMessages=1,
            VisibilityTimeout=hold,
            WaitTimeSeconds=1,
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        for item in answer.get("Messages", []):
            message = Message(identity=item["MessageId"], body=item["Body"], receipt=item["ReceiptHandle"])
            return message, int(item["Attributes"]["SentTimestamp"])
        return None

    def _release_all(self) -> None:
        """Shows every held message again; one that can't be is reported once the others are."""
        problem: OpsError | None = None
        for message in self._held.values():
            try:
                self._asked(
                    "change_message_visibility",
                    QueueUrl=self._url,
                    ReceiptHandle=message.receipt,
                    VisibilityTimeout=0,
                )
            except OpsError as error:
                problem = error
        self._held.clear()
        if problem is not None:
            raise problem

    def _asked(self, operation: str, **arguments: Any) -> Any:
        try:
            return getattr(self._client, operation)(**arguments)
        except ClientError as error:
            if code_of(error) in _MISSING:
                raise NotDeployed(f"queue {self.name}") from error
            raise in_operators_words(error) from error
        except BotoCoreError as error:
            raise in_operators_words(error) from error
