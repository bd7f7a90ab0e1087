"""What a pair requires of an image before it is rolled out: the configuration's ``requires``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from handler.errors import RequirementError
from handler.gates.platform import Platform

_DURATION = re.compile(r"([1-9]\d{0,5})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
# batch/latest/APIReference/API_RuntimePlatform.html, in the words of image manifests
_SYSTEMS = ("linux", "windows")
_ARCHITECTURES = ("amd64", "arm64")
_KEYS = {
    "maxSeverity": "max_severity",
    "scanTimeout": "scan_timeout",
    "minAge": "min_age",
    "platform": "platform",
}


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


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """``max_severity`` is the worst severity that is let through, "" for no such gate; ``scan_timeout`` how
    long a scan may take; ``min_age`` how long an image must have been in ECR, "" for no such gate.

    Without ``platform`` the one counts that a job definition itself names, if it does. Durations are such
    as ``10m``. Raises RequirementError.
    """

    max_severity: str = ""
    scan_timeout: str = "1h"
    min_age: str = ""
    platform: str = ""

    def __post_init__(self) -> None:
        if self.max_severity and self.max_severity not in list(Severity):
            raise RequirementError(
                f"maxSeverity {self.max_severity!r}, which is no severity",
                remedy=f"write one of {', '.join(Severity)}",
            )
        for span in filter(None, (self.scan_timeout, self.min_age)):
            duration(span)
        platform = Platform.parse(self.platform) if self.platform else None
        if platform and (platform.os not in _SYSTEMS or platform.architecture not in _ARCHITECTURES):
            raise RequirementError(
                f"{self.platform!r}, on which AWS Batch runs no job, so that every image would be refused",
                remedy="write linux/amd64, linux/arm64 or windows/amd64: amd64 is x86_64, arm64 is aarch64",
            )

    @classmethod
    def parse(cls, specification: Mapping[str, Any]) -> Requirements:
        """From the JSON object that ``specification`` makes."""
        if not all(key in _KEYS and isinstance(value, str) for key, value in specification.items()):
            raise RequirementError(
                f"{dict(specification)!r}, which are no gates", remedy=f"use strings under {', '.join(_KEYS)}"
            )
        return cls(**{_KEYS[key]: value for key, value in specification.items()})

    def specification(self) -> dict[str, str]:
        """The JSON object that ``parse`` turns into an equal value."""
        default = Requirements()
        found = {key: getattr(self, field) for key, field in _KEYS.items()}
        return {key: value for key, value in found.items() if value != getattr(default, _KEYS[key])}


def duration(text: str) -> timedelta:
    """``90s``, ``10m``, ``1h`` or ``2d``; raises RequirementError for anything else."""
    found = _DURATION.fullmatch(text)
    if not found:
        raise RequirementError(
            f"{text!r}, which is no duration", remedy="write a duration such as 90s, 10m, 1h or 2d"
        )
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
