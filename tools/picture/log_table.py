"""What the queries in our dashboards find in a function's logs: the part of Logs Insights that they use."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.cloud import Cloud

_SOURCE = re.compile(r"SOURCE '([^']+)'")
_TERMS: Mapping[str, re.Pattern[str]] = {
    "absent": re.compile(r"not ispresent\(([\w.]+)\)"),
    "present": re.compile(r"ispresent\(([\w.]+)\)"),
    "among": re.compile(r"([\w.]+) in (\[.*\])"),
    "filled": re.compile(r"([\w.]+) like /\./"),
    "is": re.compile(r'([\w.]+) = "([^"]*)"'),
    "is not": re.compile(r'([\w.]+) != "([^"]*)"'),
}


@dataclass(frozen=True)
class Query:
    """``filters`` must all be met; each is a list of alternatives, which are terms that must all hold."""

    log_groups: tuple[str, ...]
    fields: tuple[str, ...]
    filters: tuple[tuple[tuple[str, ...], ...], ...]

    @classmethod
    def parse(cls, text: str) -> Query:
        """Reads a query of the form that our dashboards have."""
        parts = [part.strip() for part in text.replace("\n", " ").split(" | ")]
        (fields,) = (part.removeprefix("fields ") for part in parts if part.startswith("fields "))
        filters = [part.removeprefix("filter ") for part in parts if part.startswith("filter ")]
        return cls(
            tuple(_SOURCE.findall(text)),
            tuple(each.strip() for each in fields.split(",")),
            tuple(tuple(map(_terms, each.split(" or "))) for each in filters),
        )

    @property
    def names(self) -> set[str]:
        """Every field of a record that the query names; those that begin with @ are CloudWatch's own."""
        terms = (_term(term) for each in self.filters for either in each for term in either)
        return {name for name in self.fields if not name.startswith("@")} | {found[1] for _, found in terms}

    def finds(self, record: Mapping[str, Any]) -> bool:
        """Whether the query shows the record."""
        return all(
            any(all(_holds(term, record) for term in either) for either in each) for each in self.filters
        )


def field(record: Mapping[str, Any], name: str) -> Any:
    """The field of that name, ``a.b`` being ``b`` in ``a``; None where there is none."""
    found: Any = record
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _terms(either: str) -> tuple[str, ...]:
    inside = either.strip()
    if inside.startswith("(") and inside.endswith(")"):
        inside = inside[1:-1]
    return tuple(term.strip() for term in inside.split(" and "))


def _term(term: str) -> tuple[str, re.Match[str]]:
    for kind, form in _TERMS.items():
        if found := form.fullmatch(term):
            return kind, found
    raise ValueError(f"{term!r} is no condition that is understood here")


def _holds(term: str, record: Mapping[str, Any]) -> bool:
    kind, found = _term(term)
    value = field(record, found[1])
    match kind:
        case "present" | "absent":
            return (value is None) == (kind == "absent")
        case "among":
            return value in json.loads(found[2])
        case "filled":
            return bool(value)
        case "is":
            return bool(value == found[2])
    return value is not None and value != found[2]


def records(cloud: Cloud, log_groups: Iterable[str]) -> list[dict[str, Any]]:
    """The JSON records of the log groups, newest first."""
    found = [
        (int(event["timestamp"]), index, json.loads(event["message"]) | {"@log": group})
        for group in log_groups
        for index, event in enumerate(
            cloud.client("logs").filter_log_events(logGroupName=group, limit=10000)["events"]
        )
    ]
    return [record for _, _, record in sorted(found, key=lambda item: item[:2], reverse=True)]
