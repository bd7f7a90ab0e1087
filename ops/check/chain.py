"""From what was seen to verdicts, link by link. Pure.

What can't be looked at because something before it is missing gives no verdict: a function that is not there
has no wrong environment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from components.naming import RuleKind
from ops.check.alarms import judge_alarms
from ops.check.code import judge_code
from ops.check.definitions import judge_definition, newest_revisions
from ops.check.expected import Expected
from ops.check.failures import judge_destination, judge_queue
from ops.check.function import Function, judge_environment, judge_function
from ops.check.gather import Shared, Snapshot
from ops.check.images import judge_images, judge_repository, pins_of
from ops.check.log_group import judge_log_group
from ops.check.roles import judge_roles
from ops.check.rules import Rule, judge_push_rule, judge_scans, judge_schedule
from ops.check.submitters import judge_submitters
from ops.check.targets import judge_permissions, judge_target
from ops.check.verdict import Finding, Hidden, Link, Verdict

Seen = TypeVar("Seen")


def judge(snapshot: Snapshot, shared: Shared, expected: Expected) -> list[Verdict]:
    """Everything about one pair."""
    return [
        *_unless_hidden(
            snapshot.repository,
            Link.REPOSITORY,
            expected.pair.repository,
            lambda seen: [judge_repository(seen, expected)],
        ),
        *_deployment(snapshot, expected),
        *_definitions(snapshot, expected),
        *_unless_hidden(
            shared.submitters,
            Link.SUBMITTER,
            "targets of EventBridge that submit jobs",
            lambda seen: judge_submitters(seen, expected),
        ),
    ]


def _deployment(snapshot: Snapshot, expected: Expected) -> Iterator[Verdict]:
    made = (snapshot.rule, snapshot.function, snapshot.queue, snapshot.log_group)
    if all(item is None for item in made):
        yield Finding(
            link=Link.DEPLOYMENT,
            subject=expected.names.base,
            found="nothing of the pair is deployed in this account and region",
            remedy=f"run `pulumi up --stack {expected.names.stack}`; if that was done, check the credentials",
        )
        return
    yield from _delivery(snapshot, expected)
    yield from _function(snapshot, expected)
    yield from _aftermath(snapshot, expected)


def _delivery(snapshot: Snapshot, expected: Expected) -> Iterator[Verdict]:
    names = expected.names
    yield from _unless_hidden(
        snapshot.rule, Link.RULE, names.base, lambda seen: judge_push_rule(seen, expected)
    )
    if expected.pair.reconcile is not None:
        yield from _unless_hidden(
            snapshot.schedule,
            Link.SCHEDULE,
            names.rule(RuleKind.SCHEDULE),
            lambda seen: judge_schedule(seen, expected),
        )
    if expected.pair.scans:
        yield from _unless_hidden(
            snapshot.scans, Link.SCANS, names.rule(RuleKind.SCANS), lambda seen: judge_scans(seen, expected)
        )
    rules = _rules(snapshot)
    for rule in rules:
        yield from judge_target(rule, expected)
    if snapshot.function is not None:
        yield from _unless_hidden(
            snapshot.statements,
            Link.PERMISSION,
            names.base,
            lambda seen: judge_permissions(seen, rules, expected),
        )


def _function(snapshot: Snapshot, expected: Expected) -> Iterator[Verdict]:
    name, function = expected.names.base, snapshot.function
    yield from _unless_hidden(function, Link.FUNCTION, name, lambda seen: judge_function(seen, expected))
    if not isinstance(function, Function):
        return
    yield from judge_environment(function, expected)
    yield from _unless_hidden(
        snapshot.code, Link.CODE, name, lambda seen: judge_code(seen, expected) if seen is not None else ()
    )
    yield from _unless_hidden(
        snapshot.destination,
        Link.FAILED_EVENTS,
        name,
        lambda seen: [judge_destination(seen, expected)],
    )


def _aftermath(snapshot: Snapshot, expected: Expected) -> Iterator[Verdict]:
    names = expected.names
    yield from _unless_hidden(
        snapshot.log_group, Link.LOG_GROUP, names.log_group, lambda seen: [judge_log_group(seen, expected)]
    )
    yield from _unless_hidden(
        snapshot.queue,
        Link.QUEUE,
        names.queue,
        lambda seen: judge_queue(seen, _rules(snapshot), expected),
    )
    yield from _unless_hidden(
        snapshot.alarms, Link.ALARM, names.base, lambda seen: judge_alarms(seen, expected)
    )


def _definitions(snapshot: Snapshot, expected: Expected) -> Iterator[Verdict]:
    definitions = snapshot.definitions
    if isinstance(definitions, Hidden):
        yield definitions.unseen(Link.DEFINITION, ", ".join(expected.pair.job_definitions))
        return
    for definition in definitions:
        yield from judge_definition(definition, expected, snapshot.at)
    newest, passes = newest_revisions(definitions), snapshot.passes
    if isinstance(passes, Hidden):
        yield passes.unseen(Link.ROLE, expected.names.base)
        passes = None
    yield from judge_roles(newest, passes, expected)
    yield from _unless_hidden(
        snapshot.images,
        Link.LIFECYCLE,
        expected.pair.repository,
        lambda seen: (
            judge_images(pins_of(definitions, expected), seen, expected, snapshot.at)
            if seen is not None
            else ()
        ),
    )


def _rules(snapshot: Snapshot) -> tuple[Rule, ...]:
    return tuple(
        rule for rule in (snapshot.rule, snapshot.schedule, snapshot.scans) if isinstance(rule, Rule)
    )


def _unless_hidden(
    seen: Seen | Hidden, link: Link, subject: str, judged: Callable[[Seen], Iterable[Verdict]]
) -> Iterator[Verdict]:
    if isinstance(seen, Hidden):
        yield seen.unseen(link, subject)
    else:
        yield from judged(seen)
