"""The values of the keys that take one of a few words.

Enums rather than literals, because Pulumi's schema knows no unions.
"""

from __future__ import annotations

from enum import StrEnum


class Pin(StrEnum):
    """How a new revision names its image."""

    DIGEST = "digest"
    """By digest: a revision always runs the image that it was registered with."""
    TAG = "tag"
    """By tag: a job runs whatever the tag points at when it starts."""


class Dashboard(StrEnum):
    """Where the pair is drawn."""

    OWN = "own"
    """On a dashboard of its own, and on that of the stack if there is one."""
    OVERVIEW = "overview"
    """On the dashboard of the stack only."""
    NONE = "none"
    """Nowhere."""


class LogLevel(StrEnum):
    """The least severe log records that the function writes beside outcomes and metrics."""

    DEBUG = "DEBUG"
    """Everything."""
    INFO = "INFO"
    """What was done and why."""
    WARNING = "WARNING"
    """What looks wrong."""
    ERROR = "ERROR"
    """What failed."""


class Order(StrEnum):
    """Which of several matching tags comes last, and so is selected."""

    PUSHED = "pushed"
    """By the time ECR received the image."""
    NUMERIC = "numeric"
    """By the number in the tag."""
    ALPHABETICAL = "alphabetical"
    """By the text of the tag."""


class Severity(StrEnum):
    """The severities of ECR's image scans."""

    INFORMATIONAL = "INFORMATIONAL"
    """Informational findings."""
    LOW = "LOW"
    """Low findings."""
    MEDIUM = "MEDIUM"
    """Medium findings."""
    HIGH = "HIGH"
    """High findings."""
    CRITICAL = "CRITICAL"
    """Critical findings."""
