"""What a stack leaves: nothing in AWS once it is destroyed, and nothing in the clear in its state."""

from __future__ import annotations

import json
from typing import Any

from local.cloud import Cloud
from local.seed import push, seed_pair
from tests.engine.stage import PAIR, Stage

NAME = "ecr-batch-updater-dev-ocr"
WHOLE = {
    **PAIR,
    "reconcile": "rate(1 hour)",
    "followChanges": True,
    "requires": {"maxSeverity": "HIGH", "minAge": "1m"},
    "dashboard": "overview",
}
SECRET = {
    "pairs.ocr.repository": "hush-repository",
    "pairs.ocr.tags.team": "hush-team",
    "pairs.ocr.alarmTopics[0]": "arn:aws:sns:ap-southeast-2:123456789012:hush-topic",
    "alarmEmails[0]": "hush@example.com",
}


def held(cloud: Cloud) -> dict[str, Any]:
    """All that AWS holds, by service."""
    events, cloudwatch = cloud.client("events"), cloud.client("cloudwatch")
    return {
        "sqs": cloud.client("sqs").list_queues().get("QueueUrls", []),
        "events": events.list_rules()["Rules"],
        "lambda": cloud.client("lambda").list_functions()["Functions"],
        "logs": cloud.client("logs").describe_log_groups()["logGroups"],
        "iam": cloud.client("iam").list_roles()["Roles"],
        "alarms": cloudwatch.describe_alarms()["MetricAlarms"],
        "dashboards": cloudwatch.list_dashboards()["DashboardEntries"],
        "topics": cloud.client("sns").list_topics()["Topics"],
        "subscriptions": cloud.client("sns").list_subscriptions()["Subscriptions"],
        "ecr": [
            each["repositoryName"] for each in cloud.client("ecr").describe_repositories()["repositories"]
        ],
        "batch": [
            (each["jobDefinitionName"], each["revision"], each["status"])
            for each in cloud.client("batch").describe_job_definitions()["jobDefinitions"]
        ],
    }


def test_destroy_leaves_what_was_there_before_and_the_revisions_and_images(stage: Stage) -> None:
    cloud = stage.cloud
    seed_pair(cloud, repository="backend", job_definitions=["ocr-job"], roles=[])
    before = held(cloud)
    stage.init(
        {"ocr": WHOLE, "other": {**PAIR, "jobDefinitions": ["other"]}}, alarmEmails=["ops@example.com"]
    )
    stage.project.up("--skip-preview")
    assert all(held(cloud).values())
    push(cloud, "backend", "one")
    cloud.settle()
    stage.project.destroy("--skip-preview")
    left = {key: value for key, value in held(cloud).items() if value != before[key]}
    # An address that has not confirmed can't be taken back; AWS drops it by itself.
    assert [each["Endpoint"] for each in left.pop("subscriptions", [])] in ([], ["ops@example.com"])
    assert left == {}
    assert stage.project.exported() == []


def test_nothing_that_is_encrypted_is_in_the_clear_in_any_export(stage: Stage) -> None:
    project = stage.project
    stage.init({"ocr": PAIR, "other": {**PAIR, "jobDefinitions": ["other"]}})
    for key, value in SECRET.items():
        project.pulumi("config", "set", "--secret", "--path", f"ecr-batch-updater:{key}", value)
    project.up("--skip-preview")
    project.pulumi("refresh", "--yes", "--non-interactive", "--skip-preview")
    exported = project.pulumi("stack", "export").stdout
    assert "hush" not in exported
    assert "hush" not in "".join(path.read_text() for path in project.state.rglob("*.json*"))
    shown = project.pulumi("stack", "export", "--show-secrets").stdout
    assert [value for value in SECRET.values() if value not in shown] == []
    # A state that was taken out and put back is what it was.
    file = project.state / "exported"
    file.write_text(exported)
    project.pulumi("stack", "import", "--file", str(file))
    project.preview("--expect-no-changes", "--refresh")
    assert "hush" not in json.dumps(project.exported())
