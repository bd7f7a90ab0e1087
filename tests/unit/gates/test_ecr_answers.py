"""What is read from ECR's answers about the scan and the manifest of an image."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from handler.aws.ecr import Ecr, Scan
from handler.errors import AwsError, MalformedAnswer
from tests.support.world import REPOSITORY, digest

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
_CLIENT = botocore.session.Session().create_client(
    "ecr", region_name="eu-west-1", aws_access_key_id="test", aws_secret_access_key="test"
)


@pytest.fixture
def ecr() -> Iterator[Stubber]:
    with Stubber(_CLIENT) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def scanned(stubber: Stubber, *pages: dict[str, Any]) -> Scan | None:
    """Pages of ``imageScanFindings``; each but the last names the next one."""
    for number, findings in enumerate(pages, 1):
        answer: dict[str, Any] = {"imageScanStatus": {"status": "COMPLETE"}, "imageScanFindings": findings}
        stubber.add_response(
            "describe_image_scan_findings", answer | ({"nextToken": "more"} if number < len(pages) else {})
        )
    return Ecr(_CLIENT, REPOSITORY).scan(digest("a"))


@pytest.mark.parametrize(
    ("findings", "severities", "found"),
    [
        ({"findings": []}, {}, False),
        ({"enhancedFindings": []}, {}, False),
        ({"findings": [], "imageScanCompletedAt": NOON}, {}, True),
        ({"findings": [], "findingSeverityCounts": {}}, {}, True),
        ({"findings": [{"severity": "LOW"}], "findingSeverityCounts": {"LOW": 1}}, {"LOW": 1}, True),
        # ECR's counts leave out what is suppressed; without counts, all that is listed counts.
        ({"enhancedFindings": [{"severity": "HIGH"}], "findingSeverityCounts": {}}, {}, True),
        ({"enhancedFindings": [{"severity": "HIGH"}], "imageScanCompletedAt": NOON}, {"HIGH": 1}, True),
        (
            {"findings": [{"severity": "HIGH"}, {}], "imageScanCompletedAt": NOON},
            {"HIGH": 1, "None": 1},
            True,
        ),
    ],
)
def test_findings_are_there_once_ecr_counts_them_or_says_when_the_scan_ended(
    ecr: Stubber, findings: dict[str, Any], severities: dict[str, int], found: bool
) -> None:
    scan = scanned(ecr, findings)
    assert scan == Scan(status="COMPLETE", description="", severities=severities, found=found)


def test_the_worst_of_all_pages_is_read_whether_each_counts_itself_or_all(ecr: Stubber) -> None:
    pages = [{"findingSeverityCounts": counts} for counts in ({"HIGH": 3}, {"HIGH": 1, "CRITICAL": 1})]
    scan = scanned(ecr, *pages)
    assert scan is not None
    assert scan.severities == {"HIGH": 3, "CRITICAL": 1}


def test_an_image_that_was_never_scanned_has_no_scan(ecr: Stubber) -> None:
    ecr.add_client_error("describe_image_scan_findings", "ScanNotFoundException")
    assert Ecr(_CLIENT, REPOSITORY).scan(digest("a")) is None


@pytest.mark.parametrize("tags", [["v1"], ["v1", "latest"]])
def test_the_manifest_is_that_of_the_digest_however_many_tags_the_answer_lists(
    ecr: Stubber, tags: list[str]
) -> None:
    text = '{"config": {"digest": "sha256:c"}}'
    ecr.add_response(
        "batch_get_image", {"images": [{"imageId": {"imageTag": tag}, "imageManifest": text} for tag in tags]}
    )
    assert Ecr(_CLIENT, REPOSITORY).manifest(digest("a")) == text


def test_a_manifest_that_ecr_does_not_give_is_raised_with_what_ecr_says(ecr: Stubber) -> None:
    failure = {"failureCode": "KmsError", "failureReason": "the key is disabled"}
    ecr.add_response("batch_get_image", {"images": [], "failures": [failure]})
    with pytest.raises(AwsError, match="failed: KmsError: the key is disabled") as caught:
        Ecr(_CLIENT, REPOSITORY).manifest(digest("a"))
    assert digest("a") in caught.value.message
    assert "push the image again" in caught.value.remedy


@pytest.mark.parametrize("answer", [{}, {"images": []}, {"images": [{"imageId": {"imageTag": "v1"}}]}])
def test_an_answer_without_manifest_and_without_failure_is_malformed(
    ecr: Stubber, answer: dict[str, Any]
) -> None:
    ecr.add_response("batch_get_image", answer)
    with pytest.raises(MalformedAnswer, match="ecr:BatchGetImage"):
        Ecr(_CLIENT, REPOSITORY).manifest(digest("a"))


@pytest.mark.parametrize("answer", [{}, {"scanningConfigurations": []}])
def test_an_answer_without_the_repositorys_scanning_is_malformed(
    ecr: Stubber, answer: dict[str, Any]
) -> None:
    ecr.add_response("batch_get_repository_scanning_configuration", answer)
    with pytest.raises(MalformedAnswer, match="ecr:BatchGetRepositoryScanningConfiguration on repository"):
        Ecr(_CLIENT, REPOSITORY).scan_frequency()


@pytest.mark.parametrize("answer", [{"imageDetails": []}, {"imageDetails": [{"imageTags": ["v1"]}]}])
def test_an_image_without_digest_is_malformed(ecr: Stubber, answer: dict[str, Any]) -> None:
    ecr.add_response("describe_images", answer)
    with pytest.raises(MalformedAnswer, match="ecr:DescribeImages on repository team/app"):
        Ecr(_CLIENT, REPOSITORY).image("v1")


def test_ecr_that_cannot_be_reached_is_an_error_that_names_call_and_repository() -> None:
    class Unreachable:
        def describe_images(self, **_: Any) -> None:
            raise EndpointConnectionError(endpoint_url="https://ecr")

    with pytest.raises(AwsError, match="ecr:DescribeImages on repository team/app failed"):
        Ecr(Unreachable(), REPOSITORY).image("v1")
