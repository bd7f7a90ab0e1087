"""Which repositories are scanned, and when: the registry's rules, and scan on push of a repository.

moto keeps both, but compares them with names as ECR does not, and forgets a repository's own setting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from local.ecr.pages import invalid
from local.ecr.scans import BASIC, ENHANCED
from local.http import ApiError
from local.iam.policy import like

MANUAL, SCAN_ON_PUSH, CONTINUOUS = "MANUAL", "SCAN_ON_PUSH", "CONTINUOUS_SCAN"
_FREQUENCIES = {BASIC: (MANUAL, SCAN_ON_PUSH), ENHANCED: (SCAN_ON_PUSH, CONTINUOUS)}
_ALL = {"filter": "*", "filterType": "WILDCARD"}


def read_rules(body: Mapping[str, Any]) -> dict[str, Any]:
    """The registry's configuration that PutRegistryScanningConfiguration asks for; raises ApiError.

    Enhanced scanning without rules scans every repository continuously
    (AmazonECR/latest/userguide/image-scanning-enhanced-enabling.html).
    """
    scan_type = body.get("scanType") or BASIC
    if scan_type not in _FREQUENCIES:
        raise invalid("scanType", f"Member must satisfy enum value set: [{BASIC}, {ENHANCED}]")
    everything = [{"scanFrequency": CONTINUOUS, "repositoryFilters": [_ALL]}]
    rules = body.get("rules") or (everything if scan_type == ENHANCED else [])
    for rule in rules:
        if rule.get("scanFrequency") not in _FREQUENCIES[scan_type]:
            raise ApiError(
                "ValidationException",
                f"The scan frequency {rule.get('scanFrequency')} is not supported with {scan_type} scanning",
            )
    return {"scanType": scan_type, "rules": rules}


def repository_settings(registry: Mapping[str, Any], repository: Any) -> dict[str, Any]:
    """One of BatchGetRepositoryScanningConfiguration's answers; ``repository`` is moto's.

    The registry's rules and, with basic scanning, the repository's own scan on push count; continuous
    scanning wins over scan on push. That ``scanOnPush`` says whether the frequency is SCAN_ON_PUSH is
    inferred. AmazonECR/latest/APIReference/API_RepositoryScanningConfiguration.html
    """
    matching = list(_matching(registry, repository.name))
    frequencies = {frequency for frequency, _ in matching}
    if registry["scanType"] == BASIC and repository.image_scanning_configuration.get("scanOnPush"):
        frequencies.add(SCAN_ON_PUSH)
    frequency = next((each for each in (CONTINUOUS, SCAN_ON_PUSH) if each in frequencies), MANUAL)
    return {
        "repositoryArn": repository.arn,
        "repositoryName": repository.name,
        "scanOnPush": frequency == SCAN_ON_PUSH,
        "scanFrequency": frequency,
        "appliedScanFilters": [applied for of, applied in matching if of == frequency],
    }


def _matching(registry: Mapping[str, Any], name: str) -> Iterator[tuple[str, dict[str, str]]]:
    for rule in registry["rules"]:
        for each in rule["repositoryFilters"]:
            if _matches(each["filter"], name):
                yield rule["scanFrequency"], each


def _matches(text: str, name: str) -> bool:
    """A filter without a wildcard matches every name that contains it.

    AmazonECR/latest/userguide/image-scanning-filters.html
    """
    return like(text, name) if "*" in text else text in name
