"""Image scanning in the local cloud: who is scanned, what ECR says of a scan, what EventBridge gets.

Long because both kinds of scanning are held against each other, from the setting to the permission.
"""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloud import Cloud
from local.iam.calls import Call
from local.seed import push, push_image, push_index
from tests.cloud.conftest import LOGS, Handmade

REPOSITORY = "team/app"
ARN = f"arn:aws:ecr:ap-southeast-2:123456789012:repository/{REPOSITORY}"
ALL = {"filter": "*", "filterType": "WILDCARD"}


@pytest.fixture
def ecr(cloud: Cloud) -> Any:
    client = cloud.client("ecr")
    client.create_repository(repositoryName=REPOSITORY)
    return client


@pytest.fixture
def basic(ecr: Any) -> Any:
    """A registry in which basic scanning happens on push."""
    configure(ecr, "BASIC", SCAN_ON_PUSH="*")
    return ecr


@pytest.fixture
def enhanced(ecr: Any) -> Any:
    """A registry in which Amazon Inspector scans continuously."""
    configure(ecr, "ENHANCED")
    return ecr


def configure(ecr: Any, scan_type: str, **filters: str) -> None:
    """``filters`` maps a frequency to a repository filter."""
    rules = [
        {"scanFrequency": frequency, "repositoryFilters": [{"filter": text, "filterType": "WILDCARD"}]}
        for frequency, text in filters.items()
    ]
    ecr.put_registry_scanning_configuration(scanType=scan_type, **({"rules": rules} if rules else {}))


def settings(ecr: Any, name: str = REPOSITORY) -> tuple[str, bool, list[dict[str, str]]]:
    answer = ecr.batch_get_repository_scanning_configuration(repositoryNames=[name])
    (found,) = answer["scanningConfigurations"]
    assert found["repositoryName"] == name
    return found["scanFrequency"], found["scanOnPush"], found["appliedScanFilters"]


def findings(ecr: Any, digest: str, **more: Any) -> dict[str, Any]:
    query = {"repositoryName": REPOSITORY, "imageId": {"imageDigest": digest}, **more}
    answer: dict[str, Any] = ecr.describe_image_scan_findings(**query)
    return answer


def status(ecr: Any, digest: str) -> str:
    answer = findings(ecr, digest)
    assert "imageScanFindings" not in answer
    found: str = answer["imageScanStatus"]["status"]
    return found


def refused(ecr: Any, digest: str) -> str:
    with pytest.raises(ClientError) as caught:
        findings(ecr, digest)
    code: str = caught.value.response["Error"]["Code"]
    return code


def test_nothing_is_scanned_unless_asked(cloud: Cloud, ecr: Any) -> None:
    assert settings(ecr) == ("MANUAL", False, [])
    assert refused(ecr, push(cloud, REPOSITORY, "a")) == "ScanNotFoundException"


def test_a_repository_asks_for_scan_on_push_when_it_is_created(cloud: Cloud) -> None:
    ecr = cloud.client("ecr")
    ecr.create_repository(repositoryName=REPOSITORY, imageScanningConfiguration={"scanOnPush": True})
    assert settings(ecr) == ("SCAN_ON_PUSH", True, [])
    assert status(ecr, push(cloud, REPOSITORY, "a")) == "IN_PROGRESS"


def test_a_repository_asks_for_scan_on_push_later_and_no_more(cloud: Cloud, ecr: Any) -> None:
    for wanted in (True, False):
        ecr.put_image_scanning_configuration(
            repositoryName=REPOSITORY, imageScanningConfiguration={"scanOnPush": wanted}
        )
        assert settings(ecr)[:2] == (("SCAN_ON_PUSH", True) if wanted else ("MANUAL", False))


@pytest.mark.parametrize(
    ("text", "matches"),
    [("*", True), ("app", True), ("team/*", True), ("*app", True), ("*team", False), ("other", False)],
)
def test_a_filter_of_the_registry_selects_repositories(ecr: Any, text: str, *, matches: bool) -> None:
    configure(ecr, "BASIC", SCAN_ON_PUSH=text)
    expected = ("SCAN_ON_PUSH", True, [{"filter": text, "filterType": "WILDCARD"}])
    assert settings(ecr) == (expected if matches else ("MANUAL", False, []))


def test_a_rule_of_the_registry_counts_for_repositories_that_come_later(ecr: Any) -> None:
    configure(ecr, "BASIC", SCAN_ON_PUSH="later")
    ecr.create_repository(repositoryName="later")
    assert settings(ecr, "later")[0] == "SCAN_ON_PUSH"


