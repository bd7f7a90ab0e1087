"""The rules that start the function: there, enabled, and let the right events through."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components.documents.event_pattern import image_arrived, image_scanned
from components.naming import RuleKind
from components.policy_proof.proof import tag_filters
from ops.check.ask import Ask
from ops.check.expected import Expected
from ops.check.verdict import Finding, Good, Link, Verdict
from ops.push_event import push_event

_ABSENT = ("ResourceNotFoundException",)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule with its targets as EventBridge returns them.

    ``lets_push_through`` is EventBridge's own word on a push of the pair under the tag ``tried``; None when
    it was not asked.
    """

    name: str
    state: str
    schedule: str | None = None
    pattern: Any = None
    tried: str = ""
    lets_push_through: bool | None = None
    targets: tuple[Mapping[str, Any], ...] = ()


def look_at_rule(ask: Ask, name: str, expected: Expected, *, tag: str = "") -> Rule | None:
    """The rule, or None if there is none. EventBridge is asked about a push of ``tag``, if one is given."""
    found = ask("events", "describe_rule", absent=_ABSENT, Name=name)
    if found is None:
        return None
    targets = ask("events", "list_targets_by_rule", absent=_ABSENT, Rule=name) or {}
    pattern = found.get("EventPattern")
    return Rule(
        name=name,
        state=found["State"],
        schedule=found.get("ScheduleExpression"),
        pattern=json.loads(pattern) if pattern else None,
        tried=tag,
        lets_push_through=_lets_through(ask, pattern, expected, tag) if pattern and tag else None,
        targets=tuple(targets.get("Targets", [])),
    )


def _lets_through(ask: Ask, pattern: str, expected: Expected, tag: str) -> bool:
    event = push_event(
        expected.place, repository=expected.pair.repository, tag=tag, digest="sha256:" + "0" * 64
    )
    answer = ask("events", "test_event_pattern", EventPattern=pattern, Event=json.dumps(event))
    return bool(answer and answer["Result"])


def judge_push_rule(rule: Rule | None, expected: Expected) -> Iterator[Verdict]:
    """The rule of the pushes, and its pattern."""
    yield from _judge_state(rule, expected.names.base, Link.RULE, expected)
    if rule is not None:
        yield _judge_pattern(rule, expected)


def judge_schedule(rule: Rule | None, expected: Expected) -> Iterator[Verdict]:
    """The rule of ``reconcile``."""
    name, schedule = expected.names.rule(RuleKind.SCHEDULE), expected.pair.reconcile
    if rule is not None and rule.schedule != schedule:
        yield Finding(
            link=Link.SCHEDULE,
            subject=name,
            found=f"its schedule is {rule.schedule}, the key reconcile says {schedule}",
            remedy=expected.redeploy,
        )
    else:
        yield from _judge_state(rule, name, Link.SCHEDULE, expected)


def judge_scans(rule: Rule | None, expected: Expected) -> Iterator[Verdict]:
    """The rule of image scans, of a pair whose gates look at them."""
    name = expected.names.rule(RuleKind.SCANS)
    if rule is not None and rule.pattern != image_scanned(expected.place, expected.pair.repository):
        yield Finding(
            link=Link.SCANS,
            subject=name,
            found=f"its pattern is not the one that this checkout deploys: {json.dumps(rule.pattern)}",
            remedy=expected.redeploy,
        )
    else:
        yield from _judge_state(rule, name, Link.SCANS, expected)


def _judge_state(rule: Rule | None, name: str, link: Link, expected: Expected) -> Iterator[Verdict]:
    if rule is None:
        yield Finding(
            link=link, subject=name, found="there is no such EventBridge rule", remedy=expected.redeploy
        )
        return
    enabled, paused = rule.state.startswith("ENABLED"), expected.pair.paused
    if enabled and paused:
        yield Finding(
            link=link,
            subject=name,
            found="it is enabled although the pair is paused",
            remedy=f"{expected.redeploy}, or remove paused: true ({expected.key('paused')})",
        )
    elif not enabled and not paused:
        yield Finding(
            link=link,
            subject=name,
            found=f"it is {rule.state}, so nothing starts the function",
            remedy=f"run {expected.aws(f'events enable-rule --name {name}')}, "
            f"then {expected.tool('reconcile')} for what was missed",
        )
    else:
        yield Good(link=link, subject=name, note="disabled, since the pair is paused" if paused else "")


def _judge_pattern(rule: Rule, expected: Expected) -> Verdict:
    repository, filters = expected.pair.repository, tag_filters(expected.settings.policy)
    if rule.lets_push_through is False:
        found = f"it does not match a push of {repository}:{rule.tried}"
    elif rule.pattern != image_arrived(expected.place, repository, filters):
        found = "it is not the pattern that this checkout deploys"
    else:
        tried = f"matches a push of {repository}:{rule.tried}" if rule.tried else "as in this checkout"
        return Good(link=Link.PATTERN, subject=rule.name, note=tried)
    return Finding(
        link=Link.PATTERN,
        subject=rule.name,
        found=f"{found}: {json.dumps(rule.pattern)}",
        remedy=f"{expected.redeploy}; what is matched follows from repository, imageTag and imagePolicy",
    )
