"""The values of the keys that take one of a few words.

Enums rather than literals, because Pulumi's schema knows no unions.
"""

from __future__ import annotations

from enum import StrEnum

from handler.policy import Order

__all__ = ["Dashboard", "LogLevel", "Order", "Pin", "Severity"]


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
