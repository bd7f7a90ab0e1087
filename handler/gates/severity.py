"""The gate ``maxSeverity``: no finding of a scan is worse than that.

Severities: AmazonECR/latest/APIReference/API_ImageScanFindings.html, inspector/latest/user/
findings-understanding-severity.html. A finding that nobody has rated yet is not known to be bad, and new
ones come by the dozen, so it does not block; a word that is not known here counts as worse than all.
"""

from __future__ import annotations

from collections.abc import Mapping

from handler.gates.requirements import Severity
from handler.gates.verdict import Refusal

GATE = "maxSeverity"
_UNRATED = ("UNDEFINED", "UNTRIAGED")


def refuse_severity(findings: Mapping[str, int], most: str) -> Refusal | None:
    """``findings`` counts by severity, over all the platforms of an image."""
    worse = {
        severity: count for severity, count in findings.items() if count and _rank(severity) > _rank(most)
    }
    if not worse:
        return None
    listed = ", ".join(f"{worse[severity]} {severity}" for severity in sorted(worse, key=_rank, reverse=True))
    return Refusal(GATE, f"the scan found {listed}; maxSeverity is {most}")


def _rank(severity: str) -> int:
    if severity in _UNRATED:
        return -1
    known = [str(each) for each in Severity]
    return known.index(severity) if severity in known else len(known)
