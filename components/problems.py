"""What is wrong with a configuration, said so that it can be repaired without reading code.

ConfigErrors carries every Problem that was found; nothing is registered once it is raised. ``problems_of``
makes them of pydantic's errors, in the user's own words.
"""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from components import checks

# What is found where no value is: nothing to keep secret.
_NO_VALUES = ("nothing", "an unknown key")
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


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong, under the key as the user wrote it.

    ``pair`` is None for keys that belong to the whole stack; ``place`` is a file and its line, "" if unknown.

    >>> print(Problem(pair="ocr", key="imageTag", found="the number 1.1", expected="a string"))
    pair "ocr", key "imageTag": found the number 1.1, expected a string.
    """

    pair: str | None = None
    key: str
    found: str
    expected: str
    remedy: str = ""
    place: str = ""

    def __str__(self) -> str:
        where = f'key "{self.key}"' if self.pair is None else f'pair "{self.pair}", key "{self.key}"'
        where = f"{self.place}: {where}" if self.place else where
        remedy = f" Remedy: {self.remedy}." if self.remedy else ""
        return f"{where}: found {self.found}, expected {self.expected}.{remedy}"

    def without_value(self) -> Problem:
        """The same for a secret: neither what was found nor the remedy, which may repeat it."""
        if self.key == "(name)" or self.found in _NO_VALUES:
            return self
        return replace(self, found="a secret value", remedy="")


class ConfigErrors(Exception):
    """The configuration cannot be used. ``problems`` holds every reason, and at least one."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = f"{len(self.problems)} problems" if len(self.problems) > 1 else "1 problem"
        lines = "".join(f"\n  - {problem}" for problem in self.problems)
        super().__init__(f"{count} in the configuration:{lines}")

    def without_values(self) -> ConfigErrors:
        """The same where the values are secret."""
        return ConfigErrors([problem.without_value() for problem in self.problems])


class Spelling(Enum):
    """How the keys are written where a pair comes from."""

    YAML = "camelCase"
    ARGS = "snake_case"

    def key(self, field: str) -> str:
        """The key under which users write a field of a model."""
        return to_camel(field) if self is Spelling.YAML else field


def problems_of(
    error: ValidationError, pair: str, model: type[BaseModel], spelling: Spelling
) -> list[Problem]:
    """One problem for each error, in the order of the keys; none is dropped."""
    return [_problem(details, pair, model, spelling) for details in error.errors(include_url=False)]


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


def _problem(details: ErrorDetails, pair: str, model: type[BaseModel], spelling: Spelling) -> Problem:
    path, given, context = list(details["loc"]), details["input"], details.get("ctx", {})
    beside = _beside(model, path, spelling)
    wanted = _expected(beside[path[-1]]) if path and path[-1] in beside else ""
    found, remedy = describe(given), ""
    match details["type"]:
        case "extra_forbidden":
            found, wanted = "an unknown key", "a known one"
            remedy = nearest(str(path[-1]), map(str, beside))
        case "missing":
            found = "nothing"
        case checks.UNFIT:
            found, wanted = context["found"] or found, context["expected"]
            remedy = _QUOTE if spelling is Spelling.YAML and _is_date(given) else context["remedy"]
        case kind:
            wanted = wanted or _BY_TYPE.get(kind, details["msg"])
            remedy = _remedy(kind, given, camel=spelling is Spelling.YAML)
    return Problem(pair=pair, key=_dotted(path), found=found, expected=wanted, remedy=remedy)


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


def _beside(model: type[BaseModel], path: list[str | int], spelling: Spelling) -> dict[str | int, FieldInfo]:
    """The fields that can stand where ``path`` ends, by the keys that users write; none in a map or list."""
    fields = _written(model, spelling)
    for part in path[:-1]:
        kinds = classes_of(fields[part].annotation) if part in fields else []
        nested = [kind for kind in kinds if issubclass(kind, BaseModel)]
        fields = _written(nested[0], spelling) if nested else {}
    return fields


def _written(model: type[BaseModel], spelling: Spelling) -> dict[str | int, FieldInfo]:
    return {spelling.key(name): field for name, field in model.model_fields.items()}


def _expected(field: FieldInfo) -> str:
    """What follows from the type, or else what the field or its type says itself."""
    for kind in classes_of(field.annotation):
        if issubclass(kind, Enum):
            return f"one of {', '.join(member.value for member in kind)}"
        if kind is bool:
            return _BY_TYPE["bool_type"]
    inside = (part for option in get_args(field.annotation) for part in getattr(option, "__metadata__", ()))
    return next(filter(None, (getattr(part, "description", "") for part in (field, *inside))), "")


def classes_of(annotation: Any) -> list[type]:
    """The classes that a field takes, which ``Annotated`` and ``| None`` may surround."""
    options = getattr(annotation, "__args__", None) or (annotation,)
    kinds = [getattr(option, "__origin__", option) for option in options]
    return [kind for kind in kinds if isinstance(kind, type)]


def _dotted(path: list[str | int]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _shortened(text: str, limit: int = 120) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"
