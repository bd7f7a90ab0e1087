"""The event of a push as EventBridge gives it, made up: AmazonECR/latest/userguide/ecr-eventbridge.html."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from components.naming import Place


def push_event(place: Place, *, repository: str, tag: str, digest: str) -> dict[str, Any]:
    """A successful push of ``tag`` to ``repository``, just now."""
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": "ECR Image Action",
        "source": "aws.ecr",
        "account": place.account,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": place.region,
        "resources": [],
        "detail": {
            "result": "SUCCESS",
            "repository-name": repository,
            "image-digest": digest,
            "action-type": "PUSH",
            "image-tag": tag,
        },
    }
