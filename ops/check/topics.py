"""The topics that alarms notify: there, and with people behind them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ops.check.ask import Ask
from ops.check.verdict import Finding, Good, Link, Verdict

# sns/latest/api/API_ListSubscriptionsByTopic.html: what stands in the place of an ARN.
_PENDING, _DELETED = "PendingConfirmation", "Deleted"


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """One subscription; ``arn`` may be a word instead."""

    protocol: str
    endpoint: str
    arn: str


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A topic. ``subscriptions`` is None if there is no such topic; ``foreign``: it is another account's."""

    arn: str
    subscriptions: tuple[Subscription, ...] | None = None
    foreign: bool = False


def look_at_topic(ask: Ask, arn: str, account: str) -> Topic:
    """The topic, whose subscriptions only its own account gets to see."""
    if arn.split(":")[4] != account:
        return Topic(arn=arn, foreign=True)
    found = ask.listed(
        "sns",
        "list_subscriptions_by_topic",
        "Subscriptions",
        absent=["NotFound", "NotFoundException"],
        TopicArn=arn,
    )
    if found is None:
        return Topic(arn=arn)
    listed = (
        Subscription(protocol=item["Protocol"], endpoint=item["Endpoint"], arn=item["SubscriptionArn"])
        for item in found
    )
    return Topic(arn=arn, subscriptions=tuple(item for item in listed if item.arn != _DELETED))


def judge_topic(topic: Topic, addresses: Sequence[str], *, region: str, redeploy: str) -> Iterator[Verdict]:
    """``addresses`` are those that the configuration subscribes to it."""
    name = topic.arn.rpartition(":")[2]
    if topic.foreign:
        yield Good(link=Link.TOPIC, subject=topic.arn, note="of another account, which alone can look at it")
        return
    if topic.subscriptions is None:
        remedy = redeploy if addresses else f"create it, or correct alarmTopics and {redeploy}"
        yield Finding(link=Link.TOPIC, subject=topic.arn, found="there is no such SNS topic", remedy=remedy)
        return
    yield Good(link=Link.TOPIC, subject=name)
    subscribed = {item.endpoint for item in topic.subscriptions}
    for address in addresses:
        if address not in subscribed:
            yield Finding(
                link=Link.SUBSCRIPTION,
                subject=address,
                found=f"it is not subscribed to {name}",
                remedy=redeploy,
            )
    for item in topic.subscriptions:
        if item.arn == _PENDING:
            yield Finding(
                link=Link.SUBSCRIPTION,
                subject=item.endpoint,
                found=f"its subscription to {name} is not confirmed, so it gets nothing",
                remedy="follow the link in the message from AWS; if it is lost or older than 3 days, run "
                f"`aws --region {region} sns subscribe --topic-arn {topic.arn} --protocol {item.protocol} "
                f"--notification-endpoint {item.endpoint}` for another",
            )
        else:
            yield Good(link=Link.SUBSCRIPTION, subject=item.endpoint)
    if not topic.subscriptions and not addresses:
        yield Finding(
            link=Link.SUBSCRIPTION,
            subject=name,
            found="nobody is subscribed to it",
            remedy=f"subscribe somebody to {topic.arn}",
        )
