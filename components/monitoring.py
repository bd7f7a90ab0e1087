"""Who is told, and where a pair is seen: alarms, their topic, and dashboards."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Protocol

import pulumi
import pulumi_aws as aws

from components.documents.alarms import PERIOD, Alarm
from components.documents.dashboards import Shown, dashboard_body, overview_body
from components.inputs import CheckedInputs
from components.naming import overview_name, stack_topic_name
from components.pair import Dashboard
from components.problems import ConfigErrors
from components.quotas import on_overview, overview_problems
from components.scope import Scope, lookup_place, own_tags, to_json


class Updater(Protocol):
    """What the stack's overview asks of a component."""

    shown: Shown
    dashboard_choice: Dashboard


def create_alarms(scope: Scope, inputs: CheckedInputs, alarms: Iterable[Alarm]) -> None:
    """Creates them, all notifying the pair's topics. No data is good news: pushes are rare."""
    for alarm in alarms:
        aws.cloudwatch.MetricAlarm(
            scope.names.logical(alarm.suffix),
            name=scope.names.alarm(alarm.suffix),
            alarm_description=alarm.description,
            namespace=alarm.namespace,
            metric_name=alarm.metric,
            dimensions=alarm.dimensions,
            statistic=alarm.statistic,
            period=PERIOD,
            evaluation_periods=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=alarm.threshold,
            treat_missing_data="notBreaching",
            alarm_actions=inputs.alarm_topics,
            tags=scope.tags,
            opts=scope.options(),
        )


def create_dashboard(
    scope: Scope, inputs: CheckedInputs, shown: Shown
) -> tuple[pulumi.Output[str | None], pulumi.Output[str | None]]:
    """The dashboard, if the pair has one of its own. Name and URL of where the pair is drawn."""
    nowhere: pulumi.Output[str | None] = pulumi.Output.from_input(None)
    match inputs.plain.dashboard:
        case Dashboard.NONE:
            return nowhere, nowhere
        case Dashboard.OVERVIEW:
            name = overview_name(scope.names.project, scope.names.stack)
            return pulumi.Output.from_input(name), scope.place.apply(lambda place: place.dashboard_url(name))
    timeout = inputs.plain.timeout_seconds
    dashboard = aws.cloudwatch.Dashboard(
        scope.names.logical("dashboard"),
        dashboard_name=scope.names.base,
        dashboard_body=scope.place.apply(
            lambda place: to_json(dashboard_body(shown, place, timeout_seconds=timeout))
        ),
        opts=scope.options(),
    )
    return dashboard.dashboard_name, scope.place.apply(lambda place: place.dashboard_url(scope.names.base))


def overview_dashboard(updaters: Iterable[Updater]) -> pulumi.Output[str] | None:
    """The name of a dashboard of all ``updaters`` but those whose ``dashboard`` is none.

    One for the stack, since dashboards cost money each. None, and no dashboard, unless one of them says
    ``overview``. They are expected in the place of the program's default provider. Raises ConfigErrors when
    they are too many for a dashboard.
    """
    known = {updater.shown.names.pair: updater for updater in updaters}
    choices = {name: updater.dashboard_choice for name, updater in known.items()}
    if problems := overview_problems(choices):
        raise ConfigErrors(problems)
    shown = [known[name].shown for name in on_overview(choices)]
    if not shown:
        return None
    project, stack = pulumi.get_project(), pulumi.get_stack()
    dashboard = aws.cloudwatch.Dashboard(
        "overview",
        dashboard_name=overview_name(project, stack),
        dashboard_body=lookup_place().apply(
            lambda place: to_json(overview_body(f"{project} {stack}", place, shown))
        ),
        opts=pulumi.ResourceOptions(delete_before_replace=True),
    )
    return dashboard.dashboard_name


def alarm_topic(
    emails: Sequence[str], opts: pulumi.ResourceOptions | None = None
) -> pulumi.Output[str] | None:
    """The ARN of a topic with a subscription for each address; None, and no topic, without addresses.

    One for the stack, so that people confirm their address once and not for every pair.

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
