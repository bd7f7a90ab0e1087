"""The documents that resources carry: event pattern, policies, alarms, names, archive."""

from __future__ import annotations

import copy
import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from moto.events.models import EventPattern

from components import iam
from components.alarm_list import alarms
from components.archive import HANDLER, archive_files, content_hash, write_zip, zip_bytes
from components.event_pattern import image_arrived, image_scanned
from components.naming import Names, stack_topic_name
from components.place import Place
from handler.policy import ExactTag
from local import event_patterns

PLACE = Place("aws", "ap-southeast-2", "123456789012")
NAMES = Names("ecr-batch-updater", "dev", "ocr")
BASE = "ecr-batch-updater-dev-ocr"
HERE = "ap-southeast-2:123456789012"
ROLES = ("arn:aws:iam::123456789012:role/ocr-job", "arn:aws:iam::123456789012:role/ocr-execution")

# AmazonECR/latest/userguide/ecr-eventbridge.html
PUSH: dict[str, Any] = {
    "version": "0",
    "id": "13cde686-328b-6117-af20-0e5566167482",
    "detail-type": "ECR Image Action",
    "source": "aws.ecr",
    "account": "123456789012",
    "time": "2019-11-16T01:54:34Z",
    "region": "ap-southeast-2",
    "resources": [],
    "detail": {
        "result": "SUCCESS",
        "repository-name": "team/backend",
        "image-digest": "sha256:7f5b2640fe6fb4f46592dfd3410c4a79dac4f89e4782432e0378abcd1234abcd",
        "action-type": "PUSH",
        "image-tag": "latest",
    },
}
REPLICATION = PUSH | {
    "detail-type": "ECR Replication Action",
    "resources": ["arn:aws:ecr:ap-southeast-2:123456789012:repository/team/backend"],
    "detail": PUSH["detail"]
    | {"action-type": "REPLICATE", "source-account": "210987654321", "source-region": "us-west-2"},
}


def pattern() -> dict[str, Any]:
    return image_arrived(PLACE, "team/backend", ExactTag("latest").tag_filters())


def matches(event: dict[str, Any]) -> bool:
    return bool(EventPattern.load(json.dumps(pattern())).matches_event(event))  # type: ignore[arg-type]


def changed(event: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    event = copy.deepcopy(event)
    (event["detail"] if key in event["detail"] else event)[key] = value
    return event


def test_the_event_pattern_is_exactly_this() -> None:
    assert pattern() == {
        "source": ["aws.ecr"],
        "account": ["123456789012"],
        "region": ["ap-southeast-2"],
        "detail-type": ["ECR Image Action", "ECR Replication Action"],
        "detail": {
            "action-type": ["PUSH", "REPLICATE"],
            "result": ["SUCCESS"],
            "repository-name": ["team/backend"],
            "image-tag": ["latest"],
        },
    }


def test_a_push_of_the_tag_matches() -> None:
    assert matches(PUSH)


def test_a_replication_of_the_tag_into_this_registry_matches() -> None:
    assert matches(REPLICATION)


@pytest.mark.parametrize("event", [PUSH, REPLICATION], ids=["push", "replication"])
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("source", "my.own"),
        ("account", "210987654321"),
        ("region", "us-west-2"),
        ("detail-type", "ECR Image Scan"),
        ("action-type", "DELETE"),
        ("action-type", "UPDATE_STORAGE_CLASS"),
        ("result", "FAILURE"),
        ("repository-name", "team/backend2"),
        ("repository-name", "team"),
        ("image-tag", "latest-arm64"),
        ("image-tag", ""),
    ],
)
def test_any_other_event_does_not_match(event: dict[str, Any], key: str, value: str) -> None:
    assert not matches(changed(event, key, value))


def test_an_untagged_push_does_not_match() -> None:
    event = copy.deepcopy(PUSH)
    del event["detail"]["image-tag"]
    assert not matches(event)


