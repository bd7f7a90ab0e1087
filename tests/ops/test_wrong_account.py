"""Credentials of an account that is none of the stack's."""

from __future__ import annotations

import pytest
import yaml

from tests.ops.conftest import Tool

EVENT = '{"source": "aws.events", "detail-type": "Scheduled Event"}'


@pytest.mark.parametrize(
    "arguments",
    [
        ["status"],
        ["history", "ocr-job"],
        ["hold", "ocr-job"],
        ["rollback", "ocr-job", "--yes"],
        ["unhold", "ocr-job"],
        ["reconcile"],
        ["redrive", "--yes"],
        ["test"],
    ],
)
def test_where_the_stack_names_its_accounts_no_other_one_is_touched(tool: Tool, arguments: list[str]) -> None:
    tool.push("one")
    queue = tool.cloud.client("sqs").get_queue_url(QueueName="ecr-batch-updater-dev-ocr-dlq")["QueueUrl"]
    tool.cloud.client("sqs").send_message(QueueUrl=queue, MessageBody=EVENT)
    file = tool.directory / "Pulumi.dev.yaml"
    document = yaml.safe_load(file.read_text())
    document["config"]["aws:allowedAccountIds"] = ["999999999999"]
    file.write_text(yaml.safe_dump(document))
    calls, registered = len(tool.cloud.calls_by("ecr-batch-updater-dev-ocr")), len(tool.cloud.batch.requests)
    done = tool.run("-o", "json", *arguments)
    assert done.returncode == 2
    assert "the credentials are of account 123456789012" in done.stderr
    assert "aws:allowedAccountIds are 999999999999" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(tool.cloud.calls_by("ecr-batch-updater-dev-ocr")) == calls
    assert len(tool.cloud.batch.requests) == registered
