"""From the function's log records to what an operator wants to see: a line an outcome.

The records are those of ``handler.report.log``; beside them there are errors that nobody caught, and runs
that Lambda ended, which leave nothing but the platform's report
(lambda/latest/dg/telemetry-schema-reference.html).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from handler.document.image import ImageReference
from ops.log_events import LogEvent

# What ``read`` makes a log_line of, as CloudWatch's filter (FilterAndPatternSyntax.html).
PATTERN = (
    '{ ($.outcome = *) || ($.errorType = *) || ($.level = "ERROR") || ($.level = "CRITICAL") || '
    '(($.type = "platform.report") && ($.record.status != "success")) }'
)
_ERROR, _ENDED = "error", "ended"
_BAD = {"failed", _ERROR, _ENDED}
_SHORT = 12


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """One outcome of one definition; or, without a definition, an error or a run that Lambda ended.

    ``outcome`` is ``updated``, ``skipped``, ``failed``, ``error`` (that nobody caught) or ``ended`` (by
    Lambda).
    """

    at: datetime
    pair: str
    outcome: str
    reason: str
    definition: str = ""
    previous_revision: int | None = None
    new_revision: int | None = None
    image: str = ""
    dry_run: bool = False

    @property
    def is_bad(self) -> bool:
        return self.outcome in _BAD

    def fields(self) -> dict[str, Any]:
        """The log_line as JSON; what is unknown is null."""
        return {
            "time": self.at.isoformat(timespec="milliseconds"),
            "pair": self.pair,
            "jobDefinition": self.definition or None,
            "outcome": self.outcome,
            "dryRun": self.dry_run,
            "previousRevision": self.previous_revision,
            "newRevision": self.new_revision,
            "image": self.image or None,
            "reason": self.reason,
        }


def read(event: LogEvent, pair: str) -> LogLine | None:
    """What an event of the pair's log group says, None for one that says nothing new.

    The error that ends a run with failures repeats them, and a run that failed with an error has told it.
    """
    record = _object(event.message)
    at = datetime.fromtimestamp(event.at / 1000, UTC)
    match record:
        case {"outcome": str(outcome), "jobDefinition": str(definition)}:
            return LogLine(
                at=at,
                pair=pair,
                outcome=outcome,
                reason=_text(record, "reason"),
                definition=definition,
                previous_revision=_number(record, "previousRevision"),
                new_revision=_number(record, "newRevision"),
                image=_text(record, "newImage") or _text(record, "previousImage"),
                dry_run=record.get("dryRun") is True,
            )
        case {"errorType": "UpdateFailed"}:
            return None
        case {"type": "platform.report", "record": {"status": str(status)}}:
            if status in ("success", "error"):
                return None
            return LogLine(at=at, pair=pair, outcome=_ENDED, reason=f"Lambda ended the run: {status}")
        case {"errorType": str(kind)}:
            words = _text(record, "errorMessage") or _text(record, "message")
            return LogLine(at=at, pair=pair, outcome=_ERROR, reason=f"{kind}: {words}")
        case {"level": "ERROR" | "CRITICAL"}:
            return LogLine(at=at, pair=pair, outcome=_ERROR, reason=_text(record, "message"))
    return None


def short_reference(image: str) -> str:
    """The tag, or the beginning of the digest, of an image reference.

    >>> short_reference("123456789012.dkr.ecr.eu-west-1.amazonaws.com/backend@sha256:0123456789abcdef")
    '0123456789ab'
    """
    parsed = ImageReference.parse(image)
    return parsed.digest.removeprefix("sha256:")[:_SHORT] or parsed.tag or parsed.path


def revisions(log_line: LogLine) -> str:
    """``3 -> 4``, ``3``, or "-"."""
    known = [log_line.previous_revision, log_line.new_revision]
    return " -> ".join(str(number) for number in known if number is not None) or "-"


def _object(message: str) -> Mapping[str, Any]:
    try:
        record = json.loads(message)
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def _text(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""


def _number(record: Mapping[str, Any], key: str) -> int | None:
    value = record.get(key)
    return value if isinstance(value, int) else None
