"""What a YAML scalar without quotes is, as the library of Pulumi's engine resolves it.

That is gopkg.in/yaml.v3 3.0.1 (resolve.go): YAML 1.2's truth values (``yes`` and ``on`` are strings, and so
is ``1:30``), but dates and octal numbers like 017 as in YAML 1.1. Go's strconv decides what a number is.
"""

from __future__ import annotations

import base64
import binascii
import calendar
import math
import re
from dataclasses import dataclass
from decimal import Decimal

CORE = "tag:yaml.org,2002:"
STRING = f"{CORE}str"


class UnresolvableError(ValueError):
    """A text is not of the type that its tag names."""


@dataclass(frozen=True)
class Timestamp:
    """A date or a time. A program gets ``text`` for it, and ``rfc3339`` for a default of Pulumi.yaml."""

    text: str
    rfc3339: str


Scalar = str | int | float | bool | Timestamp | None

_NAMED: dict[str, bool | float | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_TYPES = {
    f"{CORE}bool": bool,
    f"{CORE}int": int,
    f"{CORE}float": float,
    f"{CORE}null": type(None),
    f"{CORE}timestamp": Timestamp,
}
_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))")
_SIGN_WITHIN = re.compile(r"0(?:b([-+][01]+)|o([-+][0-7]+))")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DOTTED = re.compile(r"\.[0-9](_?[0-9])*([eE][-+]?[0-9](_?[0-9])*)?")
# A time behind T has a zone, one behind a space has none.
_TIME = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"
    r"((?P<between>[Tt ])(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{1,2}):(?P<second>[0-9]{1,2})"
    r"([.,](?P<part>[0-9]+))?(?P<zone>Z|[-+][0-9]{2}:[0-9]{2})?)?"
)
# Below this an exponent appears in a number, from this on in JSON.
_SMALL, _LARGE = 1e-6, 1e21


def resolve(text: str, tag: str = "") -> Scalar:
    """The value of a scalar without quotes, or with an explicit ``tag``. Raises UnresolvableError."""
    if tag == f"{CORE}binary":
        return _binary(text)
    if tag and tag not in _TYPES:
        return text
    value = _implicit(text, dates=tag in ("", f"{CORE}timestamp"))
    if tag == f"{CORE}float" and type(value) is int:
        return float(value)
    if tag and type(value) is not _TYPES[tag]:
        raise UnresolvableError(f"{text!r} is no {tag.removeprefix(CORE)}")
    return value


def number(value: float) -> int | float:
    """A number as the engine hands it on: a whole one loses its point. Raises UnresolvableError for NaN.

    >>> number(5.0), number(1.5), number(1e21)
    (5, 1.5, 1e+21)
    """
    if not math.isfinite(value):
        raise UnresolvableError(f"{value} is no number that JSON knows")
    # Go writes the shortest digits that read back as the number, and zeros behind them.
    return int(Decimal(repr(value))) if value == int(value) and abs(value) < _LARGE else value


def number_text(value: float) -> str:
    """A number as Go writes it in JSON.

    >>> number_text(0.00001), number_text(1e-7), number_text(5.0)
    ('0.00001', '1e-7', '5')
    """
    value = number(value)
    if isinstance(value, float) and _SMALL <= abs(value) < _LARGE:
        return f"{Decimal(repr(value)):f}"
    return re.sub(r"e-0", "e-", repr(value))


def _implicit(text: str, *, dates: bool) -> Scalar:
    if text in _NAMED:
        return _NAMED[text]
    if text[0] == ".":
        found = _float(text.replace("_", "")) if _DOTTED.fullmatch(text) else None
        return text if found is None else found
    if text[0] not in "+-0123456789":
        return text
    if dates and (time := _timestamp(text)):
        return time
    plain = text.replace("_", "")
    whole = _integer(plain)
    if whole is not None:
        return whole
    found = _float(plain) if _FLOAT.fullmatch(plain) else None
    return text if found is None else found


def _integer(plain: str) -> int | None:
    """A number of 64 bits, as strconv.ParseInt and ParseUint read it with base 0; None if it is none."""
    if found := _INTEGER.fullmatch(plain):
        sign, *digits = found.groups()
    elif found := _SIGN_WITHIN.fullmatch(plain):
        sign, digits = "", ["", *found.groups(), ""]
    else:
        return None
    (value,) = (int(text, base) for text, base in zip(digits, (16, 2, 8, 10), strict=True) if text)
    value = -value if sign == "-" else value
    return value if -(2**63) <= value < (2**63 if sign else 2**64) else None


def _float(plain: str) -> float | None:
    value = float(plain)
    return None if math.isinf(value) else value


def _timestamp(text: str) -> Timestamp | None:
    found = _TIME.fullmatch(text)
    if not found or (found["between"] and (found["between"] == " ") == bool(found["zone"])):
        return None
    year, month, day, hour, minute, second = (
        int(found[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    zone = found["zone"] or "Z"
    ahead, past = (0, 0) if zone == "Z" else (int(zone[1:3]), int(zone[4:]))
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    if hour > 23 or max(minute, second, past) > 59 or ahead > 24:
        return None
    date, time = f"{year:04}-{month:02}-{day:02}", f"{hour:02}:{minute:02}:{second:02}"
    if part := (found["part"] or "")[:9].rstrip("0"):
        time += f".{part}"
    if not ahead and not past:
        return Timestamp(f"{date} {time} +0000 UTC", f"{date}T{time}Z")
    offset = zone.replace(":", "")
    return Timestamp(f"{date} {time} {offset} {offset}", f"{date}T{time}{zone}")


def _binary(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
    except binascii.Error as error:
        raise UnresolvableError(f"{text!r} is no base64") from error
