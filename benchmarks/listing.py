"""What listing a large repository costs the function: calls, time and memory.

The packaged archive runs under AWS's Lambda runtime client against the local cloud; the time contains that
of the local ECR, which answers from memory, and none of a network.

    python -m benchmarks.listing [IMAGES]
"""

from __future__ import annotations

import json
import sys
from typing import Any

from local.cloud import Cloud
from local.seed import seed_pair

_ROLE = "arn:aws:iam::123456789012:role/job"
_FUNCTION = "ecr-batch-updater-bench-listing"
_POLICY = {"semver": ">=0.0.0"}


def main(images: int) -> None:
    """Prints one line an invocation: cold with a registration, then warm with nothing to do."""
    with Cloud() as cloud:
        seed_pair(cloud, repository="backend", job_definitions=["job"], roles=[_ROLE])
        pair = {
            "repository": "backend",
            "jobDefinitions": ["job"],
            "passRoles": [_ROLE],
            "imagePolicy": _POLICY,
        }
        cloud.deploy("bench", config={"ecr-batch-updater:pairs": {"listing": pair}})
        cloud.client("events").disable_rule(Name=_FUNCTION)
        for number in range(images):
            text = json.dumps(
                {"schemaVersion": 2, "config": {"digest": f"sha256:{number:064x}"}, "layers": []}
            )
            tag = f"0.{number // 100}.{number % 100}"
            cloud.ecr.put_image({"repositoryName": "backend", "imageManifest": text, "imageTag": tag})
        print(f"{images} tagged images, policy {json.dumps(_POLICY)}, memorySize 256 MB")
        for label in ("cold, one registration", "warm, nothing to do"):
            print(f"{label}: {_measured(cloud)}")


def _measured(cloud: Cloud) -> str:
    before = len(cloud.calls_by(_FUNCTION))
    answer = cloud.client("lambda").invoke(FunctionName=_FUNCTION, Payload=b'{"action": "reconcile"}')
    assert "FunctionError" not in answer, answer["Payload"].read()
    calls = [call.action for call in cloud.calls_by(_FUNCTION)[before:]]
    report = _last_report(cloud)
    return (
        f"{calls.count('ecr:DescribeImages')} DescribeImages calls, {report['durationMs'] / 1000:.2f} s, "
        f"peak {report['maxMemoryUsedMB']} MB"
    )


def _last_report(cloud: Cloud) -> dict[str, Any]:
    events = cloud.client("logs").filter_log_events(
        logGroupName=f"/aws/lambda/{_FUNCTION}", filterPattern='{ $.type = "platform.report" }'
    )["events"]
    found: dict[str, Any] = json.loads(events[-1]["message"])["record"]["metrics"]
    return found


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
