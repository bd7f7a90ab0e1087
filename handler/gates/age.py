"""The gate ``minAge``: the image has been in ECR for that long.

It is the image's age, not the tag's: ECR keeps no time of tagging, so an old image that is promoted by a
new tag passes at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from handler.gates.verdict import Refusal

GATE = "minAge"
_MOMENT = "%Y-%m-%d %H:%M:%S %Z"


def refuse_age(pushed_at: datetime, now: datetime, least: timedelta) -> Refusal | None:
    """Refuses an image that is younger than ``least``."""
    eligible = pushed_at + least
    if now >= eligible:
        return None
    return Refusal(
        GATE,
        f"pushed at {pushed_at:{_MOMENT}}, {_words(now - pushed_at)} ago; minAge is {_words(least)}, so the "
        f"first reconcile after {eligible:{_MOMENT}} lets it through",
    )


def _words(span: timedelta) -> str:
    """``1 h 20 min``, ``45 s``: the two largest units."""
    left = max(0, int(span.total_seconds()))
    words = []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count:
            words.append(f"{count} {unit}")
    return " ".join(words[:2]) or "0 s"
