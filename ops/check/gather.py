"""Everything that is read from AWS for one check: frozen values, one for the stack and one a pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from components.naming import RuleKind
from ops.aws import Aws
from ops.check.alarms import Alarm, expected_names, look_at_alarms
from ops.check.ask import Ask, together
from ops.check.code import look_at_code
from ops.check.definitions import Definition, look_at_definitions, pushed_tag
from ops.check.expected import Expected
from ops.check.failures import Queue, look_at_destination, look_at_queue, statements_of
from ops.check.function import Function, look_at_function
from ops.check.images import Images, look_at_images, look_at_repository, pins_of
from ops.check.log_group import LogGroup, look_at_log_group
from ops.check.roles import Passes, look_at_passes
from ops.check.rules import Rule, look_at_rule
from ops.check.submitters import Submitter, look_for_submitters
from ops.check.targets import Statements
from ops.check.topics import Topic, look_at_topic
from ops.check.verdict import Hidden
from ops.errors import AwsFailed, Denied

_AT_ONCE = 10
Seen = TypeVar("Seen")


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What the pairs have in common: ``topics`` by ARN."""

    topics: Mapping[str, Topic | Hidden]
    submitters: tuple[Submitter, ...] | Hidden


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One pair at the time ``at``; None where there is no such thing, or nothing by which to look at it."""

    at: datetime
    repository: bool | Hidden
    rule: Rule | Hidden | None
    schedule: Rule | Hidden | None
    scans: Rule | Hidden | None
    function: Function | Hidden | None
    statements: Statements | Hidden
    destination: str | Hidden | None
    queue: Queue | Hidden | None
    log_group: LogGroup | Hidden | None
    alarms: tuple[Alarm, ...] | Hidden
    definitions: tuple[Definition, ...] | Hidden
    code: Mapping[str, bytes] | Hidden | None
    passes: Passes | Hidden | None
    images: Images | Hidden | None


def gather_shared(ask: Ask, topics: tuple[str, ...], account: str) -> Shared:
    """Raises OpsError, but for permissions that are missing."""
    found = together(lambda arn: _seen(lambda: look_at_topic(ask, arn, account)), topics)
    return Shared(
        topics={arn: found[arn] for arn in topics}, submitters=_seen(lambda: look_for_submitters(ask))
    )


def gather_pair(ask: Ask, aws: Aws, expected: Expected) -> Snapshot:
    """Looks at all links of one pair at once. Raises OpsError, but for permissions that are missing."""
    base, rule_of, pair = expected.names.base, expected.names.rule, expected.pair
    # It makes clients of its own, and a session is not to be shared between threads.
    definitions = _seen(lambda: look_at_definitions(aws, expected))
    known_definitions = () if isinstance(definitions, Hidden) else definitions
    tag = pushed_tag(known_definitions, expected)
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:

        def begin(look: Callable[[], Seen]) -> Callable[[], Seen | Hidden]:
            return pool.submit(_seen, look).result

        repository = begin(lambda: look_at_repository(ask, expected.pair.repository))
        rule = begin(lambda: look_at_rule(ask, base, expected, tag=tag))
        schedule = begin(
            lambda: look_at_rule(ask, rule_of(RuleKind.SCHEDULE), expected) if pair.reconcile else None
        )
        scans = begin(lambda: look_at_rule(ask, rule_of(RuleKind.SCANS), expected) if pair.scans else None)
        found = begin(lambda: look_at_function(ask, base))
        statements = begin(lambda: _look_at_policy(ask, base))
        destination = begin(lambda: look_at_destination(ask, base))
        queue = begin(lambda: look_at_queue(ask, expected.names.queue))
        log_group = begin(lambda: look_at_log_group(ask, expected.names.log_group))
        alarms = begin(lambda: look_at_alarms(ask, expected_names(expected)))
        pinned = bool(pins_of(known_definitions, expected))
        images = begin(lambda: look_at_images(ask, expected.pair.repository) if pinned else None)
        function = found()
        known = function if isinstance(function, Function) else None
        code = begin(lambda: _hidden_if_failed(lambda: look_at_code(known.code_url)) if known else None)
        passes = begin(lambda: look_at_passes(ask, known.role, base) if known else None)
        return Snapshot(
            at=datetime.now(UTC),
            repository=repository(),
            rule=rule(),
            schedule=schedule(),
            scans=scans(),
            function=function,
            statements=statements(),
            destination=destination(),
            queue=queue(),
            log_group=log_group(),
            alarms=alarms(),
            definitions=definitions,
            code=code(),
            passes=passes(),
            images=images(),
        )


def _look_at_policy(ask: Ask, function: str) -> Statements:
    """The statements of the function's own policy; none if it has no policy."""
    found = ask("lambda", "get_policy", absent=["ResourceNotFoundException"], FunctionName=function)
    return statements_of(found["Policy"]) if found else ()


def _seen(look: Callable[[], Seen]) -> Seen | Hidden:
    """A missing permission hides one look and spares the others."""
    try:
        return look()
    except Denied as error:
        return Hidden(error)


def _hidden_if_failed(look: Callable[[], Seen]) -> Seen | Hidden:
    """Archives come from another host than the API, so not reaching it says nothing about the others."""
    try:
        return look()
    except AwsFailed as error:
        return Hidden(error)
