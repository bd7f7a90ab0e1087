"""What the steps of the demonstration share: the cloud, the pair, and how to look at both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.cloud import Cloud
from local.demo.screen import Screen


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The pair that is shown, and the two things that a step works with: the cloud and the screen."""

    cloud: Cloud
    screen: Screen
    repository: str
    tag: str
    job_definition: str
    outputs: dict[str, Any]

    def newest(self) -> dict[str, Any]:
        """The newest ACTIVE revision."""
        answer = self.cloud.client("batch").describe_job_definitions(
            jobDefinitionName=self.job_definition, status="ACTIVE"
        )
        newest: dict[str, Any] = max(answer["jobDefinitions"], key=lambda each: each["revision"])
        return newest

    def registrations(self) -> int:
        """How many revisions were ever registered."""
        return len(self.cloud.batch.requests)

    def runs(self) -> int:
        """How often the function was started."""
        return len(self.log_lines('{ $.type = "platform.start" }'))

    def log_lines(self, pattern: str) -> list[str]:
        """The function's log lines that match a JSON filter pattern."""
        answer = self.cloud.client("logs").filter_log_events(
            logGroupName=self.outputs["logGroup"], filterPattern=pattern
        )
        return [event["message"] for event in answer["events"]]

    def failures(self) -> list[str]:
        """Takes the messages out of the failure queue."""
        answer = self.cloud.client("sqs").receive_message(
            QueueUrl=self.outputs["queueUrl"], MaxNumberOfMessages=10
        )
        return [message["Body"] for message in answer.get("Messages", [])]


Step = Callable[[Stage], None]
