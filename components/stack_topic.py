"""The one topic of a stack, so that people confirm their address once and not for every pair."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.naming import stack_topic_name
from components.scope import own_tags


def alarm_topic(
    emails: Sequence[str], opts: pulumi.ResourceOptions | None = None
) -> pulumi.Output[str] | None:
    """The ARN of a topic with a subscription for each address; None, and no topic, without addresses.

    ``opts`` are the topic's, and reach the subscriptions. Not encrypted with the key that AWS manages for
    SNS: alarms cannot publish under it.
    """
    if not emails:
        return None
    project, stack = pulumi.get_project(), pulumi.get_stack()
    # Neither can stand beside its replacement: SNS takes a second one for the first.
    once = pulumi.ResourceOptions(delete_before_replace=True)
    topic = aws.sns.Topic(
        "alarms",
        name=stack_topic_name(project, stack),
        tags=own_tags(project, stack),
        opts=pulumi.ResourceOptions.merge(once, opts),
    )
    for email in emails:
        # Named by the address, so that adding one leaves the others alone.
        digest = hashlib.sha256(email.encode()).hexdigest()[:8]
        aws.sns.TopicSubscription(
            f"alarms-{digest}",
            topic=topic.arn,
            protocol="email",
            endpoint=email,
            opts=pulumi.ResourceOptions.merge(once, pulumi.ResourceOptions(parent=topic)),
        )
    return topic.arn
