"""One check, from the stack to the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from components.naming import Place
from ops.aws import Aws
from ops.check.ask import Ask
from ops.check.chain import judge
from ops.check.expected import archive_content, expected_of, stack_topic
from ops.check.gather import Shared, gather_pair, gather_shared
from ops.check.place import here, judge_place
from ops.check.report import Report
from ops.check.topics import judge_topic
from ops.check.verdict import Hidden, Link, Verdict
from ops.stack import Stack


def check(stack: Stack, pairs: Sequence[str], aws: Aws, *, progress: Callable[[str], None]) -> Report:
    """Looks at every link of ``pairs``, with nothing changed; ``progress`` is told what is looked at.

    In a wrong region or account nothing else is looked at. Raises OpsError when AWS can't be asked at all.
    """
    identity = aws.caller  # a wrong account is a finding here
    place = Place(identity.partition, aws.region_name, identity.account)
    misplaced = list(judge_place(stack, place))
    if misplaced:
        return Report(stack=stack.name, place=place, shared=misplaced, pairs={})
    files, ask = archive_content(), Ask(aws)
    expected = {name: expected_of(stack, name, place, files) for name in pairs}
    progress(f"stack {stack.name}")
    topics = tuple(dict.fromkeys(topic for pair in expected.values() for topic in pair.topics))
    shared = gather_shared(ask, topics, place.account)
    verdicts: dict[str, list[Verdict]] = {}
    for name, pair in expected.items():
        progress(f"pair {name}")
        verdicts[name] = judge(gather_pair(ask, aws, pair), shared, pair)
    return Report(
        stack=stack.name, place=place, shared=[here(place), *_topics(stack, shared, place)], pairs=verdicts
    )


def _topics(stack: Stack, shared: Shared, place: Place) -> list[Verdict]:
    own, redeploy = stack_topic(stack, place), f"run `pulumi up --refresh --stack {stack.name}`"
    verdicts: list[Verdict] = []
    for arn, topic in shared.topics.items():
        if isinstance(topic, Hidden):
            verdicts.append(topic.unseen(Link.TOPIC, arn))
            continue
        addresses = stack.config.alarm_emails if arn == own else ()
        verdicts += judge_topic(topic, addresses, region=place.region, redeploy=redeploy)
    return verdicts
