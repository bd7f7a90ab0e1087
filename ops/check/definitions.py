"""The job definitions: ACTIVE, on the repository, on the selected image, and within the limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handler.revision import Revision
from ops.access import batch_of
from ops.aws import Aws
from ops.check.expected import Expected
from ops.check.verdict import Finding, Good, Link, Verdict
from ops.revisions import active_revisions
from ops.status import Row, State, status

_GRACE = timedelta(minutes=10)
# Beyond one page of DescribeJobDefinitions each read of the definition takes another call.
_MOST_REVISIONS = 100
# A job with more than 50 tags, its definition's among them, fails: batch/latest/userguide/using-tags.html
_MOST_TAGS = 40


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One job definition: what ``status`` says of it, and its ACTIVE revisions, newest first."""

    name: str
    row: Row
    active: tuple[Revision, ...]

    @property
    def newest(self) -> Revision | None:
        return self.active[0] if self.active else None


def look_at_definitions(aws: Aws, expected: Expected) -> tuple[Definition, ...]:
    """The pair's definitions, in the order of the configuration. Raises OpsError."""
    batch = batch_of(aws)
    return tuple(
        Definition(name=row.definition, row=row, active=active_revisions(row.definition, batch))
        for row in status([expected.settings], aws)
    )


def pushed_tag(definitions: Sequence[Definition], expected: Expected) -> str:
    """A tag whose push the pair follows: that of the selected image, or the only one; "" if none is known."""
    selected = next((item.row.selected for item in definitions if item.row.selected), None)
    return selected.tag if selected else getattr(expected.settings.policy, "tag", "")


def judge_definition(definition: Definition, expected: Expected, now: datetime) -> Iterator[Verdict]:
    """Everything but its roles and the fate of its images."""
    name, newest = definition.name, definition.newest
    if newest is None:
        yield _not_active(definition, expected)
        return
    if not expected.target.containers(name, newest.document):
        yield _foreign(definition, newest, expected)
    else:
        yield Good(link=Link.DEFINITION, subject=name, note=f"revision {newest.number}")
        yield from _judge_image(definition, expected, now)
    yield _judge_count(definition, expected)
    yield from _judge_tags(newest)


def _not_active(definition: Definition, expected: Expected) -> Finding:
    name = definition.name
    if definition.row.state is State.MISSING:
        found = "AWS Batch has no such job definition in this account and region"
        remedy = f"register it, or take it out of {expected.key('jobDefinitions')} and {expected.redeploy}"
    else:
        found = "all of its revisions are INACTIVE, so no job can be submitted by its name"
        remedy = "register it again with your infrastructure code, then run " + expected.tool("reconcile")
    return Finding(link=Link.DEFINITION, subject=name, found=found, remedy=remedy)


def _foreign(definition: Definition, newest: Revision, expected: Expected) -> Finding:
    return Finding(
        link=Link.DEFINITION,
        subject=definition.name,
        found=f"revision {newest.number} uses {definition.row.carried.reference or 'no image'}, "
        f"not the repository {expected.pair.repository}",
        remedy=f"register it with an image of {expected.target.repository.uri}, "
        f"or name it under {expected.key('adopt')} and {expected.redeploy}",
    )


def _judge_image(definition: Definition, expected: Expected, now: datetime) -> Iterator[Verdict]:
    """Nothing is said when the repository is missing: that is another link's finding."""
    row, name = definition.row, definition.name
    match row.state:
        case State.NO_IMAGE:
            yield Finding(
                link=Link.IMAGE,
                subject=name,
                found=row.reason,
                remedy="push such an image, or correct imageTag or "
                f"{expected.key('imagePolicy')} and {expected.redeploy}",
            )
        case State.BLOCKED:
            yield Finding(
                link=Link.IMAGE,
                subject=name,
                found=row.reason,
                remedy=f"do what the reason says, then run {expected.tool('reconcile')}",
            )
        case State.BEHIND:
            yield _judge_behind(row, expected, now)
        case State.HELD | State.CURRENT | State.GATED | State.KEPT:
            yield Good(link=Link.IMAGE, subject=name, note=row.reason)


def _judge_behind(row: Row, expected: Expected, now: datetime) -> Verdict:
    selected = row.selected
    assert selected is not None, "a definition is behind an image"
    waits = expected.pair.paused or expected.pair.dry_run
    pushed = selected.pushed_at
    if waits or (pushed is not None and now - pushed <= _GRACE):
        why = "paused" if expected.pair.paused else "in dry run" if waits else ""
        note = f"behind {selected.tag}, since the pair is {why}" if why else f"{selected.tag} is rolling out"
        return Good(link=Link.IMAGE, subject=row.definition, note=note)
    since = f", pushed at {pushed:%Y-%m-%d %H:%M} UTC" if pushed else ""
    return Finding(
        link=Link.IMAGE,
        subject=row.definition,
        found=f"revision {row.revision} is behind the image {selected.tag} {selected.digest[:19]}{since}",
        remedy=f"run {expected.tool('reconcile')}; if it stays behind, the outcome says why "
        f"({expected.tool('monitor --since 24h')})",
    )


def _judge_count(definition: Definition, expected: Expected) -> Verdict:
    count = len(definition.active)
    if count <= _MOST_REVISIONS:
        return Good(link=Link.REVISIONS, subject=definition.name, note=f"{count} ACTIVE")
    return Finding(
        link=Link.REVISIONS,
        subject=definition.name,
        found=f"{count} of its revisions are ACTIVE, so every read of it takes several calls",
        remedy=f"set keepRevisions ({expected.key('keepRevisions')}), having read docs/retention.md, "
        f"and {expected.redeploy}",
    )


def _judge_tags(newest: Revision) -> Iterator[Verdict]:
    """Only with propagateTags do a definition's tags count for its jobs."""
    if newest.document.get("propagateTags") is not True:
        return
    count = len(newest.tags)
    if count <= _MOST_TAGS:
        yield Good(link=Link.TAGS, subject=newest.name, note=f"{count} propagated")
        return
    yield Finding(
        link=Link.TAGS,
        subject=newest.name,
        found=f"revision {newest.number} propagates {count} tags to its jobs, and a job with more than 50 "
        "in all fails",
        remedy="register it with fewer tags or without propagateTags",
    )


def newest_revisions(definitions: tuple[Definition, ...]) -> Mapping[str, Revision]:
    """The newest revision of each definition that has one, by the definition's name."""
    return {item.name: item.newest for item in definitions if item.newest is not None}
