"""The verb as a whole: what it shows, how it ends, and what it does when it can't look."""

from __future__ import annotations

import json
import re
import socket

import pytest

from ops.check.verdict import Link
from tests.ops.check.world import BASE, PAIR, QUEUE, REPOSITORY, World
from tests.ops.support import ROOT


def test_a_freshly_deployed_stack_with_a_pushed_image_passes_on_every_link(world: World) -> None:
    code, document = world.check()
    assert (code, document["findings"], document["unseen"]) == (0, [], [])
    place = (document["stack"], document["account"], document["region"], document["ok"])
    assert place == ("dev", "123456789012", "ap-southeast-2", True)
    assert {item["link"] for item in document["passed"]} == {
        "place",
        "topic",
        "subscription",
        "repository",
        "rule",
        "pattern",
        "schedule",
        "target",
        "dead letters",
        "permission",
        "function",
        "code",
        "environment",
        "failed events",
        "log group",
        "queue",
        "alarm",
        "definition",
        "role",
        "revisions",
        "image",
        "stored images",
        "lifecycle",
        "submitter",
    }


def test_check_changes_nothing(world: World) -> None:
    registered, events = len(world.cloud.batch.requests), len(world.cloud.events.history)
    calls = len(world.cloud.calls_by(BASE))
    assert world.check()[0] == 0
    world.cloud.settle()
    assert len(world.cloud.batch.requests) == registered
    assert len(world.cloud.events.history) == events
    assert len(world.cloud.calls_by(BASE)) == calls


def test_a_table_has_one_line_a_link_grouped_by_pair(world: World) -> None:
    result = world.run("check")
    assert (result.returncode, result.stderr) == (0, "")
    first, *lines, last = result.stdout.splitlines()
    assert first == "stack dev"
    shared, pair = lines[: lines.index(f"pair {PAIR}")], lines[lines.index(f"pair {PAIR}") + 1 :]
    assert shared[0].split() == ["ok", "place", "account", "123456789012,", "region", "ap-southeast-2"]
    assert pair[0].split() == ["ok", "repository", REPOSITORY]
    assert all(line.startswith("  ok ") for line in shared + pair)
    assert last == f"0 findings, {len(shared) + len(pair)} good"


def test_all_findings_come_at_once_each_with_its_remedy_on_a_line_of_its_own(world: World) -> None:
    world.client("events").disable_rule(Name=BASE)
    world.client("logs").delete_log_group(logGroupName=f"/aws/lambda/{BASE}")
    world.redeploy_afterwards()
    result = world.run("check")
    assert (result.returncode, result.stderr) == (1, "")
    lines = result.stdout.splitlines()
    found = [index for index, line in enumerate(lines) if line.startswith("  finding")]
    assert [lines[index].split()[1] for index in found] == ["rule", "log"]
    command = f"`aws --region ap-southeast-2 events enable-rule --name {BASE}`"
    assert lines[found[0] + 1].startswith(f"    Remedy: run {command}")
    assert lines[found[1] + 1] == "    Remedy: run `pulumi up --refresh --stack dev`"
    assert lines[-1].startswith("2 findings, ")


def test_only_the_chosen_pair_is_looked_at(world: World) -> None:
    assert world.check("-p", PAIR)[0] == 0
    unknown = world.run("-p", "news", "check")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert PAIR in unknown.stderr


def test_a_missing_permission_hides_its_link_and_is_named_while_the_others_are_looked_at(
    world: World,
) -> None:
    world.afterwards(world.cloud.faults.clear)
    world.cloud.faults.add("events:DescribeRule", "access-denied", times=2)
    world.cloud.faults.add("sqs:GetQueueUrl", "access-denied")
    result = world.run("-o", "json", "check")
    document = json.loads(result.stdout)
    assert (result.returncode, document["ok"], document["findings"]) == (2, False, [])
    hidden = {(item["link"], item["subject"]) for item in document["unseen"]}
    assert hidden == {("rule", BASE), ("schedule", f"{BASE}-reconcile"), ("queue", QUEUE)}
    assert "events:DescribeRule, sqs:GetQueueUrl" in result.stderr
    assert "code" in {item["link"] for item in document["passed"]}
    assert "Traceback" not in result.stderr


