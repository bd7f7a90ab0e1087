"""What ``status`` says of images that are held back, and of images that have disappeared."""

from __future__ import annotations

from typing import Any

from tests.ops.conftest import Tool

HOURLY = {"reconcile": "rate(1 hour)"}


def rows(tool: Tool) -> tuple[int, dict[str, Any]]:
    """The exit code, and the rows of the pair ocr by job definition."""
    code, document = tool.json("-p", "ocr", "status")
    return code, {row["jobDefinition"]: row for row in document["definitions"]}


def test_an_image_that_a_gate_refuses_for_now_is_gated_with_the_reason(tool: Tool) -> None:
    tool.configure("ocr", **HOURLY, requires={"minAge": "10m"})
    digest = tool.push("young")
    code, found = rows(tool)
    assert (code, {row["state"] for row in found.values()}) == (1, {"gated"})
    assert found["ocr-job"]["selectedImage"]["digest"] == digest
    assert "is held back by minAge: pushed at" in found["ocr-job"]["reason"]
    tool.cloud.ecr.backdate("backend", digest, 600)
    assert {row["state"] for row in rows(tool)[1].values()} == {"behind"}


def test_what_no_gate_can_tell_is_blocked_with_the_remedy(tool: Tool) -> None:
    tool.configure("ocr", **HOURLY, requires={"maxSeverity": "HIGH"})
    tool.push("unscanned")
    _, found = rows(tool)
    assert {row["state"] for row in found.values()} == {"blocked"}
    assert "put-registry-scanning-configuration" in found["ocr-job"]["reason"]


def test_an_image_that_has_disappeared_is_kept_with_the_reason(tool: Tool) -> None:
    tool.configure("ocr", imagePolicy={"semver": "1.x"})
    tool.push("lower", tag="1.0.0")
    tool.push("higher", tag="1.1.0")
    assert rows(tool)[0] == 0
    tool.cloud.client("ecr").batch_delete_image(repositoryName="backend", imageIds=[{"imageTag": "1.1.0"}])
    code, found = rows(tool)
    assert (code, {row["state"] for row in found.values()}) == (1, {"kept"})
    assert found["ocr-job"]["reason"].startswith("stays on 1.1.0, which ECR no longer offers")
