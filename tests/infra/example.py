"""The example stack as the program registers it, and variations of it."""

from __future__ import annotations

from typing import Any

import yaml

from tests.support.recorder import (
    ACCOUNT,
    ROOT,
    Recording,
    Registered,
)

PAIR = "newsarchivepro"
BASE = f"ecr-batch-updater-dev-{PAIR}"
HERE = f"ap-southeast-2:{ACCOUNT}"
QUEUE = f"arn:aws:sqs:{HERE}:{BASE}-dlq"
RULE = f"arn:aws:events:{HERE}:rule/{BASE}"
SCHEDULE = f"{RULE}-reconcile"
FUNCTION = f"arn:aws:lambda:{HERE}:function:{BASE}"
TAGS = {"project": "ecr-batch-updater", "stack": "dev", "pair": PAIR, "managed-by": "pulumi"}
ROLES = ("arn:aws:iam::123456789012:role/ocr-job", "arn:aws:iam::123456789012:role/ocr-execution")
TOPIC = f"arn:aws:sns:{HERE}:team"


def example() -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]
    return config


def with_keys(**keys: Any) -> dict[str, Any]:
    config = example()
    pairs = config["ecr-batch-updater:pairs"]
    return config | {"ecr-batch-updater:pairs": {PAIR: pairs[PAIR] | keys}}


def without_schedule() -> dict[str, Any]:
    config = example()
    pairs = config["ecr-batch-updater:pairs"]
    own = {key: value for key, value in pairs[PAIR].items() if key != "reconcile"}
    return config | {"ecr-batch-updater:pairs": {PAIR: own}}


def part(recording: Recording, name: str) -> Registered:
    (found,) = (resource for resource in recording.resources if resource.name == f"{PAIR}-{name}")
    return found


def needs(resource: Registered) -> set[str]:
    return {urn.rpartition("::")[2] for urn in resource.depends_on}
