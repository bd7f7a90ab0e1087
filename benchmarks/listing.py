"""What listing a large repository costs the function: calls, time and memory.

The packaged archive runs under AWS's Lambda runtime client against the local cloud; the time contains that
of the local ECR, which answers from memory, and none of a network.

    python -m benchmarks.listing [IMAGES]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.figure import Figure, show
from local.cloud import Cloud
from local.deploy import deploy_program
from local.seed import seed_pair

_ROLE = "arn:aws:iam::123456789012:role/job"
_FUNCTION = "ecr-batch-updater-bench-listing"
_POLICY = {"semver": ">=0.0.0"}


def figures(images: int = 10_000) -> Iterator[Figure]:
    """A cold invocation with a registration, then a warm one with nothing to do."""
    with Cloud() as cloud:
        seed_pair(cloud, repository="backend", job_definitions=["job"], roles=[_ROLE])
        pair = {
            "repository": "backend",
            "jobDefinitions": ["job"],
            "passRoles": [_ROLE],
            "imagePolicy": _POLICY,
            "notify": False,
        }
        deploy_program(cloud, "bench", config={"ecr-batch-updater:pairs": {"listing": pair}})
        cloud.client("events").disable_rule(Name=_FUNCTION)
        for number in range(images):
            text = json.dumps(
                {"schemaVersion": 2, "config": {"digest": f"sha256:{number:064x}"}, "layers": []}
            )
            tag = f"0.{number // 100}.{number % 100}"
            cloud.ecr.put_image({"repositoryName": "backend", "imageManifest": text, "imageTag": tag})
        # A look is a call for each 1,000 images, and after a registration there is a second one.
        for label, looks in (("cold, one registration", 2), ("warm, nothing to do", 1)):
            yield from _measured(cloud, f"{images:,} images: {label}", looks * -(-images // 1000))


def _measured(cloud: Cloud, name: str, most_calls: int) -> Iterator[Figure]:
    before = len(cloud.calls_by(_FUNCTION))
    answer = cloud.client("lambda").invoke(FunctionName=_FUNCTION, Payload=b'{"action": "reconcile"}')
    if "FunctionError" in answer:
        raise RuntimeError(f"the invocation failed: {answer['Payload'].read().decode()}")
    calls = [call.action for call in cloud.calls_by(_FUNCTION)[before:]].count("ecr:DescribeImages")
    report = _last_report(cloud)
    yield Figure(name=f"{name}: DescribeImages calls", value=calls, unit="calls", limit=most_calls)
    yield Figure(name=f"{name}: time", value=report["durationMs"] / 1000, unit="s")
    yield Figure(name=f"{name}: peak memory", value=report["maxMemoryUsedMB"], unit="MB", limit=128.0)


def _last_report(cloud: Cloud) -> dict[str, Any]:
    events = cloud.client("logs").filter_log_events(
        logGroupName=f"/aws/lambda/{_FUNCTION}", filterPattern='{ $.type = "platform.report" }'
    )["events"]
    found: dict[str, Any] = json.loads(events[-1]["message"])["record"]["metrics"]
    return found


if __name__ == "__main__":
    show(figures(*map(int, sys.argv[1:])))
