"""What the program registers for the example stack, resource by resource."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from handler.settings import Settings
from tests.support.recorder import (
    ACCOUNT,
    COMPONENT,
    ROOT,
    TYPES,
    Place,
    Recording,
    Registered,
    evaluate_main,
)

PAIR = "newsarchivepro"
BASE = f"ecr-batch-updater-dev-{PAIR}"
HERE = f"ap-southeast-2:{ACCOUNT}"
QUEUE = f"arn:aws:sqs:{HERE}:{BASE}-dlq"
RULE = f"arn:aws:events:{HERE}:rule/{BASE}"
SCHEDULE = f"{RULE}-reconcile"
FUNCTION = f"arn:aws:lambda:{HERE}:function:{BASE}"
TAGS = {"project": "ecr-batch-updater", "stack": "dev", "pair": PAIR, "managed-by": "pulumi"}
ROLES = ("arn:aws:iam::123456789012:role/ocr-job", "arn:aws:iam::123456789012:role/ocr-execution")
TOPIC = f"arn:aws:sns:{HERE}:team"


def example() -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]
    return config


def with_keys(**keys: Any) -> dict[str, Any]:
    config = example()
    pairs = config["ecr-batch-updater:pairs"]
    return config | {"ecr-batch-updater:pairs": {PAIR: pairs[PAIR] | keys}}


def without_schedule() -> dict[str, Any]:
    config = example()
    pairs = config["ecr-batch-updater:pairs"]
    own = {key: value for key, value in pairs[PAIR].items() if key != "reconcile"}
    return config | {"ecr-batch-updater:pairs": {PAIR: own}}


@pytest.fixture(scope="module")
def deployed() -> Recording:
    return evaluate_main(example())


def part(recording: Recording, name: str) -> Registered:
    (found,) = (resource for resource in recording.resources if resource.name == f"{PAIR}-{name}")
    return found


def needs(resource: Registered) -> set[str]:
    return {urn.rpartition("::")[2] for urn in resource.depends_on}


def test_one_pair_gives_exactly_these_resources(deployed: Recording) -> None:
    parts = [
        "logs",
        "role",
        "policy",
        "dlq",
        "dlq-policy",
        "function",
        "invoke-config",
        "rule",
        "permission",
        "target",
        "dashboard",
    ]
    alarms = ["errors", "failures-queued", "events-dropped", "undelivered-failures", "undelivered-events"]
    scheduled = ["reconcile", "permission-reconcile", "target-reconcile", "undelivered-reconciles"]
    assert sorted(resource.name for resource in deployed.resources) == sorted(
        [PAIR, *(f"{PAIR}-{part}" for part in [*parts, *alarms, *scheduled])]
    )
    assert sorted(resource.name for resource in evaluate_main(without_schedule()).resources) == sorted(
        [PAIR, *(f"{PAIR}-{part}" for part in [*parts, *alarms])]
    )


def test_every_resource_is_a_child_of_the_component(deployed: Recording) -> None:
    for resource in deployed.resources:
        expected = "pulumi:pulumi:Stack" if resource.type == COMPONENT else f"{COMPONENT}::{PAIR}"
        assert expected in resource.parent, resource


def test_every_resource_that_aws_tags_is_tagged(deployed: Recording) -> None:
    tagged = [resource for resource in deployed.resources if TYPES.get(resource.type, ("", False))[1]]
    assert {resource.short for resource in tagged} == {
        *("EventRule", "Function", "LogGroup", "MetricAlarm", "Queue", "Role")
    }
    assert {resource.name: resource.inputs.get("tags") for resource in tagged} == {
        resource.name: TAGS for resource in tagged
    }


def test_the_tags_of_the_pair_are_added_and_win() -> None:
    recording = evaluate_main(with_keys(tags={"team": "ocr", "project": "news"}))
    assert recording.one("Function").inputs["tags"] == TAGS | {"team": "ocr", "project": "news"}


def test_every_physical_name_is_predictable(deployed: Recording) -> None:
    named = {
        resource.name.removeprefix(f"{PAIR}-"): resource.inputs[key]
        for resource in deployed.resources
        if (key := TYPES.get(resource.type, (None, False))[0])
    }
    assert named == {
        "rule": BASE,
        "reconcile": f"{BASE}-reconcile",
        "function": BASE,
        "policy": BASE,
        "dashboard": BASE,
        "logs": f"/aws/lambda/{BASE}",
        "dlq": f"{BASE}-dlq",
        "errors": f"{BASE}-errors",
        "failures-queued": f"{BASE}-failures-queued",
        "events-dropped": f"{BASE}-events-dropped",
        "undelivered-failures": f"{BASE}-undelivered-failures",
        "undelivered-events": f"{BASE}-undelivered-events",
        "undelivered-reconciles": f"{BASE}-undelivered-reconciles",
    }
    assert "name" not in deployed.one("Role").inputs


def test_the_lookups_are_made_through_the_component(deployed: Recording) -> None:
    # They are made at the same time, in no order.
    assert sorted(token for token, _ in deployed.invokes) == [
        "aws:index/getCallerIdentity:getCallerIdentity",
        "aws:index/getPartition:getPartition",
        "aws:index/getRegion:getRegion",
    ]


def test_the_rule_is_enabled_and_lets_the_pushes_of_the_pair_through(deployed: Recording) -> None:
    rule = part(deployed, "rule")
    assert rule.inputs["state"] == "ENABLED"
    assert rule.document("eventPattern") == {
        "source": ["aws.ecr"],
        "account": [ACCOUNT],
        "region": ["ap-southeast-2"],
        "detail-type": ["ECR Image Action", "ECR Replication Action"],
        "detail": {
            "action-type": ["PUSH", "REPLICATE"],
            "result": ["SUCCESS"],
            "repository-name": ["newsarchive-backend"],
            "image-tag": ["latest"],
        },
    }


def test_the_rule_follows_the_tag_of_the_pair() -> None:
    recording = evaluate_main(with_keys(imageTag="stable"))
    assert part(recording, "rule").document("eventPattern")["detail"]["image-tag"] == ["stable"]
    variables = recording.one("Function").inputs["environment"]["variables"]
    assert variables["IMAGE_POLICY"] == '{"tag":"stable"}'


def test_the_schedule_of_the_pair_is_a_rule_of_its_own(deployed: Recording) -> None:
    inputs = dict(part(deployed, "reconcile").inputs)
    assert inputs.pop("description")
    assert inputs == {
        "name": f"{BASE}-reconcile",
        "scheduleExpression": "rate(1 hour)",
        "state": "ENABLED",
        "tags": TAGS,
    }


def test_a_paused_pair_has_disabled_rules_and_a_function_that_knows() -> None:
    recording = evaluate_main(with_keys(paused=True))
    assert [rule.inputs["state"] for rule in recording.all("EventRule")] == ["DISABLED", "DISABLED"]
    variables = recording.one("Function").inputs["environment"]["variables"]
    assert Settings.from_environment(variables).paused


BOTH_RULES = pytest.mark.parametrize("suffix", ["", "-reconcile"])


@BOTH_RULES
def test_the_target_passes_the_event_on_untransformed_with_retries_and_a_dead_letter_queue(
    deployed: Recording, suffix: str
) -> None:
    target = part(deployed, f"target{suffix}")
    assert dict(target.inputs) == {
        "rule": f"{BASE}{suffix}",
        "targetId": "function",
        "arn": FUNCTION,
        "retryPolicy": {"maximumEventAgeInSeconds": 86400, "maximumRetryAttempts": 185},
        "deadLetterConfig": {"arn": QUEUE},
    }
    assert {f"{PAIR}-permission{suffix}", f"{PAIR}-dlq-policy"} <= needs(target)


@pytest.mark.parametrize(
    ("suffix", "statement", "rule"),
    [("", "RuleInvokesFunction", RULE), ("-reconcile", "ScheduleInvokesFunction", SCHEDULE)],
)
def test_each_rule_has_a_permission_of_its_own_to_invoke_the_function(
    deployed: Recording, suffix: str, statement: str, rule: str
) -> None:
    assert dict(part(deployed, f"permission{suffix}").inputs) == {
        "statementId": statement,
        "action": "lambda:InvokeFunction",
        "principal": "events.amazonaws.com",
        "function": BASE,
        "sourceArn": rule,
    }


def test_without_a_schedule_only_the_rule_of_the_pushes_may_invoke_the_function() -> None:
    recording = evaluate_main(without_schedule())
    assert recording.one("Permission").inputs["sourceArn"] == RULE
    assert recording.one("EventTarget").inputs["rule"] == recording.one("EventRule").inputs["name"] == BASE


def test_the_function_is_configured_as_documented(deployed: Recording) -> None:
    function = deployed.one("Function")
    inputs = dict(function.inputs)
    assert inputs.pop("description")
    assert isinstance(inputs.pop("code"), pulumi.AssetArchive)
    assert inputs == {
        "name": BASE,
        "handler": "handler.entry.handle",
        "runtime": "python3.13",
        "architectures": ["arm64"],
        "role": f"arn:aws:iam::{ACCOUNT}:role/{PAIR}-role-0123abc",
        "timeout": 300,
        "memorySize": 256,
        "environment": {
            "variables": {
                "PAIR_NAME": PAIR,
                "ECR_REPOSITORY_NAME": "newsarchive-backend",
                "BATCH_JOB_DEFINITION_NAMES": "newsarchivepro-ocr-job-definition",
                "IMAGE_POLICY": '{"tag":"latest"}',
                "IMAGE_PIN": "digest",
                "LOG_LEVEL": "INFO",
            }
        },
        "loggingConfig": {
            "logFormat": "JSON",
            "applicationLogLevel": "INFO",
            "systemLogLevel": "INFO",
            "logGroup": f"/aws/lambda/{BASE}",
        },
        "tags": TAGS,
    }


def test_log_group_and_policy_stand_before_the_function(deployed: Recording) -> None:
    assert {f"{PAIR}-logs", f"{PAIR}-policy", f"{PAIR}-role"} == needs(deployed.one("Function"))


def test_the_options_of_the_pair_reach_the_function_and_its_logs() -> None:
    recording = evaluate_main(
        with_keys(
            timeoutSeconds=60,
            memoryMb=512,
            logRetentionDays=30,
            dryRun=True,
            pin="tag",
            omitFields=["schedulingPriority"],
        )
    )
    function = recording.one("Function").inputs
    assert (function["timeout"], function["memorySize"]) == (60, 512)
    assert recording.one("LogGroup").inputs["retentionInDays"] == 30
    settings = Settings.from_environment(function["environment"]["variables"])
    assert (settings.dry_run, settings.pin, settings.omit_fields) == (True, "tag", ("schedulingPriority",))


@pytest.mark.parametrize(
    ("level", "filter_level"), [("DEBUG", "DEBUG"), ("INFO", "INFO"), ("WARNING", "INFO"), ("ERROR", "INFO")]
)
def test_lambdas_own_log_filter_never_drops_metrics_and_errors(level: str, filter_level: str) -> None:
    function = evaluate_main(with_keys(logLevel=level)).one("Function").inputs
    assert function["loggingConfig"]["applicationLogLevel"] == filter_level
    assert function["environment"]["variables"]["LOG_LEVEL"] == level


def test_the_archive_holds_the_modules_of_the_handler_and_nothing_else(deployed: Recording) -> None:
    code = deployed.one("Function").inputs["code"]
    files = {name: Path(asset.path) for name, asset in code.assets.items()}
    assert files == {path.relative_to(ROOT).as_posix(): path for path in (ROOT / "handler").rglob("*.py")}


def test_failed_runs_are_repeated_twice_and_then_go_to_the_queue(deployed: Recording) -> None:
    invoke_config = deployed.one("FunctionEventInvokeConfig")
    assert dict(invoke_config.inputs) == {
        "functionName": BASE,
        "maximumRetryAttempts": 2,
        "maximumEventAgeInSeconds": 21600,
        "destinationConfig": {"onFailure": {"destination": QUEUE}},
    }
    assert f"{PAIR}-policy" in needs(invoke_config)


def test_the_queue_keeps_messages_for_fourteen_days_encrypted_by_sqs(deployed: Recording) -> None:
    assert dict(deployed.one("Queue").inputs) == {
        "name": f"{BASE}-dlq",
        "messageRetentionSeconds": 14 * 24 * 3600,
        "sqsManagedSseEnabled": True,
        "tags": TAGS,
    }


@pytest.mark.parametrize(
    ("config", "rules"), [(example(), [RULE, SCHEDULE]), (without_schedule(), [RULE])], ids=["both", "one"]
)
def test_every_rule_and_nobody_else_may_send_to_the_queue(config: dict[str, Any], rules: list[str]) -> None:
    recording = evaluate_main(config)
    policy = recording.one("QueuePolicy")
    assert policy.inputs["queueUrl"] == f"https://sqs.ap-southeast-2.amazonaws.com/{ACCOUNT}/{BASE}-dlq"
    (statement,) = policy.document("policy")["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Resource"] == [QUEUE]
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": rules}}
    assert sorted(rule.inputs["name"] for rule in recording.all("EventRule")) == [
        rule.rpartition("/")[2] for rule in rules
    ]


def test_the_role_may_do_what_the_pair_needs(deployed: Recording) -> None:
    assert deployed.one("RolePolicy").inputs["role"] == f"{PAIR}-role-0123abc"
    allowed = {
        action: tuple(statement["Resource"])
        for statement in deployed.one("RolePolicy").document("policy")["Statement"]
        for action in statement["Action"]
    }
    definition = f"arn:aws:batch:{HERE}:job-definition/newsarchivepro-ocr-job-definition"
    logs = (f"arn:aws:logs:{HERE}:log-group:/aws/lambda/{BASE}:*",)
    assert allowed == {
        "logs:CreateLogStream": logs,
        "logs:PutLogEvents": logs,
        "batch:DescribeJobDefinitions": ("*",),
        "batch:RegisterJobDefinition": (definition, f"{definition}:*"),
        "batch:TagResource": (definition, f"{definition}:*"),
        "ecr:DescribeImages": (f"arn:aws:ecr:{HERE}:repository/newsarchive-backend",),
        "sqs:SendMessage": (QUEUE,),
        "events:PutEvents": (f"arn:aws:events:{HERE}:event-bus/default",),
        "iam:PassRole": ROLES,
    }


def test_only_with_revisions_to_keep_may_the_role_deregister_and_the_function_knows_how_many() -> None:
    recording = evaluate_main(with_keys(keepRevisions=20))
    (added,) = (
        statement
        for statement in recording.one("RolePolicy").document("policy")["Statement"]
        if "batch:DeregisterJobDefinition" in statement["Action"]
    )
    definition = f"arn:aws:batch:{HERE}:job-definition/newsarchivepro-ocr-job-definition"
    assert added["Resource"] == [definition, f"{definition}:*"]
    variables = recording.one("Function").inputs["environment"]["variables"]
    assert Settings.from_environment(variables).keep_revisions == 20


def test_without_notices_nothing_may_be_published_and_the_function_knows() -> None:
    quiet = evaluate_main(with_keys(notify=False))
    statements = quiet.one("RolePolicy").document("policy")["Statement"]
    assert "events:PutEvents" not in {action for each in statements for action in each["Action"]}
    variables = quiet.one("Function").inputs["environment"]["variables"]
    assert (variables["NOTIFY"], Settings.from_environment(variables).notify) == ("false", False)


def test_only_lambda_takes_on_the_role(deployed: Recording) -> None:
    (statement,) = deployed.one("Role").document("assumeRolePolicy")["Statement"]
    assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}


def alarm_actions(recording: Recording) -> set[tuple[str, ...]]:
    alarms = recording.all("MetricAlarm")
    assert len(alarms) == 6
    return {tuple(alarm.inputs["alarmActions"]) for alarm in alarms}


def test_every_alarm_fires_from_one_on_and_takes_silence_as_good_news(deployed: Recording) -> None:
    assert {
        tuple(
            alarm.inputs[key]
            for key in ("comparisonOperator", "threshold", "evaluationPeriods", "treatMissingData", "period")
        )
        for alarm in deployed.all("MetricAlarm")
    } == {("GreaterThanOrEqualToThreshold", 1, 1, "notBreaching", 300)}
    assert {
        alarm.inputs["metricName"]: alarm.inputs["statistic"] for alarm in deployed.all("MetricAlarm")
    } == {
        "Errors": "Sum",
        "AsyncEventsDropped": "Sum",
        "DestinationDeliveryFailures": "Sum",
        "InvocationsFailedToBeSentToDlq": "Sum",
        "ApproximateNumberOfMessagesVisible": "Maximum",
    }


def test_every_alarm_watches_a_metric_of_the_service_that_reports_it(deployed: Recording) -> None:
    assert {
        alarm.inputs["metricName"]: alarm.inputs["namespace"] for alarm in deployed.all("MetricAlarm")
    } == {
        "Errors": "AWS/Lambda",
        "AsyncEventsDropped": "AWS/Lambda",
        "DestinationDeliveryFailures": "AWS/Lambda",
        "InvocationsFailedToBeSentToDlq": "AWS/Events",
        "ApproximateNumberOfMessagesVisible": "AWS/SQS",
    }


def test_events_that_are_lost_on_the_way_raise_an_alarm_for_every_rule(deployed: Recording) -> None:
    watched = [
        alarm.inputs["dimensions"]["RuleName"]
        for alarm in deployed.all("MetricAlarm")
        if alarm.inputs["namespace"] == "AWS/Events"
    ]
    assert sorted(watched) == sorted(rule.inputs["name"] for rule in deployed.all("EventRule"))


def test_without_topics_and_addresses_the_alarms_notify_nobody_and_no_topic_exists(
    deployed: Recording,
) -> None:
    assert alarm_actions(deployed) == {()}
    assert deployed.all("Topic") == []


def test_the_alarms_notify_the_pairs_topics_and_the_stacks_own() -> None:
    config = with_keys(alarmTopics=[TOPIC]) | {
        "ecr-batch-updater:alarmEmails": ["a@example.com", "b@example.com"]
    }
    recording = evaluate_main(config)
    topic = recording.one("Topic")
    assert topic.inputs["name"] == "ecr-batch-updater-dev-alarms"
    assert topic.inputs["tags"] == {key: value for key, value in TAGS.items() if key != "pair"}
    assert alarm_actions(recording) == {(TOPIC, f"arn:aws:sns:{HERE}:ecr-batch-updater-dev-alarms")}
    subscriptions = recording.all("TopicSubscription")
    assert {(s.inputs["protocol"], s.inputs["endpoint"]) for s in subscriptions} == {
        ("email", "a@example.com"),
        ("email", "b@example.com"),
    }
    assert {s.inputs["topic"] for s in subscriptions} == {f"arn:aws:sns:{HERE}:ecr-batch-updater-dev-alarms"}
    assert all(s.parent.endswith("aws:sns/topic:Topic::alarms") for s in subscriptions)


def test_a_pair_without_dashboard_has_none() -> None:
    recording = evaluate_main(with_keys(dashboard="none"))
    assert recording.all("Dashboard") == []
    assert recording.exports["pairs"][PAIR].get("dashboardName") is None


def test_the_dashboard_is_that_of_the_pair_in_its_region(deployed: Recording) -> None:
    body = deployed.one("Dashboard").document("dashboardBody")
    regions = {widget["properties"].get("region", "ap-southeast-2") for widget in body["widgets"]}
    assert regions == {"ap-southeast-2"}
    (states,) = (widget["properties"]["alarms"] for widget in body["widgets"] if widget["type"] == "alarm")
    alarms = {f"arn:aws:cloudwatch:{HERE}:alarm:{a.inputs['name']}" for a in deployed.all("MetricAlarm")}
    assert set(states) == alarms


def stack_of(**dashboards: str) -> Recording:
    """The stack with one pair for each choice."""
    pairs = {
        name: {"repository": f"backend-{name}", "jobDefinitions": [f"{name}-job"], "dashboard": choice}
        for name, choice in dashboards.items()
    }
    return evaluate_main(example() | {"ecr-batch-updater:pairs": pairs})


def test_an_overview_is_one_dashboard_with_every_pair_but_those_that_want_none() -> None:
    recording = stack_of(a="overview", b="overview", c="own", d="none")
    bodies = {
        each.inputs["dashboardName"]: each.inputs["dashboardBody"] for each in recording.all("Dashboard")
    }
    assert bodies.keys() == {"ecr-batch-updater-dev_overview", "ecr-batch-updater-dev-c"}
    shown = bodies["ecr-batch-updater-dev_overview"]
    assert [name for name in "abcd" if f"/aws/lambda/ecr-batch-updater-dev-{name}'" in shown] == [
        "a",
        "b",
        "c",
    ]
    assert recording.by_urn()["aws:cloudwatch/dashboard:Dashboard::overview"].parent.endswith(
        "pulumi:pulumi:Stack::ecr-batch-updater-dev"
    )


def test_a_pairs_outputs_lead_to_where_it_is_drawn() -> None:
    outputs = stack_of(a="overview", c="own", d="none").exports["pairs"]
    assert {name: each.get("dashboardName") for name, each in outputs.items()} == {
        "a": "ecr-batch-updater-dev_overview",
        "c": "ecr-batch-updater-dev-c",
        "d": None,
    }
    assert outputs["a"]["dashboardUrl"].endswith("#dashboards/dashboard/ecr-batch-updater-dev_overview")


def test_without_a_pair_that_asks_for_it_there_is_no_overview() -> None:
    assert [each.name for each in stack_of(a="own", b="none").all("Dashboard")] == ["a-dashboard"]


def test_queue_and_log_group_are_protected_on_request_and_nothing_else() -> None:
    recording = evaluate_main(example() | {"ecr-batch-updater:protect": True})
    assert {resource.short for resource in recording.resources if resource.protect} == {"Queue", "LogGroup"}


def test_nothing_is_protected_otherwise(deployed: Recording) -> None:
    assert not [resource for resource in deployed.resources if resource.protect]


def test_the_one_stack_output_names_what_people_look_for(deployed: Recording) -> None:
    assert deployed.exports == {
        "pairs": {
            PAIR: {
                "functionArn": FUNCTION,
                "ruleArn": RULE,
                "roleName": f"{PAIR}-role-0123abc",
                "policyName": BASE,
                "logGroup": f"/aws/lambda/{BASE}",
                "queueUrl": f"https://sqs.ap-southeast-2.amazonaws.com/{ACCOUNT}/{BASE}-dlq",
                "dashboardName": BASE,
                "dashboardUrl": "https://ap-southeast-2.console.aws.amazon.com/cloudwatch/home"
                f"?region=ap-southeast-2#dashboards/dashboard/{BASE}",
            }
        }
    }


@pytest.mark.parametrize(("partition", "region"), [("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")])
def test_in_another_partition_no_arn_names_the_standard_one(partition: str, region: str) -> None:
    recording = evaluate_main(with_keys(passRoles=[]), place=Place(region, partition))
    texts = [text for resource in recording.resources for text in strings(resource.inputs)]
    assert [text for text in texts if f"arn:{partition}:" in text]
    assert not [text for text in texts if "arn:aws:" in text]


def strings(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for item in value.values() for text in strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


def test_two_pairs_differ_in_every_name_and_share_nothing_but_the_topic() -> None:
    two = {
        "a": {"repository": "one", "jobDefinitions": ["x"]},
        "a-dlq": {"repository": "two", "jobDefinitions": ["y", "z"]},
    }
    config = example() | {
        "ecr-batch-updater:pairs": two,
        "ecr-batch-updater:alarmEmails": ["a@example.com"],
    }
    recording = evaluate_main(config)
    assert len(recording.by_urn()) == len(recording.resources) == 2 * 17 + 2
    physical = [
        (resource.type, resource.inputs[key])
        for resource in recording.resources
        if (key := TYPES.get(resource.type, (None, False))[0])
    ]
    assert len(physical) == len(set(physical))
    for pair in two:
        own = [
            resource for resource in recording.resources if resource.parent.endswith(f"{COMPONENT}::{pair}")
        ]
        assert len(own) == 16
        assert {resource.inputs["tags"]["pair"] for resource in own if "tags" in resource.inputs} == {pair}
        assert all(resource.name.startswith(f"{pair}-") for resource in own)
        text = "".join(strings([dict(resource.inputs) for resource in own]))
        other = "one" if pair == "a-dlq" else "two"
        assert f"repository/{other}" not in text
    assert set(recording.exports["pairs"]) == set(two)


def test_pairs_that_are_named_like_parts_of_another_never_meet_it() -> None:
    names = [
        "a",
        "a-rule",
        "a-permission",
        "a-target",
        "a-undelivered",
        "reconcile",
        "a-reconcile-rule",
        "scans",
    ]
    keys = {"repository": "backend", "reconcile": "rate(1 hour)", "requires": {"maxSeverity": "HIGH"}}
    pairs = {name: {**keys, "jobDefinitions": [f"job-{name}"]} for name in names}
    recording = evaluate_main(example() | {"ecr-batch-updater:pairs": pairs})
    assert len(recording.by_urn()) == len(recording.resources) == len(names) * 25
    physical = [
        (resource.type, resource.inputs[key])
        for resource in recording.resources
        if (key := TYPES.get(resource.type, (None, False))[0])
    ]
    assert len(physical) == len(set(physical))
