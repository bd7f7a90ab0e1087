"""The gate ``maxSeverity``: how far the scans of an image are, and that no finding is worse than that.

The states: AmazonECR/latest/APIReference/API_ImageScanStatus.html. ``ACTIVE`` is enhanced scanning's word
for an image that has been scanned and goes on being watched. Severities: AmazonECR/latest/APIReference/
API_ImageScanFindings.html, inspector/latest/user/findings-understanding-severity.html.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from handler.aws.ecr import Scan
from handler.errors import ScanFailed, ScanOverdue
from handler.gates import Ineligible
from handler.gates.requirements import Severity

GATE = "maxSeverity"
# A finding that nobody has rated yet is not known to be bad, and new ones come by the dozen, so it does not
# block; a word that is not known here counts as worse than all.
_UNRATED = ("UNDEFINED", "UNTRIAGED")
_DONE = ("COMPLETE", "ACTIVE")
_PENDING = ("IN_PROGRESS", "PENDING")


@dataclass(frozen=True)
class Scans:
    """The scan of each of an image's manifests, by digest; None where there is none."""

    by_digest: Mapping[str, Scan | None]

    @property
    def pending(self) -> tuple[str, ...]:
        """The digests whose scan has not come yet."""
        return tuple(digest for digest, scan in self.by_digest.items() if _is_pending(scan))

    @property
    def unknown(self) -> bool:
        """Whether there is a manifest that nobody has begun to scan."""
        return None in self.by_digest.values()

    def findings(self) -> Mapping[str, int]:
        """The counts by severity, over all manifests. Raises ScanFailed when one could not be scanned."""
        total: Counter[str] = Counter()
        for digest, scan in self.by_digest.items():
            if scan is None or _is_pending(scan):
                continue
            if scan.status not in _DONE:
                raise ScanFailed(
                    f"the scan of {digest} ended as {scan.status}"
                    + (f": {scan.description}" if scan.description else ""),
                    remedy="repair what AWS says and scan again (`aws ecr start-image-scan` with basic "
                    "scanning), push another image, or take maxSeverity out of the pair's requires",
                )
            total.update(scan.severities)
        return total


def refuse_severity(findings: Mapping[str, int], most: str) -> Ineligible | None:
    """``findings`` counts by severity, over all the platforms of an image."""
    worse = {
        severity: count for severity, count in findings.items() if count and _rank(severity) > _rank(most)
    }
    if not worse:
        return None
    listed = ", ".join(f"{worse[severity]} {severity}" for severity in sorted(worse, key=_rank, reverse=True))
    return Ineligible(GATE, f"the scan found {listed}; maxSeverity is {most}")


def refuse_pending(
    scans: Scans, *, pushed_at: datetime, now: datetime, timeout: timedelta
) -> Ineligible | None:
    """Refuses an image whose scans are not all there yet. Raises ScanOverdue once ``timeout`` is over."""
    if not scans.pending:
        return None
    waiting = ", ".join(scans.pending)
    if now - pushed_at > timeout:
        raise ScanOverdue(
            f"no scan of {waiting} has come since the image was pushed at {pushed_at:%Y-%m-%d %H:%M:%S %Z}; "
            f"scanTimeout is {timeout}",
            remedy="see the image in the ECR console; scan it (`aws ecr start-image-scan` with basic "
            "scanning), or raise scanTimeout; the next reconcile or scan event looks again",
        )
    return Ineligible(GATE, f"waiting for the scan of {waiting}")


def _is_pending(scan: Scan | None) -> bool:
    """Also when ECR calls the scan over and does not have its findings yet."""
    return scan is None or scan.status in _PENDING or (scan.status in _DONE and not scan.found)


def _rank(severity: str) -> int:
    if severity in _UNRATED:
        return -1
    known = [str(each) for each in Severity]
    return known.index(severity) if severity in known else len(known)