def test_enhanced_scanning_without_rules_scans_everything_continuously(ecr: Any) -> None:
    configure(ecr, "ENHANCED")
    assert settings(ecr) == ("CONTINUOUS_SCAN", False, [ALL])
    registry = ecr.get_registry_scanning_configuration()["scanningConfiguration"]
    assert (registry["scanType"], registry["rules"][0]["scanFrequency"]) == ("ENHANCED", "CONTINUOUS_SCAN")


def test_continuous_scanning_wins_over_scan_on_push(ecr: Any) -> None:
    configure(ecr, "ENHANCED", SCAN_ON_PUSH="*", CONTINUOUS_SCAN="app")
    assert settings(ecr) == ("CONTINUOUS_SCAN", False, [{"filter": "app", "filterType": "WILDCARD"}])


def test_with_enhanced_scanning_a_repositorys_own_setting_counts_no_more(cloud: Cloud, ecr: Any) -> None:
    ecr.put_image_scanning_configuration(
        repositoryName=REPOSITORY, imageScanningConfiguration={"scanOnPush": True}
    )
    configure(ecr, "ENHANCED", SCAN_ON_PUSH="other")
    assert settings(ecr) == ("MANUAL", False, [])
    assert refused(ecr, push(cloud, REPOSITORY, "a")) == "ScanNotFoundException"


def test_basic_scanning_is_never_continuous(ecr: Any) -> None:
    with pytest.raises(ClientError, match=r"(?s)ValidationException.*CONTINUOUS_SCAN"):
        configure(ecr, "BASIC", CONTINUOUS_SCAN="*")


def test_an_unknown_repository_is_a_failure_beside_the_known(ecr: Any) -> None:
    answer = ecr.batch_get_repository_scanning_configuration(repositoryNames=["none", REPOSITORY])
    assert [each["repositoryName"] for each in answer["scanningConfigurations"]] == [REPOSITORY]
    assert [(each["repositoryName"], each["failureCode"]) for each in answer["failures"]] == [
        ("none", "REPOSITORY_NOT_FOUND")
    ]


def test_a_scan_has_begun_when_the_event_of_the_push_arrives(cloud: Cloud, basic: Any) -> None:
    push(cloud, REPOSITORY, "a")
    digest = cloud.events.history[-1]["detail"]["image-digest"]
    assert status(basic, digest) == "IN_PROGRESS"


def test_an_enhanced_scan_is_pending_at_first(cloud: Cloud, enhanced: Any) -> None:
    assert status(enhanced, push(cloud, REPOSITORY, "a")) == "PENDING"


def test_a_finished_basic_scan_is_complete_with_its_findings(cloud: Cloud, basic: Any) -> None:
    digest = push(cloud, REPOSITORY, "a")
    cloud.scans.finish(REPOSITORY, digest, {"LOW": 2, "CRITICAL": 1, "HIGH": 0})
    answer = findings(basic, digest)
    found = answer["imageScanFindings"]
    assert answer["imageScanStatus"]["status"] == "COMPLETE"
    assert found["findingSeverityCounts"] == {"CRITICAL": 1, "LOW": 2}
    assert [finding["severity"] for finding in found["findings"]] == ["CRITICAL", "LOW", "LOW"]
    assert found["imageScanCompletedAt"].timestamp() > 0


def test_a_finished_enhanced_scan_is_active_with_the_findings_of_inspector(
    cloud: Cloud, enhanced: Any
) -> None:
    digest = push(cloud, REPOSITORY, "a")
    cloud.scans.finish(REPOSITORY, digest, {"HIGH": 1, "UNTRIAGED": 1})
    answer = findings(enhanced, digest)
    found = answer["imageScanFindings"]
    assert answer["imageScanStatus"]["status"] == "ACTIVE"
    assert found["findingSeverityCounts"] == {"HIGH": 1, "UNTRIAGED": 1}
    assert [finding["severity"] for finding in found["enhancedFindings"]] == ["HIGH", "UNTRIAGED"]
    assert "findings" not in found


def test_findings_come_in_pages_but_counts_are_whole(cloud: Cloud, basic: Any) -> None:
    digest = push(cloud, REPOSITORY, "a")
    cloud.scans.finish(REPOSITORY, digest, {"HIGH": 3, "LOW": 2})
    first = findings(basic, digest, maxResults=4)
    second = findings(basic, digest, maxResults=4, nextToken=first["nextToken"])
    pages = [page["imageScanFindings"] for page in (first, second)]
    assert [[finding["severity"] for finding in page["findings"]] for page in pages] == [
        ["HIGH", "HIGH", "HIGH", "LOW"],
        ["LOW"],
    ]
    assert {tuple(page["findingSeverityCounts"].items()) for page in pages} == {(("HIGH", 3), ("LOW", 2))}
    assert "nextToken" not in second


