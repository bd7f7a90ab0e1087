"""Spans of time as an operator writes and reads them: ``90s``, ``10m``, ``1h``, ``2d``."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from ops.errors import UsageError

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST = 3650 * _UNITS["d"]
_WRITTEN = re.compile(r"(\d+)([smhd])")


def duration(text: str, *, option: str) -> timedelta:
    """The span that ``text`` means; raises UsageError, which names ``option``.

    >>> duration("90s", option="--since")
    datetime.timedelta(seconds=90)
    """
    match = _WRITTEN.fullmatch(text.strip())
    if match is None or not int(match[1]):
        raise UsageError(
            f"{option} {text!r} is no duration",
            remedy="write a whole number above 0 and its unit, one of s, m, h, d, such as 90s, 10m or 1h",
        )
    seconds = int(match[1]) * _UNITS[match[2]]
    if seconds > _LONGEST:
        raise UsageError(f"{option} {text} is too long", remedy="name at most 3650d")
    return timedelta(seconds=seconds)


def age(since: datetime, now: datetime) -> str:
    """How long ago ``since`` was, in its largest whole unit; a clock that is ahead makes it ``0s``.

    >>> from datetime import UTC
    >>> age(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 3, 5, tzinfo=UTC))
    '2d'
    """
    seconds = max(0, int((now - since).total_seconds()))
    unit = next(unit for unit in reversed(_UNITS) if seconds >= _UNITS[unit] or unit == "s")
    return f"{seconds // _UNITS[unit]}{unit}"
