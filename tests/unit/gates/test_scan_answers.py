"""What is read from ECR's answers about a scan, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest
from botocore.stub import Stubber

from handler.ecr import Ecr, Scan
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