SCAN: dict[str, Any] = {
    "source": "aws.ecr",
    "account": "123456789012",
    "region": "ap-southeast-2",
    "detail-type": "ECR Image Scan",
    "detail": {"scan-status": "COMPLETE", "repository-name": "team/backend", "image-tags": []},
}
INSPECTOR: dict[str, Any] = {
    **SCAN,
    "source": "aws.inspector2",
    "detail-type": "Inspector2 Scan",
    "detail": {
        "scan-status": "INITIAL_SCAN_COMPLETE",
        "repository-name": "arn:aws:ecr:ap-southeast-2:123456789012:repository/team/backend",
    },
}


def is_scan(event: dict[str, Any]) -> bool:
    return event_patterns.matches(image_scanned(PLACE, "team/backend"), event)


@pytest.mark.parametrize("event", [SCAN, INSPECTOR], ids=["basic", "enhanced"])
def test_a_scan_of_the_repository_matches_whatever_its_tags_and_how_it_ended(event: dict[str, Any]) -> None:
    assert is_scan(event)
    assert is_scan(changed(event, "scan-status", "FAILED"))
    for key, value in (
        ("account", "210987654321"),
        ("region", "us-west-2"),
        ("repository-name", "team/backend2"),
        ("repository-name", "arn:aws:ecr:ap-southeast-2:123456789012:repository/other"),
        ("detail-type", "ECR Image Action"),
        ("source", "custom"),
    ):
        assert not is_scan(changed(event, key, value)), (key, value)


def statements(
    pass_roles: tuple[str, ...] = ROLES,
    place: Place = PLACE,
    *,
    deregisters: bool = True,
    inspects: bool = True,
    scans: bool = True,
    notifies: bool = True,
) -> dict[str, dict[str, Any]]:
    document = iam.function_policy(
        place,
        NAMES,
        repository="team/backend",
        job_definitions=("a", "b"),
        pass_roles=pass_roles,
        deregisters=deregisters,
        inspects=inspects,
        scans=scans,
        notifies=notifies,
    )
    assert document["Version"] == "2012-10-17"
    found = {statement["Sid"]: statement for statement in document["Statement"]}
    assert len(found) == len(document["Statement"])
    return found


EXPECTED: dict[str, dict[str, Any]] = {
    "WriteLogs": {
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": [f"arn:aws:logs:{HERE}:log-group:/aws/lambda/{BASE}:*"],
    },
    "ReadJobDefinitions": {"Action": ["batch:DescribeJobDefinitions"], "Resource": ["*"]},
    "WriteRevisions": {
        "Action": ["batch:RegisterJobDefinition", "batch:TagResource", "batch:DeregisterJobDefinition"],
        "Resource": [
            f"arn:aws:batch:{HERE}:job-definition/a",
            f"arn:aws:batch:{HERE}:job-definition/b",
            f"arn:aws:batch:{HERE}:job-definition/a:*",
            f"arn:aws:batch:{HERE}:job-definition/b:*",
        ],
    },
    "ReadImages": {
        "Action": ["ecr:DescribeImages"],
        "Resource": [f"arn:aws:ecr:{HERE}:repository/team/backend"],
    },
    "InspectImages": {
        "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        "Resource": [f"arn:aws:ecr:{HERE}:repository/team/backend"],
    },
    "ReadScans": {
        "Action": ["ecr:DescribeImageScanFindings", "ecr:BatchGetRepositoryScanningConfiguration"],
        "Resource": [f"arn:aws:ecr:{HERE}:repository/team/backend"],
    },
    "ReadInspector": {
        "Action": ["inspector2:ListCoverage", "inspector2:ListFindings"],
        "Resource": ["*"],
    },
    "SendFailures": {"Action": ["sqs:SendMessage"], "Resource": [f"arn:aws:sqs:{HERE}:{BASE}-dlq"]},
    "PublishNotices": {
        "Action": ["events:PutEvents"],
        "Resource": [f"arn:aws:events:{HERE}:event-bus/default"],
        "Condition": {
            "ForAllValues:StringEquals": {"events:source": ["ecr-batch-updater"]},
            "Null": {"events:source": "false"},
        },
    },
    "PassJobRoles": {
        "Action": ["iam:PassRole"],
        "Resource": list(ROLES),
        "Condition": {
            "StringEquals": {"iam:PassedToService": ["batch.amazonaws.com", "ecs-tasks.amazonaws.com"]}
        },
    },
}


