"""What the tests of rollback and hold look for in revisions."""

from __future__ import annotations

from typing import Any

from handler.provenance import PREFIX
from tests.ops.conftest import Tool

FUNCTION = "ecr-batch-updater-dev-ocr"
HOLD = f"{PREFIX}hold"
URI = "123456789012.dkr.ecr.ap-southeast-2.amazonaws.com"


def tags(tool: Tool, name: str = "ocr-job") -> dict[str, str]:
    """The tags of the newest revision."""
    active = tool.active(name)
    found: dict[str, str] = active[max(active)]["tags"]
    return found


def sent(tool: Tool, name: str = "ocr-job") -> list[dict[str, Any]]:
    """The bodies of the registrations of a definition, oldest first."""
    return [body for body in tool.cloud.batch.requests if body["jobDefinitionName"] == name]