def test_a_finished_basic_scan_is_an_event_of_ecr(cloud: Cloud, basic: Any) -> None:
    digest = push(cloud, REPOSITORY, "a", "v1")
    push(cloud, REPOSITORY, "a", "latest")
    cloud.scans.finish(REPOSITORY, digest, {"CRITICAL": 10, "LOW": 0})
    event = cloud.events.history[-1]
    assert (event["source"], event["detail-type"], event["resources"]) == ("aws.ecr", "ECR Image Scan", [])
    assert event["detail"] == {
        "scan-status": "COMPLETE",
        "repository-name": REPOSITORY,
        "image-digest": digest,
        "image-tags": ["v1", "latest"],
        "finding-severity-counts": {"CRITICAL": 10},
    }


def test_a_finished_enhanced_scan_is_an_event_of_inspector(cloud: Cloud, enhanced: Any) -> None:
    digest = push_image(cloud, REPOSITORY, None, build="a")
    cloud.scans.finish(REPOSITORY, digest, {"CRITICAL": 7, "HIGH": 61})
    event = cloud.events.history[-1]
    assert (event["source"], event["detail-type"]) == ("aws.inspector2", "Inspector2 Scan")
    assert event["resources"] == [ARN]
    assert event["detail"] == {
        "scan-status": "INITIAL_SCAN_COMPLETE",
        "repository-name": ARN,
        "image-digest": digest,
        "image-tags": [],
        "finding-severity-counts": {"CRITICAL": 7, "HIGH": 61, "TOTAL": 68},
    }


def test_a_failed_basic_scan_says_so_in_answer_and_event(cloud: Cloud, basic: Any) -> None:
    digest = push(cloud, REPOSITORY, "a")
    cloud.scans.finish(REPOSITORY, digest, status="FAILED", description="UnsupportedImageError")
    answer = findings(basic, digest)
    assert answer["imageScanStatus"] == {"status": "FAILED", "description": "UnsupportedImageError"}
    assert "imageScanFindings" not in answer
    assert cloud.events.history[-1]["detail"]["scan-status"] == "FAILED"


def test_an_enhanced_scan_without_result_is_no_event(cloud: Cloud, enhanced: Any) -> None:
    digest = push(cloud, REPOSITORY, "a")
    events = len(cloud.events.history)
    cloud.scans.finish(REPOSITORY, digest, status="SCAN_ELIGIBILITY_EXPIRED")
    assert status(enhanced, digest) == "SCAN_ELIGIBILITY_EXPIRED"
    assert len(cloud.events.history) == events


def test_the_images_of_an_index_are_scanned_and_nothing_else_of_it(cloud: Cloud, basic: Any) -> None:
    pushed = push_index(cloud, REPOSITORY, "latest", build="a", soci=True)
    assert {status(basic, child) for child in pushed.children.values()} == {"IN_PROGRESS"}
    others = [pushed.digest, *pushed.attestations.values(), *pushed.soci.values()]
    assert {refused(basic, digest) for digest in others} == {"ScanNotFoundException"}


def test_an_image_whose_manifest_names_no_type_of_configuration_is_scanned_too(basic: Any) -> None:
    short = '{"schemaVersion": 2, "config": {"size": 1}, "layers": []}'
    image = basic.put_image(repositoryName=REPOSITORY, imageManifest=short, imageTag="latest")["image"]
    assert status(basic, image["imageId"]["imageDigest"]) == "IN_PROGRESS"


def test_a_second_tag_begins_no_second_scan(cloud: Cloud, basic: Any) -> None:
    digest = push(cloud, REPOSITORY, "a", "v1")
    cloud.scans.finish(REPOSITORY, digest)
    push(cloud, REPOSITORY, "a", "v2")
    assert findings(basic, digest)["imageScanStatus"]["status"] == "COMPLETE"


def test_findings_are_asked_for_by_tag_too(cloud: Cloud, basic: Any) -> None:
    digest = push(cloud, REPOSITORY, "a", "v1")
    answer = basic.describe_image_scan_findings(repositoryName=REPOSITORY, imageId={"imageTag": "v1"})
    assert answer["imageId"] == {"imageDigest": digest, "imageTag": "v1"}
    with pytest.raises(ClientError, match="ImageNotFoundException"):
        basic.describe_image_scan_findings(repositoryName=REPOSITORY, imageId={"imageTag": "v2"})


