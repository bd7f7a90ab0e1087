"""What a check says about one link of the chain."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ops.errors import AwsFailed, Denied


class Link(StrEnum):
    """The links, in the order in which they are told; docs/check.md explains each."""

    PLACE = "place"
    TOPIC = "topic"
    SUBSCRIPTION = "subscription"
    DEPLOYMENT = "deployment"
    REPOSITORY = "repository"
    RULE = "rule"
    PATTERN = "pattern"
    SCHEDULE = "schedule"
    SCANS = "scans"
    TARGET = "target"
    DEAD_LETTERS = "dead letters"
    PERMISSION = "permission"
    FUNCTION = "function"
    CODE = "code"
    ENVIRONMENT = "environment"
    FAILED_EVENTS = "failed events"
    LOG_GROUP = "log group"
    QUEUE = "queue"
    ALARM = "alarm"
    DEFINITION = "definition"
    ROLE = "role"
    REVISIONS = "revisions"
    TAGS = "tags"
    IMAGE = "image"
    STORED = "stored images"
    LIFECYCLE = "lifecycle"
    SUBMITTER = "submitter"


@dataclass(frozen=True, kw_only=True)
class Good:
    """A link that is as it should be; ``note`` says what is worth knowing all the same."""

    link: Link
    subject: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A link that is not: what was found, and the command or the configuration key that repairs it."""

    link: Link
    subject: str
    found: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class Unseen:
    """A link that could not be looked at; ``permission`` is what the operator's credentials lack, if any."""

    link: Link
    subject: str
    reason: str
    remedy: str
    permission: str = ""


Verdict = Good | Finding | Unseen


@dataclass(frozen=True)
class Hidden:
    """In place of what a look would have seen, had AWS let it."""

    error: AwsFailed

    def unseen(self, link: Link, subject: str) -> Unseen:
        """The verdict on a link that this hides."""
        return Unseen(
            link=link,
            subject=subject,
            reason=self.error.message,
            remedy=self.error.remedy,
            permission=self.error.action if isinstance(self.error, Denied) else "",
        )
