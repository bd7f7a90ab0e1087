"""What is replaced stands afterwards: whatever forces the replacement, under whatever names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.cloud import REGION, Cloud
from tests.support.engine import Ran
from tests.support.rehearsal import Rehearsal, rehearsing

PAIRS = {
    "own": {
        "repository": "backend",
        "jobDefinitions": ["ocr-job"],
        "reconcile": "rate(1 hour)",
        "requires": {"maxSeverity": "HIGH"},
        "followChanges": True,
    },
    "other": {"repository": "backend", "jobDefinitions": ["other"], "dashboard": "overview"},
}
# Each takes along what is a setting of it.
PARENTS = ("own-role", "own-function", "own-rule", "own-dlq", "alarms")
# Each has a parent of which it is a setting, or a name of its own: alone, nothing else makes it go first.
ALONE = (
    *("own-dlq-policy", "own-policy", "own-permission", "own-invoke-config", "own-target", "own-errors"),
    *("own-dashboard", "overview", "own-logs"),
)


@pytest.fixture
def rehearsal(running_cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with rehearsing(running_cloud, tmp_path_factory.mktemp("replaced")) as running:
        running.stack("dev", pairs=PAIRS, alarmEmails=["ops@example.com"])
        running.project.up("--skip-preview")
        yield running


def standing(rehearsal: Rehearsal, region: str = REGION) -> dict[str, Any]:
    """What AWS has, by service; without what AWS numbers itself."""

    def client(service: str) -> Any:
        return rehearsal.cloud.client(service, region)

    events, sqs, functions = client("events"), client("sqs"), client("lambda")
    rules = sorted(rule["Name"] for rule in events.list_rules()["Rules"])
    queues = sorted(sqs.list_queues().get("QueueUrls", []))
    names = sorted(each["FunctionName"] for each in functions.list_functions()["Functions"])
    roles = [each["RoleName"] for each in client("iam").list_roles()["Roles"] if "-role-" in each["RoleName"]]
    return {
        "targets": {
            rule: [t["Id"] for t in events.list_targets_by_rule(Rule=rule)["Targets"]] for rule in rules
        },
        "queues": {
            queue.rpartition("/")[2]: sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["Policy"])[
                "Attributes"
            ]["Policy"].count(region)
            for queue in queues
        },
        "permissions": {
            name: sorted(
                each["Sid"]
                for each in json.loads(functions.get_policy(FunctionName=name)["Policy"])["Statement"]
            )
            for name in names
        },
        "failures": {
            name: functions.get_function_event_invoke_config(FunctionName=name)["MaximumRetryAttempts"]
            for name in names
        },
        "logs": sorted(each["logGroupName"] for each in client("logs").describe_log_groups()["logGroups"]),
        "alarms": sorted(
            each["AlarmName"] for each in client("cloudwatch").describe_alarms()["MetricAlarms"]
        ),
        "dashboards": sorted(
            each["DashboardName"] for each in client("cloudwatch").list_dashboards()["DashboardEntries"]
        ),
        "topics": [each["TopicArn"].rpartition(":")[2] for each in client("sns").list_topics()["Topics"]],
        "subscriptions": [each["Endpoint"] for each in client("sns").list_subscriptions()["Subscriptions"]],
        "policies": sorted(
            name for role in roles for name in client("iam").list_role_policies(RoleName=role)["PolicyNames"]
        ),
    }


def order(ran: Ran, name: str) -> list[str]:
    """What was done to the resources of a name, in its order."""
    done = []
    for event in ran.events:
        metadata = (event.get("resOutputsEvent") or {}).get("metadata") or {}
        if metadata.get("urn", "").endswith(f"::{name}"):
            done.append(metadata["op"])
    return done


def test_whatever_replace_names_stands_afterwards(rehearsal: Rehearsal) -> None:
    before = standing(rehearsal)
    assert all(before.values())
    urns = rehearsal.urns()
    by_name = {urn.rpartition("::")[2]: urn for urn in urns}
    for some in (*([by_name[name]] for name in PARENTS), [by_name[name] for name in ALONE], urns):
        ran = rehearsal.project.up("--skip-preview", *(word for urn in some for word in ("--replace", urn)))
        assert standing(rehearsal) == before
    assert order(ran, "own-dashboard")[:2] == ["delete-replaced", "replace"]
    assert rehearsal.project.preview("--expect-no-changes").changes() == {}


def test_a_stack_that_moves_to_another_region_has_all_that_it_had_and_leaves_nothing(
    rehearsal: Rehearsal,
) -> None:
    before = standing(rehearsal)
    rehearsal.project.pulumi("config", "set", "aws:region", "eu-central-1")
    rehearsal.project.up("--skip-preview")
    assert standing(rehearsal, "eu-central-1") == before
    of_the_account = ("dashboards", "policies")
    assert {key for key, value in standing(rehearsal).items() if value} == set(of_the_account)
    assert rehearsal.project.preview("--expect-no-changes").changes() == {}


def test_a_renamed_stack_deletes_first_and_a_renamed_pair_last(rehearsal: Rehearsal) -> None:
    """As docs/environments.md says, of the gap as well."""
    own = PAIRS["own"]
    rehearsal.write("dev", {"aws:region": REGION, f"{rehearsal.name}:pairs": {"renamed": own}})
    ran = rehearsal.project.up("--skip-preview")
    steps = [
        (event["resOutputsEvent"]["metadata"]["op"], event["resOutputsEvent"]["metadata"]["urn"])
        for event in ran.events
        if event.get("resOutputsEvent")
    ]
    functions = [
        (op, urn.rpartition("::")[2]) for op, urn in steps if urn.endswith(("own-rule", "renamed-rule"))
    ]
    assert functions == [("create", "renamed-rule"), ("delete", "own-rule")]

    rehearsal.project.pulumi("stack", "rename", "prod")
    ran = rehearsal.project.up("--skip-preview")
    assert order(ran, "renamed-rule") == ["delete-replaced", "replace", "create-replacement"]
    assert list(standing(rehearsal)["permissions"]) == ["ecr-batch-updater-prod-renamed"]
