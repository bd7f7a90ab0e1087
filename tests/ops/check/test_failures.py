"""What tells of failures: logs, queue, alarms, and the people behind them.

Each test breaks exactly one link, and exactly that finding appears.
"""

from __future__ import annotations

from tests.ops.check.world import (
    ADDRESS,
    AWS,
    BASE,
    LOG_GROUP,
    QUEUE,
    REDEPLOY,
    SCHEDULE,
    TOPIC,
    World,
    assert_finding,
)


def test_a_missing_log_group_is_found(world: World) -> None:
    world.client("logs").delete_log_group(logGroupName=LOG_GROUP)
    world.redeploy_afterwards()
    assert_finding(world.finding(), "log group", LOG_GROUP, "no such log group", REDEPLOY)


def test_another_retention_of_logs_is_found(world: World) -> None:
    world.client("logs").delete_retention_policy(logGroupName=LOG_GROUP)
    world.redeploy_afterwards()
    assert_finding(world.finding(), "log group", LOG_GROUP, "for ever, logRetentionDays says 14", REDEPLOY)


def test_a_missing_queue_is_found(world: World) -> None:
    sqs = world.client("sqs")
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"])
    world.redeploy_afterwards()
    assert_finding(world.finding(), "queue", QUEUE, "no such SQS queue", REDEPLOY)


def test_a_queue_that_is_closed_to_the_rules_is_found(world: World) -> None:
    sqs = world.client("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
    world.redeploy_afterwards()
    assert_finding(world.finding(), "queue", QUEUE, f"send for {BASE}, {SCHEDULE}", REDEPLOY)


def test_events_in_the_queue_are_counted(world: World) -> None:
    sqs = world.client("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    for _ in range(2):
        sqs.send_message(QueueUrl=url, MessageBody="{}")
    world.afterwards(lambda: sqs.purge_queue(QueueUrl=url))
    sqs.receive_message(QueueUrl=url)
    assert_finding(
        world.finding(), "queue", QUEUE, "2 events wait", "`ecr-batch --stack dev --pair ocr redrive`"
    )


def test_a_missing_alarm_is_found(world: World) -> None:
    world.client("cloudwatch").delete_alarms(AlarmNames=[f"{BASE}-errors"])
    world.redeploy_afterwards()
    assert_finding(world.finding(), "alarm", f"{BASE}-errors", "no such alarm", REDEPLOY)


def test_alarms_whose_actions_are_disabled_are_found(world: World) -> None:
    cloudwatch, name = world.client("cloudwatch"), f"{BASE}-errors"
    cloudwatch.disable_alarm_actions(AlarmNames=[name])
    world.afterwards(lambda: cloudwatch.enable_alarm_actions(AlarmNames=[name]))
    command = f"{AWS} cloudwatch enable-alarm-actions --alarm-names {name}`"
    assert_finding(world.finding(), "alarm", name, "actions are disabled", command)


def test_alarms_that_notify_nobody_are_found(world: World) -> None:
    world.deployed_with(config={"ecr-batch-updater:alarmEmails": None})
    finding = world.finding()
    assert_finding(finding, "alarm", finding["subject"], "they have no actions", "alarmEmails of stack dev")
    assert len(finding["subject"].split(", ")) == 6
    assert "alarmTopics of pair ocr" in finding["remedy"]


def test_an_alarm_that_does_not_notify_the_configured_topic_is_found(world: World) -> None:
    cloudwatch, name = world.client("cloudwatch"), f"{BASE}-failures-queued"
    alarm = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
    kept = ("AlarmName", "MetricName", "Namespace", "Statistic", "Period", "EvaluationPeriods", "Threshold")
    cloudwatch.put_metric_alarm(
        **{key: alarm[key] for key in kept},
        ComparisonOperator=alarm["ComparisonOperator"],
        AlarmActions=["arn:aws:sns:ap-southeast-2:123456789012:other"],
    )
    world.redeploy_afterwards()
    assert_finding(world.finding(), "alarm", name, f"do not notify all of {TOPIC}", REDEPLOY)


def test_an_alarm_that_fires_is_found(world: World) -> None:
    cloudwatch, name = world.client("cloudwatch"), f"{BASE}-events-dropped"
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")
    world.afterwards(
        lambda: cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="a test")
    )
    assert_finding(world.finding(), "alarm", name, "it fires: Lambda gave up on events", "monitor")


def test_a_topic_that_is_gone_is_found(world: World) -> None:
    world.client("sns").delete_topic(TopicArn=TOPIC)
    world.afterwards(lambda: world.cloud.subscriptions.confirm(ADDRESS))
    world.redeploy_afterwards()
    assert_finding(world.finding(), "topic", TOPIC, "no such SNS topic", REDEPLOY)


def test_a_subscription_that_nobody_confirmed_is_found(world: World) -> None:
    sns = world.client("sns")
    arn = sns.subscribe(
        TopicArn=TOPIC, Protocol="email", Endpoint="new@example.com", ReturnSubscriptionArn=True
    )["SubscriptionArn"]
    world.afterwards(lambda: sns.unsubscribe(SubscriptionArn=arn))
    # Nobody can take back a subscription that waits for its confirmation.
    world.afterwards(lambda: world.cloud.subscriptions.confirm("new@example.com"))
    assert_finding(world.finding(), "subscription", "new@example.com", "not confirmed", "follow the link")


def test_an_address_that_is_not_subscribed_is_found(world: World) -> None:
    world.afterwards(world.configure)
    world.configure(config={"ecr-batch-updater:alarmEmails": [ADDRESS, "dev@example.com"]})
    assert_finding(world.finding(), "subscription", "dev@example.com", "not subscribed", REDEPLOY)


def test_a_topic_without_any_subscription_is_found(world: World) -> None:
    sns = world.client("sns")
    arn = sns.create_topic(Name="pager")["TopicArn"]
    world.afterwards(lambda: sns.delete_topic(TopicArn=arn))
    world.deployed_with(alarmTopics=[arn])
    assert_finding(world.finding(), "subscription", "pager", "nobody is subscribed", arn)


def test_a_topic_of_another_account_can_only_be_named(world: World) -> None:
    foreign = TOPIC.replace("123456789012", "999999999999")
    world.deployed_with(alarmTopics=[foreign])
    assert "another account" in world.note("topic")
