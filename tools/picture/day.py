"""A day of four pairs on the local cloud, told in hours and played in seconds.

One pair only works; one is put on hold; one gets an image that its gate refuses; one loses a definition.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from handler import provenance
from local.cloud import Cloud
from local.cloudwatch.metrics import Value
from local.deploy import deploy_program
from local.seed import fargate_definition, push, seed_pair

STACK = "prod"
ROLE = "arn:aws:iam::123456789012:role/ocr-job"
PAIRS: Mapping[str, Mapping[str, Any]] = {
    "newsarchive": {"jobDefinitions": ["newsarchive-ocr", "newsarchive-index"], "dashboard": "own"},
    "genomics": {"jobDefinitions": ["genomics-align"], "dashboard": "overview"},
    "invoices": {
        "jobDefinitions": ["invoices-extract"],
        "dashboard": "overview",
        "requires": {"maxSeverity": "HIGH", "scanTimeout": "23h"},
    },
    "thumbnails": {"jobDefinitions": ["thumbnails-make"], "dashboard": "overview"},
}
HOURS, NOW = 24, 23.5
_SCHEDULE = {"reconcile": "rate(1 hour)", "passRoles": [ROLE]}

At = Callable[[Cloud], None]


def start(cloud: Cloud, project_dir: Path) -> None:
    """Deploys the stack of the pairs, and what they work on."""
    everything = [{"filter": "*", "filterType": "WILDCARD"}]
    cloud.client("ecr").put_registry_scanning_configuration(
        scanType="BASIC", rules=[{"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": everything}]
    )
    pairs = {name: {**keys, **_SCHEDULE, "repository": name} for name, keys in PAIRS.items()}
    for pair in pairs.values():
        seed_pair(
            cloud,
            repository=pair["repository"],
            job_definitions=pair["jobDefinitions"],
            roles=[ROLE],
        )
    deploy_program(cloud, STACK, project_dir=project_dir, config={"ecr-batch-updater:pairs": pairs})


def play(cloud: Cloud, ticks: Iterable[float] = (*range(0, HOURS, 2), NOW)) -> list[tuple[float, Value]]:
    """The day, with ticks of the schedule at these hours: what was written to CloudWatch, by the hour."""
    shown: list[tuple[float, Value]] = []
    for hour in sorted({*EVENTS, *ticks}):
        before = len(cloud.metrics.values())
        if hour in EVENTS:
            EVENTS[hour](cloud)
            cloud.settle()
        else:
            for name in PAIRS:
                _tick(cloud, name)
        _report_queues(cloud)
        shown += [(hour, value) for value in cloud.metrics.values()[before:]]
    return shown


def function_of(pair: str) -> str:
    return f"ecr-batch-updater-{STACK}-{pair}"


def _tick(cloud: Cloud, pair: str) -> None:
    cloud.client("lambda").invoke(FunctionName=function_of(pair), Payload=json.dumps({"action": "reconcile"}))


def _report_queues(cloud: Cloud) -> None:
    """SQS reports once a minute how many messages are in a queue."""
    sqs = cloud.client("sqs")
    for url in sqs.list_queues()["QueueUrls"]:
        key = "ApproximateNumberOfMessages"
        number = float(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[key])["Attributes"][key])
        name = url.rpartition("/")[2]
        cloud.metrics.put("AWS/SQS", f"{key}Visible", {"QueueName": name}, number)


def _pushed(pair: str, build: str, **findings: int) -> At:
    def happen(cloud: Cloud) -> None:
        digest = push(cloud, pair, build)
        cloud.settle()
        if "requires" in PAIRS[pair]:
            cloud.scans.finish(pair, digest, findings)

    return happen


def _held(cloud: Cloud) -> None:
    """What ``ecr-batch hold`` registers."""
    batch = cloud.client("batch")
    (name,) = PAIRS["genomics"]["jobDefinitions"]
    newest = batch.describe_job_definitions(jobDefinitionName=name, status="ACTIVE")["jobDefinitions"][0]
    image = newest["containerProperties"]["image"]
    document = fargate_definition(name, image=image, job_role=ROLE, execution_role=ROLE)
    document["tags"] |= {provenance.HOLD: "wrong alignments since 08:00"}
    batch.register_job_definition(**document)


def _lost(cloud: Cloud) -> None:
    """Somebody deregisters the definition, and an image is pushed."""
    batch = cloud.client("batch")
    _, name = PAIRS["newsarchive"]["jobDefinitions"]
    for each in batch.describe_job_definitions(jobDefinitionName=name, status="ACTIVE")["jobDefinitions"]:
        batch.deregister_job_definition(jobDefinition=each["jobDefinitionArn"])
    push(cloud, "newsarchive", "fourth build")


EVENTS: Mapping[float, At] = {
    1.5: _pushed("newsarchive", "first build"),
    3.5: _pushed("genomics", "first build"),
    4.5: _pushed("thumbnails", "first build"),
    5.5: _pushed("invoices", "first build"),
    8.2: _held,
    9.5: _pushed("genomics", "second build"),
    11.5: _pushed("newsarchive", "second build"),
    13.5: _pushed("invoices", "second build", CRITICAL=1),
    16.5: _pushed("newsarchive", "third build"),
    19.5: _lost,
    21.5: _pushed("thumbnails", "second build"),
}