# Action -> the links that it hides when it is missing.
PERMISSIONS = {
    "batch:DescribeJobDefinitions": {"definition"},
    "batch:DescribeJobQueues": {"submitter"},
    "cloudwatch:DescribeAlarms": {"alarm"},
    "ecr:DescribeImages": {"definition"},
    "ecr:DescribeRepositories": {"repository"},
    "ecr:GetLifecyclePolicy": {"lifecycle"},
    "events:DescribeRule": {"rule", "schedule"},
    "events:ListEventBuses": {"submitter"},
    "events:ListRuleNamesByTarget": {"submitter"},
    "events:ListTargetsByRule": {"rule", "schedule", "submitter"},
    "events:TestEventPattern": {"rule"},
    "iam:GetRolePolicy": {"role"},
    "lambda:GetFunction": {"function"},
    "lambda:GetFunctionEventInvokeConfig": {"failed events"},
    "lambda:GetPolicy": {"permission"},
    "logs:DescribeLogGroups": {"log group"},
    "sns:ListSubscriptionsByTopic": {"topic"},
    "sqs:GetQueueAttributes": {"queue"},
    "sqs:GetQueueUrl": {"queue"},
}


@pytest.mark.parametrize("action", PERMISSIONS)
def test_each_permission_that_is_missing_is_named(world: World, action: str) -> None:
    world.afterwards(world.cloud.faults.clear)
    world.cloud.faults.add(action, "access-denied", times=5)
    result = world.run("-o", "json", "check")
    document = json.loads(result.stdout)
    assert (result.returncode, document["findings"]) == (2, [])
    assert {item["link"] for item in document["unseen"]} == PERMISSIONS[action]
    assert all(action in item["reason"] and action in item["remedy"] for item in document["unseen"])
    assert f"use credentials that allow {action}" in result.stderr


def test_there_is_no_further_permission_that_could_be_missing(world: World) -> None:
    world.run("check", AWS_ACCESS_KEY_ID="CHECK")
    # STS/latest/APIReference/API_GetCallerIdentity.html: no permission is required.
    asked = {access.action for access in world.cloud.needs_of("CHECK")} - {"sts:GetCallerIdentity"}
    assert asked == PERMISSIONS.keys()


def test_every_link_is_documented() -> None:
    text = (ROOT / "docs" / "check.md").read_text()
    documented = re.findall(r"^\| `([a-z ]+)` \|", text, re.MULTILINE)
    assert list(dict.fromkeys(documented)) == [link.value for link in Link]


def test_an_archive_that_cannot_be_downloaded_hides_the_code_alone(world: World) -> None:
    world.afterwards(world.cloud.faults.clear)
    world.cloud.faults.add(":", "server-error")
    code, document = world.check()
    assert (code, document["findings"]) == (2, [])
    assert [(item["link"], item["subject"]) for item in document["unseen"]] == [("code", BASE)]
    assert "can't be downloaded" in document["unseen"][0]["reason"]


def test_findings_do_not_make_an_incomplete_check_an_answer(world: World) -> None:
    world.afterwards(world.cloud.faults.clear)
    world.client("events").disable_rule(Name=BASE)
    world.redeploy_afterwards()
    world.cloud.faults.add("sqs:GetQueueUrl", "access-denied")
    code, document = world.check()
    assert code == 2
    assert [item["link"] for item in document["findings"]] == ["rule"]


def test_without_credentials_nothing_can_be_looked_at(world: World) -> None:
    result = world.run("-o", "json", "check", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert (result.returncode, result.stdout) == (2, "")
    assert "credentials" in result.stderr
    assert "Traceback" not in result.stderr


def test_aws_out_of_reach_could_not_look(world: World) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{bound.getsockname()[1]}"
        result = world.run("-o", "json", "check", AWS_ENDPOINT_URL=closed)
    assert (result.returncode, result.stdout) == (2, "")
    assert "can't be reached" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_call_that_keeps_failing_could_not_look(world: World) -> None:
    world.afterwards(world.cloud.faults.clear)
    world.cloud.faults.add("lambda:GetFunction", "server-error", times=3)
    result = world.run("-o", "json", "check")
    assert (result.returncode, result.stdout) == (2, "")
    assert "GetFunction" in result.stderr
    assert "Traceback" not in result.stderr