@pytest.mark.parametrize("sid", EXPECTED)
def test_the_role_has_this_statement_and_it_says_exactly_this(sid: str) -> None:
    assert statements()[sid] == {"Sid": sid, "Effect": "Allow", **EXPECTED[sid]}


def test_the_role_has_no_other_statement() -> None:
    assert set(statements()) == set(EXPECTED)


def test_without_roles_to_pass_nothing_may_be_passed() -> None:
    assert set(statements(())) == set(EXPECTED) - {"PassJobRoles"}


def test_without_a_number_of_revisions_to_keep_nothing_may_be_deregistered() -> None:
    kept = statements(deregisters=False)
    assert kept.keys() == EXPECTED.keys()
    assert kept["WriteRevisions"]["Action"] == ["batch:RegisterJobDefinition", "batch:TagResource"]


def test_without_notices_nothing_may_be_published() -> None:
    assert set(statements(notifies=False)) == set(EXPECTED) - {"PublishNotices"}


def test_without_gates_the_role_reads_no_manifest_and_without_a_severity_no_scan() -> None:
    scans = {"ReadScans", "ReadInspector"}
    assert set(statements(scans=False)) == set(EXPECTED) - scans
    assert set(statements(inspects=False, scans=False)) == set(EXPECTED) - scans - {"InspectImages"}


def test_a_wildcard_resource_stands_alone_and_only_where_aws_has_no_resources() -> None:
    assert [sid for sid, statement in statements().items() if "*" in statement["Resource"]] == [
        "ReadJobDefinitions",
        "ReadInspector",
    ]


@pytest.mark.parametrize(("partition", "region"), [("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")])
def test_every_arn_is_in_the_partition_of_the_stack(partition: str, region: str) -> None:
    place = Place(partition, region, "123456789012")
    arns = [arn for statement in statements((), place).values() for arn in statement["Resource"]]
    assert {arn.split(":")[1] for arn in arns if arn != "*"} == {partition}
    assert {arn.split(":")[3] for arn in arns if arn != "*"} == {region}


def test_only_lambda_takes_on_the_role() -> None:
    assert iam.trust_policy() == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "LambdaAssumesRole",
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": ["sts:AssumeRole"],
            }
        ],
    }


def test_only_eventbridge_on_behalf_of_the_rules_may_send_to_the_queue() -> None:
    assert iam.queue_policy("QUEUE", ("RULE", "SCHEDULE")) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "RuleSendsFailures",
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": ["sqs:SendMessage"],
                "Resource": ["QUEUE"],
                "Condition": {"ArnEquals": {"aws:SourceArn": ["RULE", "SCHEDULE"]}},
            }
        ],
    }


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [
        ("aws", "eu-central-1", "eu-central-1.console.aws.amazon.com"),
        ("aws-cn", "cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("aws-us-gov", "us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ],
)
def test_the_link_to_the_dashboard_leads_to_the_console_of_the_partition(
    partition: str, region: str, host: str
) -> None:
    url = Place(partition, region, "123456789012").dashboard_url("x")
    assert url == f"https://{host}/cloudwatch/home?region={region}#dashboards/dashboard/x"


def test_the_alarms_watch_what_can_be_lost() -> None:
    def watched(
        *, scheduled: bool = False, scans: bool = False, changes: bool = False
    ) -> set[tuple[Any, ...]]:
        found = alarms(NAMES, scheduled=scheduled, scans=scans, changes=changes)
        return {(alarm.namespace, alarm.metric, *alarm.dimensions.items()) for alarm in found}

    function = ("FunctionName", BASE)
    always = {
        ("AWS/Lambda", "Errors", function),
        ("AWS/Lambda", "AsyncEventsDropped", function),
        ("AWS/Lambda", "DestinationDeliveryFailures", function),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", ("QueueName", f"{BASE}-dlq")),
        ("AWS/Events", "InvocationsFailedToBeSentToDlq", ("RuleName", BASE)),
    }
    schedule = ("AWS/Events", "InvocationsFailedToBeSentToDlq", ("RuleName", f"{BASE}-reconcile"))
    assert watched(scheduled=False) == always
    assert watched(scheduled=True) == always | {schedule}
    scans = ("AWS/Events", "InvocationsFailedToBeSentToDlq", ("RuleName", f"{BASE}-scans"))
    assert watched(scheduled=True, scans=True) == always | {schedule, scans}
    changes = ("AWS/Events", "InvocationsFailedToBeSentToDlq", ("RuleName", f"{BASE}-changes"))
    assert watched(changes=True) == always | {changes}


