"""Which events start the function.

Shapes of the events: AmazonECR/latest/userguide/ecr-eventbridge.html. A repository that is filled by
replication reports REPLICATE and never PUSH, so both are let through. ``account`` and ``region`` are
those of the registry that received the image, in both; they keep out what other accounts and regions
forward to this bus.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.naming import Place


def image_arrived(place: Place, repository: str, tag_filters: Sequence[Any]) -> dict[str, Any]:
    """The pattern for images that arrive in ``repository`` under a tag that ``tag_filters`` let through."""
    detail = {
        "action-type": ["PUSH", "REPLICATE"],
        "result": ["SUCCESS"],
        "repository-name": [repository],
        "image-tag": list(tag_filters),
    }
    return _pattern(place, ["aws.ecr"], ["ECR Image Action", "ECR Replication Action"], detail)


def definition_changed(place: Place, job_definitions: Sequence[str], role: str) -> dict[str, Any]:
    """The pattern for revisions that somebody else than ``role``, the function's own, has registered.

    CloudTrail's record: awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html.
    Users and the root of an account have no session issuer, and a filter matches no field that is missing.
    """
    others = {"sessionContext": {"sessionIssuer": {"userName": [{"anything-but": role}, {"exists": False}]}}}
    detail = {
        "eventSource": ["batch.amazonaws.com"],
        "eventName": ["RegisterJobDefinition"],
        "errorCode": [{"exists": False}],
        "requestParameters": {"jobDefinitionName": list(job_definitions)},
        "userIdentity": others,
    }
    return _pattern(place, ["aws.batch"], ["AWS API Call via CloudTrail"], detail)


def image_scanned(place: Place, repository: str) -> dict[str, Any]:
    """The pattern for scans of the repository's images that are over, whatever their tags.

    The findings of a multi-arch image are those of its untagged children. Enhanced scanning reports through
    Amazon Inspector (image-scanning-enhanced-events.html), and names the repository by its ARN.
    """
    detail = {"repository-name": [repository, place.arn("ecr", f"repository/{repository}")]}
    return _pattern(place, ["aws.ecr", "aws.inspector2"], ["ECR Image Scan", "Inspector2 Scan"], detail)


def _pattern(place: Place, sources: list[str], kinds: list[str], detail: dict[str, Any]) -> dict[str, Any]:
    return {
        "source": sources,
        "account": [place.account],
        "region": [place.region],
        "detail-type": kinds,
        "detail": detail,
    }
