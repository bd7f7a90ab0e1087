"""One pair ``ocr`` of the repository ``backend``, deployed to the local cloud, and how to look at it."""

from __future__ import annotations

import json
from typing import Any

from local.cloud import Cloud
from local.deploy import deploy_program
from local.seed import seed_pair
from tests.cloud.conftest import ROOT

ROLES = ["arn:aws:iam::123456789012:role/job", "arn:aws:iam::123456789012:role/execution"]
FUNCTION = "ecr-batch-updater-test-ocr"
HOST = "123456789012.dkr.ecr.ap-southeast-2.amazonaws.com/backend"


def deploy(cloud: Cloud, *names: str, seeded: tuple[str, ...] | None = None, **keys: Any) -> dict[str, Any]:
    """Seeds the definitions unless told which, and deploys the pair; the pair's outputs."""
    seeds = names if seeded is None else seeded
    seed_pair(cloud, repository="backend", job_definitions=seeds, roles=ROLES)
    return redeploy(cloud, *names, **keys)


def redeploy(cloud: Cloud, *names: str, **keys: Any) -> dict[str, Any]:
    """Deploys the pair, again perhaps; what it works on stays as it is."""
    pair = {"repository": "backend", "jobDefinitions": list(names), "passRoles": ROLES, **keys}
    outputs = deploy_program(
        cloud, "test", project_dir=ROOT, config={"ecr-batch-updater:pairs": {"ocr": pair}}
    )
    found: dict[str, Any] = outputs["pairs"]["ocr"]
    return found


def newest(cloud: Cloud, name: str) -> dict[str, Any]:
    revisions = cloud.client("batch").describe_job_definitions(jobDefinitionName=name, status="ACTIVE")
    found: dict[str, Any] = max(revisions["jobDefinitions"], key=lambda revision: int(revision["revision"]))
    return found


def invoke(cloud: Cloud, event: dict[str, Any]) -> dict[str, Any]:
    answer = cloud.client("lambda").invoke(FunctionName=FUNCTION, Payload=json.dumps(event).encode())
    result: dict[str, Any] = json.loads(answer["Payload"].read())
    return {**result, "failed": "FunctionError" in answer}


def records(cloud: Cloud) -> list[dict[str, Any]]:
    events = cloud.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{FUNCTION}")["events"]
    # Each process of the function has a stream of its own.
    ordered = sorted(events, key=lambda event: int(event["timestamp"]))
    return [json.loads(event["message"]) for event in ordered]


def queued(cloud: Cloud, outputs: dict[str, Any]) -> list[dict[str, Any]]:
    messages = cloud.client("sqs").receive_message(QueueUrl=outputs["queueUrl"], MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in messages.get("Messages", [])]