def test_no_part_ends_like_another_so_that_the_names_of_two_pairs_never_meet() -> None:
    parts = [alarm.suffix for alarm in alarms(NAMES, scheduled=True, scans=True, changes=True)]
    assert not [(a, b) for a in parts for b in parts if a != b and a.endswith(f"-{b}")]


def test_the_physical_names_are_predictable() -> None:
    assert (NAMES.schedule, NAMES.scans) == (f"{BASE}-reconcile", f"{BASE}-scans")
    assert (NAMES.base, NAMES.queue, NAMES.log_group) == (BASE, f"{BASE}-dlq", f"/aws/lambda/{BASE}")
    assert (NAMES.alarm("errors"), NAMES.logical("rule")) == (f"{BASE}-errors", "ocr-rule")
    assert stack_topic_name("ecr-batch-updater", "dev") == "ecr-batch-updater-dev-alarms"


def package(root: Path) -> Path:
    folder = root / "handler"
    (folder / "policy").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "entry.py").write_text("def handle(): ...\n")
    (folder / "policy" / "exact.py").write_text("x = 1\n")
    return folder


def test_the_archive_holds_every_module_of_the_handler_under_its_package_name() -> None:
    root = Path(__file__).resolve().parents[2]
    modules = {path.relative_to(root).as_posix() for path in (root / "handler").rglob("*.py")}
    assert set(archive_files()) == modules
    module, _, function = HANDLER.rpartition(".")
    assert f"def {function}(" in archive_files()[f"{module.replace('.', '/')}.py"].read_text()


def test_the_archive_leaves_out_what_is_no_module(tmp_path: Path) -> None:
    folder = package(tmp_path)
    before = zip_bytes(folder)
    (folder / "__pycache__").mkdir()
    for name in ("__pycache__/entry.cpython-313.pyc", "notes.txt", ".#entry.py", "entry.py~", "a b.py"):
        (folder / name).write_text("leftover")
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "x.py").write_text("leftover")
    assert list(archive_files(folder)) == [
        "handler/__init__.py",
        "handler/entry.py",
        "handler/policy/exact.py",
    ]
    assert zip_bytes(folder) == before


def test_the_archive_is_the_same_whatever_the_times_permissions_and_place_of_the_files(
    tmp_path: Path,
) -> None:
    one, two = package(tmp_path / "one"), package(tmp_path / "elsewhere" / "two")
    for path in two.rglob("*.py"):
        os.utime(path, (1, 1_000_000_000))
        path.chmod(0o600)
    assert zip_bytes(one) == zip_bytes(two)
    assert content_hash(one) == content_hash(two)


@pytest.mark.parametrize("change", ["content", "name"])
def test_a_change_to_a_module_changes_the_archive(tmp_path: Path, change: str) -> None:
    folder = package(tmp_path)
    before = (zip_bytes(folder), content_hash(folder))
    if change == "content":
        (folder / "entry.py").write_text("def handle(): return 1\n")
    else:
        (folder / "entry.py").rename(folder / "entry2.py")
    assert zip_bytes(folder) != before[0]
    assert content_hash(folder) != before[1]


def test_the_archive_unpacks_to_the_files_readable_by_everyone(tmp_path: Path) -> None:
    target = write_zip(tmp_path / "handler.zip")
    with zipfile.ZipFile(io.BytesIO(target.read_bytes())) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            name: path.read_bytes() for name, path in archive_files().items()
        }
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}
