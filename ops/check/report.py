"""What a check found, as lines for people and as one JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.naming import Place
from ops.check.verdict import Finding, Good, Unseen, Verdict


@dataclass(frozen=True, kw_only=True)
class Report:
    """The verdicts on what the stack's pairs share, and on each pair by its name."""

    stack: str
    place: Place
    shared: Sequence[Verdict]
    pairs: Mapping[str, Sequence[Verdict]]

    @property
    def groups(self) -> Iterator[tuple[str | None, Sequence[Verdict]]]:
        """What the pairs share under None, then each pair."""
        yield None, self.shared
        yield from self.pairs.items()

    def all(self, kind: type[Good | Finding | Unseen]) -> list[tuple[str | None, Any]]:
        """The verdicts of one kind, each with its pair."""
        return [(pair, item) for pair, items in self.groups for item in items if isinstance(item, kind)]

    @property
    def ok(self) -> bool:
        """Whether everything was looked at and found good."""
        return not self.all(Finding) and not self.all(Unseen)

    @property
    def permissions(self) -> tuple[str, ...]:
        """The permissions that the operator's credentials lack."""
        return tuple(sorted({item.permission for _, item in self.all(Unseen) if item.permission}))

    def document(self) -> dict[str, Any]:
        """The JSON document; ``pair`` is null for what the pairs share."""
        return {
            "stack": self.stack,
            "account": self.place.account,
            "region": self.place.region,
            "ok": self.ok,
            "findings": [
                {**_where(pair, item), "found": item.found, "remedy": item.remedy}
                for pair, item in self.all(Finding)
            ],
            "passed": [{**_where(pair, item), "note": item.note} for pair, item in self.all(Good)],
            "unseen": [
                {**_where(pair, item), "reason": item.reason, "remedy": item.remedy}
                for pair, item in self.all(Unseen)
            ],
        }


def _where(pair: str | None, item: Good | Finding | Unseen) -> dict[str, Any]:
    return {"pair": pair, "link": item.link.value, "subject": item.subject}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: ``mark`` is "ok", "finding", "unseen", or "" for a line that has none."""

    mark: str = ""
    text: str


def lines(report: Report) -> Iterator[Line]:
    """The report for people: one line a link, its remedy on a line of its own, grouped by pair."""
    for pair, verdicts in report.groups:
        yield Line(text=f"stack {report.stack}" if pair is None else f"pair {pair}")
        for item in verdicts:
            match item:
                case Good():
                    yield Line(mark="ok", text=_row(item, item.note))
                case Finding():
                    yield Line(mark="finding", text=_row(item, item.found))
                    yield Line(text=f"    Remedy: {item.remedy}")
                case Unseen():
                    yield Line(mark="unseen", text=_row(item, item.reason))
                    yield Line(text=f"    Remedy: {item.remedy}")
    yield Line(text=summary(report))


def summary(report: Report) -> str:
    """How many links are good, and how many are not."""
    found, unseen, good = (len(report.all(kind)) for kind in (Finding, Unseen, Good))
    findings = "1 finding" if found == 1 else f"{found} findings"
    return f"{findings}, " + (f"{unseen} not looked at, " if unseen else "") + f"{good} good"


def _row(item: Good | Finding | Unseen, words: str) -> str:
    return f"{item.link.value:<14} {item.subject}" + (f": {words}" if words else "")