def test_a_scan_is_started_by_hand_once_a_day(cloud: Cloud, ecr: Any) -> None:
    query = {"repositoryName": REPOSITORY, "imageId": {"imageDigest": push(cloud, REPOSITORY, "a")}}
    assert ecr.start_image_scan(**query)["imageScanStatus"]["status"] == "IN_PROGRESS"
    with pytest.raises(ClientError, match="LimitExceededException"):
        ecr.start_image_scan(**query)


def test_neither_an_index_nor_an_enhanced_scan_is_started_by_hand(cloud: Cloud, ecr: Any) -> None:
    pushed = push_index(cloud, REPOSITORY, "latest", build="a")
    with pytest.raises(ClientError, match="UnsupportedImageTypeException"):
        ecr.start_image_scan(repositoryName=REPOSITORY, imageId={"imageTag": "latest"})
    configure(ecr, "ENHANCED")
    with pytest.raises(ClientError, match="ValidationException"):
        ecr.start_image_scan(
            repositoryName=REPOSITORY, imageId={"imageDigest": pushed.children["linux/amd64"]}
        )


def test_what_cannot_be_finished_is_said_with_the_remedy(cloud: Cloud, ecr: Any) -> None:
    digest = push(cloud, REPOSITORY, "a")
    with pytest.raises(LookupError, match="turn scanning on before the push"):
        cloud.scans.finish(REPOSITORY, digest)
    configure(ecr, "BASIC", SCAN_ON_PUSH="*")
    scanned = push(cloud, REPOSITORY, "b")
    with pytest.raises(ValueError, match=r"'SEVERE'.*CRITICAL"):
        cloud.scans.finish(REPOSITORY, scanned, {"SEVERE": 1})
    with pytest.raises(ValueError, match=r"'DONE'.*COMPLETE"):
        cloud.scans.finish(REPOSITORY, scanned, status="DONE")
    assert status(ecr, scanned) == "IN_PROGRESS"


def test_faults_spoil_the_answers_about_scans(cloud: Cloud, basic: Any) -> None:
    digest = push(cloud, REPOSITORY, "a")
    cloud.faults.add("ecr:DescribeImageScanFindings", "access-denied")
    assert refused(basic, digest) == "AccessDeniedException"
    assert status(basic, digest) == "IN_PROGRESS"


def test_a_reset_ends_scanning(cloud: Cloud, enhanced: Any) -> None:
    cloud.reset()
    enhanced.create_repository(repositoryName=REPOSITORY)
    assert settings(enhanced) == ("MANUAL", False, [])


ASK = """
    import boto3
    from botocore.exceptions import ClientError

    def handle(event, context):
        ecr = boto3.client("ecr")
        try:
            ecr.batch_get_repository_scanning_configuration(repositoryNames=["team/app"])
            return ecr.describe_image_scan_findings(**event)["imageScanStatus"]["status"]
        except ClientError as error:
            return error.response["Error"]["Message"]
"""
ON_REPOSITORY = {
    "Effect": "Allow",
    "Action": ["ecr:DescribeImageScanFindings", "ecr:BatchGetRepositoryScanningConfiguration"],
    "Resource": ARN,
}
INSPECTOR = ("inspector2:ListFindings", "inspector2:ListCoverage")


def ask(handmade: Handmade, digest: str, *inspector: str) -> str:
    more = [{"Effect": "Allow", "Action": list(inspector), "Resource": "*"}] if inspector else []
    handmade.function(ASK, statements=[LOGS, ON_REPOSITORY, *more])
    query = {"repositoryName": REPOSITORY, "imageId": {"imageDigest": digest}}
    result, _ = handmade.invoke(event=query)
    return str(result)


def test_a_basic_scan_is_readable_with_a_permission_on_the_repository(handmade: Handmade, basic: Any) -> None:
    assert ask(handmade, push(handmade.cloud, REPOSITORY, "a")) == "IN_PROGRESS"
    assert {call.resource for call in handmade.cloud.calls_by("fn") if "ecr:" in call.action} == {ARN}


@pytest.mark.parametrize("missing", INSPECTOR)
def test_an_enhanced_scan_needs_permissions_of_inspector_too(
    handmade: Handmade, enhanced: Any, missing: str
) -> None:
    others = [action for action in INSPECTOR if action != missing]
    message = ask(handmade, push(handmade.cloud, REPOSITORY, "a"), *others)
    assert f"is not authorized to perform: {missing} on resource: *" in message


def test_an_enhanced_scan_is_readable_with_them(handmade: Handmade, enhanced: Any) -> None:
    assert ask(handmade, push(handmade.cloud, REPOSITORY, "a"), *INSPECTOR) == "PENDING"
    calls = handmade.cloud.calls_by("fn")
    assert all(Call(action=action, resource="*", allowed=True) in calls for action in INSPECTOR)
