"""A scan of an image as DescribeImageScanFindings reports it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

BASIC, ENHANCED = "BASIC", "ENHANCED"
SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED", "UNTRIAGED")
# AmazonECR/latest/APIReference/API_ImageScanStatus.html
STATUSES = (
    "ACTIVE",
    "COMPLETE",
    "FAILED",
    "FINDINGS_UNAVAILABLE",
    "IMAGE_ARCHIVED",
    "IMAGE_SIZE_EXCEEDED",
    "IN_PROGRESS",
    "LIMIT_EXCEEDED",
    "PENDING",
    "SCAN_ELIGIBILITY_EXPIRED",
    "UNSUPPORTED_IMAGE",
)
_BEGUN = {BASIC: "IN_PROGRESS", ENHANCED: "PENDING"}
_FOUND = {BASIC: "COMPLETE", ENHANCED: "ACTIVE"}


@dataclass(frozen=True, kw_only=True)
class Scan:
    """How far a scan is. ``severities`` counts its findings without zeros, ``ended_at`` is in seconds.

    ``kind`` is the registry's scan type when the scan began, BASIC or ENHANCED.
    """

    kind: str
    status: str
    description: str = ""
    severities: Mapping[str, int] = field(default_factory=dict)
    ended_at: int | None = None

    @property
    def succeeded(self) -> bool:
        """Whether it ended with an answer about vulnerabilities."""
        return self.status == _FOUND[self.kind]

    def findings(self) -> Iterator[tuple[str, str]]:
        """Name and severity of each finding, the worst first."""
        number = 0
        for severity in SEVERITIES:
            for _ in range(self.severities.get(severity, 0)):
                number += 1
                yield f"CVE-2026-{number:04}", severity


def begun(kind: str) -> Scan:
    """A scan that has begun and found nothing yet."""
    return Scan(kind=kind, status=_BEGUN[kind], description="The scan has not ended yet.")


def ended(
    kind: str, severities: Mapping[str, int], *, status: str | None, description: str, now: int
) -> Scan:
    """A scan that has ended, by default with success; raises ValueError for what ECR has no word for."""
    status = status or _FOUND[kind]
    if status not in STATUSES:
        raise ValueError(f"{status!r} is no status of a scan; the statuses are {', '.join(STATUSES)}")
    for severity, count in severities.items():
        if severity not in SEVERITIES or count < 0:
            raise ValueError(
                f"{severity!r}: {count} is no number of findings; the severities are {', '.join(SEVERITIES)}"
            )
    return Scan(
        kind=kind,
        status=status,
        description=description or f"The scan ended as {status}.",
        severities={severity: count for severity, count in severities.items() if count},
        ended_at=now,
    )


def finding(scan: Scan, name: str, severity: str, *, account: str, region: str) -> dict[str, Any]:
    """One entry of ``findings`` or, of an enhanced scan, of ``enhancedFindings``.

    AmazonECR/latest/APIReference/API_ImageScanFinding.html and API_EnhancedImageScanFinding.html.
    """
    if scan.kind == BASIC:
        return {
            "name": name,
            "severity": severity,
            "uri": f"https://www.cve.org/CVERecord?id={name}",
            "attributes": [
                {"key": "package_name", "value": "libexample"},
                {"key": "package_version", "value": "1.0"},
            ],
        }
    return {
        "awsAccountId": account,
        "findingArn": f"arn:aws:inspector2:{region}:{account}:finding/{name}",
        "packageVulnerabilityDetails": {"vulnerabilityId": name},
        "severity": severity,
        "status": "ACTIVE",
        "title": f"{name} - libexample",
        "type": "PACKAGE_VULNERABILITY",
    }
