"""Several stacks, regions and partitions, and what becomes of a pair that is renamed or removed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from handler.document.image import Repository
from handler.settings import Settings
from tests.support.recorder import (
    ACCOUNT,
    COMPONENT,
    ROOT,
    TYPES,
    Place,
    Recording,
    comparable,
    evaluate_main,
)

PAIRS = "ecr-batch-updater:pairs"
OCR = {"repository": "backend", "jobDefinitions": ["ocr-job"], "reconcile": "rate(1 hour)"}
SCANNED = {**OCR, "jobDefinitions": ["scanned-job"], "requires": {"maxSeverity": "HIGH"}}
EMAILS = {"ecr-batch-updater:alarmEmails": ["ops@example.com"]}


def example(stack: str) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    return config


def physical_names(recording: Recording) -> list[tuple[str, str]]:
    """Each with the kind of its bearer. What has none is named at random by AWS or Pulumi."""
    return [
        (resource.short, resource.inputs[key])
        for resource in recording.resources
        if (key := TYPES.get(resource.type, (None, False))[0])
    ]


@pytest.fixture(scope="module")
def dev() -> Recording:
    return evaluate_main(example("dev"))


@pytest.fixture(scope="module")
def prod() -> Recording:
    return evaluate_main(example("prod"), stack_name="prod")


def test_no_two_stacks_share_a_physical_name_in_whatever_region_they_are() -> None:
    # Dashboards are known to the whole account, so a region of its own does not keep names apart.
    pairs = {"ocr": OCR, "eu-ocr": SCANNED}
    seen: dict[tuple[str, str], str] = {}
    for stack, region in (("dev", "eu-central-1"), ("dev-eu", "eu-central-1"), ("dev_eu", "us-east-1")):
        recording = evaluate_main({PAIRS: pairs, **EMAILS}, stack_name=stack, place=Place(region))
        names = physical_names(recording)
        assert {kind for kind, _ in names} == {
            *("Dashboard", "EventRule", "Function", "LogGroup", "MetricAlarm", "Queue", "RolePolicy", "Topic")
        }
        for name in names:
            assert seen.setdefault(name, stack) == stack, name


def test_the_tags_keep_the_stacks_real_name() -> None:
    recording = evaluate_main({PAIRS: {"ocr": OCR}}, stack_name="dev-eu")
    assert recording.one("Function").inputs["name"] == "ecr-batch-updater-dev--eu-ocr"
    assert recording.one("Function").inputs["tags"]["stack"] == "dev-eu"


def test_the_two_examples_share_no_name_and_no_job_definition(dev: Recording, prod: Recording) -> None:
    assert set(physical_names(dev)).isdisjoint(physical_names(prod))
    definitions = [
        {name for function in each.all("Function") for name in settings(function.inputs).job_definitions}
        for each in (dev, prod)
    ]
    assert definitions[0].isdisjoint(definitions[1])


def settings(function: Mapping[str, Any]) -> Settings:
    return Settings.from_environment(function["environment"]["variables"])


def test_the_examples_differ_as_their_comments_say(dev: Recording, prod: Recording) -> None:
    (trying,) = (settings(function.inputs) for function in dev.all("Function"))
    kept = {each.pair: each for each in (settings(function.inputs) for function in prod.all("Function"))}
    assert trying.policy.specification() == {"tag": "latest"}
    assert (trying.requires, trying.keep_revisions) == (None, None)
    assert kept["newsarchivepro"].policy.specification() == {"semver": ">=1.4 <2", "ignore": ["*-rc*"]}
    assert kept["thumbnails"].policy.specification() == {"regex": "^main-([0-9]+)$", "order": "numeric"}
    for each in kept.values():
        assert each.keep_revisions == 50
        assert each.requires is not None
        assert each.requires.specification() == {
            "maxSeverity": "HIGH",
            "minAge": "30m",
            "platform": "linux/amd64",
        }
    schedules = [
        {rule.inputs.get("scheduleExpression") for rule in each.all("EventRule")} - {None}
        for each in (dev, prod)
    ]
    assert schedules == [{"rate(1 hour)"}, {"rate(15 minutes)"}]
    retentions = [{group.inputs["retentionInDays"] for group in each.all("LogGroup")} for each in (dev, prod)]
    assert retentions == [{7}, {365}]
    actions = [
        {len(alarm.inputs["alarmActions"]) for alarm in each.all("MetricAlarm")} for each in (dev, prod)
    ]
    assert actions == [{0}, {2}]
    protected = [{resource.short for resource in each.resources if resource.protect} for each in (dev, prod)]
    assert protected == [set(), {"Queue", "LogGroup"}]
    assert [each.all("Function")[0].inputs["tags"].get("environment") for each in (dev, prod)] == [
        None,
        "prod",
    ]


def test_every_queue_and_log_group_of_a_protected_stack_is_protected_and_nothing_else(
    prod: Recording,
) -> None:
    for resource in prod.resources:
        assert resource.protect == (resource.short in {"Queue", "LogGroup"}), resource.name


def test_a_renamed_pair_has_no_resource_in_common_with_the_old_one() -> None:
    before = evaluate_main({PAIRS: {"ocr": OCR}})
    after = evaluate_main({PAIRS: {"text": OCR}})
    assert before.by_urn().keys().isdisjoint(after.by_urn())
    assert set(physical_names(before)).isdisjoint(physical_names(after))


def test_no_job_definition_and_no_repository_is_a_resource_of_the_stack(prod: Recording) -> None:
    assert not [resource.type for resource in prod.resources if re.match(r"aws:(batch|ecr)/", resource.type)]


def test_removing_a_pair_takes_its_resources_and_leaves_those_of_the_others_as_they_were() -> None:
    both = evaluate_main({PAIRS: {"ocr": OCR, "scanned": SCANNED}, **EMAILS})
    one = evaluate_main({PAIRS: {"ocr": OCR}, **EMAILS})
    gone = both.by_urn().keys() - one.by_urn().keys()
    assert {both.by_urn()[urn].parent.rpartition("::")[2] for urn in gone - {f"{COMPONENT}::scanned"}} == {
        "scanned"
    }
    assert {key: value for key, value in comparable(both).items() if key not in gone} == comparable(one)


ABROAD = pytest.mark.parametrize(
    ("place", "console", "suffix"),
    [
        (Place("cn-north-1", "aws-cn"), "cn-north-1.console.amazonaws.cn", "amazonaws.com.cn"),
        (Place("us-gov-west-1", "aws-us-gov"), "us-gov-west-1.console.amazonaws-us-gov.com", "amazonaws.com"),
    ],
    ids=["china", "govcloud"],
)


def abroad(place: Place) -> Recording:
    """The larger example, moved: what the user writes into it are ARNs of the place too."""
    text = json.dumps(example("prod")).replace("arn:aws:", f"arn:{place.partition}:")
    config = json.loads(text.replace("ap-southeast-2", place.region))
    return evaluate_main(config, place=place, stack_name="prod")


def texts(value: Any) -> Iterator[str]:
    """Every string within resource inputs, documents in JSON included."""
    if isinstance(value, Mapping):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, str):
        yield value


@ABROAD
def test_every_arn_and_region_of_another_partition_is_its_own(
    place: Place, console: str, suffix: str
) -> None:
    recording = abroad(place)
    everything = [text for resource in recording.resources for text in texts(dict(resource.inputs))]
    arns = [arn for text in everything for arn in re.findall(r'arn:[^"\s]+', text)]
    assert len(arns) > 50
    assert {arn.split(":")[1] for arn in arns} == {place.partition}
    assert {arn.split(":")[3] for arn in arns} == {place.region, ""}
    assert {arn.split(":")[2] for arn in arns if arn.split(":")[3] == ""} == {"iam"}
    for rule in recording.all("EventRule"):
        if "eventPattern" in rule.inputs:
            assert rule.document("eventPattern")["region"] == [place.region]
    for dashboard in recording.all("Dashboard"):
        for widget in dashboard.document("dashboardBody")["widgets"]:
            # Texts and tables of alarms, whose ARNs are among those above, have no region.
            assert widget["properties"].get("region", place.region) == place.region
    for outputs in recording.exports["pairs"].values():
        assert outputs["dashboardUrl"].startswith(f"https://{console}/")


@ABROAD
def test_service_principals_are_the_same_in_every_partition(place: Place, console: str, suffix: str) -> None:
    # Only few services have principals of their own in China, and none of these is among them:
    # aws-cdk, packages/aws-cdk-lib/region-info/lib/default.ts.
    recording = abroad(place)
    principals = {
        *(
            each.document("assumeRolePolicy")["Statement"][0]["Principal"]["Service"]
            for each in recording.all("Role")
        ),
        *(
            each.document("policy")["Statement"][0]["Principal"]["Service"]
            for each in recording.all("QueuePolicy")
        ),
        *(each.inputs["principal"] for each in recording.all("Permission")),
    }
    assert principals == {"lambda.amazonaws.com", "events.amazonaws.com"}
    passed = {
        tuple(statement["Condition"]["StringEquals"]["iam:PassedToService"])
        for each in recording.all("RolePolicy")
        for statement in each.document("policy")["Statement"]
        if statement["Sid"] == "PassJobRoles"
    }
    assert passed == {("batch.amazonaws.com", "ecs-tasks.amazonaws.com")}


@ABROAD
def test_the_function_knows_the_host_names_of_the_partition(place: Place, console: str, suffix: str) -> None:
    repository = Repository(account=ACCOUNT, region=place.region, name="backend", partition=place.partition)
    assert repository.uri == f"{ACCOUNT}.dkr.ecr.{place.region}.{suffix}/backend"
    assert repository.arn == f"arn:{place.partition}:ecr:{place.region}:{ACCOUNT}:repository/backend"
