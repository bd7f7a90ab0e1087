"""From pydantic's errors to problems in the user's own words."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from components.checks import UNFIT
from components.problems import Problem

_QUOTE = "put quotes around it: YAML reads what looks like a number, a date or a truth value as one"
_UNQUOTE = "take the quotes away in the stack's file; `pulumi config set --path` keeps those that stand there"
_TRUTH = "write true or false, which alone are truth values for Pulumi"
# What a program gets from Pulumi for a date without quotes.
_DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S* [-+]\d{4} \S+")
_PASS_TEXT = "pass a string"
_BY_TYPE = {
    "string_type": "a string",
    "tuple_type": "a list",
    "dict_type": "a map",
    "model_type": "a map",
    "bool_type": "true or false",
    "int_type": "a whole number",
}


def problems_of(error: ValidationError, pair: str, model: type[BaseModel], *, camel: bool) -> list[Problem]:
    """One problem for each error, in the order of the keys; none is dropped.

    ``camel`` tells how the user writes keys.
    """
    return [_problem(details, pair, model, camel) for details in error.errors(include_url=False)]


def nearest(key: str, known: Iterable[str]) -> str:
    """A remedy that names the known key most like ``key``, or all of them."""
    known = list(known)
    by_lower = {name.lower().replace("_", ""): name for name in known}
    close = difflib.get_close_matches(key.lower().replace("_", ""), by_lower, n=1)
    return f"did you mean {by_lower[close[0]]}" if close else f"the known keys are {', '.join(known)}"


def describe(value: Any) -> str:
    """A value in words that show its type."""
    match value:
        case None:
            words = "nothing (null)"
        case bool():
            words = f"the truth value {str(value).lower()}"
        case int() | float():
            words = f"the number {value}"
        case datetime.date():
            words = f"the date {value.isoformat()}"
        case str():
            words = f"the string {_shortened(repr(str(value)))}"
        case list() | tuple():
            words = f"a list of {len(value)}" if value else "an empty list"
        case Mapping():
            words = f"a map with {', '.join(map(str, value)) or 'nothing in it'}"
        case _:
            words = f"a value of type {type(value).__name__}"
    return words


def _problem(details: ErrorDetails, pair: str, model: type[BaseModel], camel: bool) -> Problem:
    path = list(details["loc"])
    owner, description = _described(model, path, camel)
    given = details["input"]
    context = details.get("ctx", {})
    kind = details["type"]
    if kind == "extra_forbidden":
        known = [to_camel(name) if camel else name for name in owner.model_fields]
        return Problem(
            pair=pair,
            key=_dotted(path),
            found="an unknown key",
            expected="a known one",
            remedy=nearest(str(path[-1]), known),
        )
    if kind == "missing":
        return Problem(pair=pair, key=_dotted(path), found="nothing", expected=description)
    if kind == UNFIT:
        return Problem(
            pair=pair,
            key=_dotted(path),
            found=context["found"] or describe(given),
            expected=context["expected"],
            remedy=_QUOTE if camel and _is_date(given) else context["remedy"],
        )
    inside = not path or isinstance(path[-1], int) or description == ""
    return Problem(
        pair=pair,
        key=_dotted(path),
        found=describe(given),
        expected=_BY_TYPE.get(kind, details["msg"]) if inside else description,
        remedy=_remedy(kind, given, camel=camel),
    )


def _remedy(kind: str, given: Any, *, camel: bool) -> str:
    """What to do about a value of another type than the one expected."""
    if kind == "string_type" and isinstance(given, bool | int | float | datetime.date):
        return _QUOTE if camel else _PASS_TEXT
    if not camel or not isinstance(given, str):
        return ""
    if (kind == "bool_type" and given in ("true", "false")) or (kind == "int_type" and given.isdigit()):
        return _UNQUOTE
    if kind == "bool_type" and given.lower() in ("yes", "no", "on", "off", "y", "n", "true", "false"):
        return _TRUTH
    return ""


def _is_date(given: Any) -> bool:
    return isinstance(given, str) and bool(_DATE.fullmatch(given))


def _described(model: type[BaseModel], path: list[str | int], camel: bool) -> tuple[type[BaseModel], str]:
    """The model that the last key of ``path`` belongs to, and what that key expects ("" if unknown)."""
    description = ""
    for part in path:
        names = {to_camel(name) if camel else name: field for name, field in model.model_fields.items()}
        field = names.get(part) if isinstance(part, str) else None
        description = (field.description or "") if field else ""
        nested = [
            kind for kind in _classes(field.annotation if field else None) if issubclass(kind, BaseModel)
        ]
        if nested and part is not path[-1]:
            model = nested[0]
    return model, description


def _classes(annotation: Any) -> list[type]:
    options = getattr(annotation, "__args__", None) or (annotation,)
    return [option for option in options if isinstance(option, type)]


def _dotted(path: list[str | int]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _shortened(text: str, limit: int = 120) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"
