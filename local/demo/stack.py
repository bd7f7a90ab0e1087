"""The stack that is demonstrated, and what the steps change in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from local.demo.stage import Stage
from local.deploy import deploy_program
from local.seed import seed_pair
from ops.pulumi_files.project import read_document

PROJECT = Path(__file__).resolve().parents[2]
STACK = "dev"
_PAIRS = "ecr-batch-updater:pairs"


def config() -> dict[str, Any]:
    """What the stack's file says, to be changed at will."""
    found: dict[str, Any] = read_document(PROJECT / f"Pulumi.{STACK}.yaml").value["config"]
    return found


def pair_of(values: dict[str, Any], definition: str) -> dict[str, Any]:
    """The pair of a job definition."""
    pairs: list[dict[str, Any]] = list(values[_PAIRS].values())
    return next(pair for pair in pairs if definition in pair["jobDefinitions"])


def deploy(stage: Stage, values: dict[str, Any]) -> dict[str, Any]:
    """Deploys the stack with these values; the outputs by pair."""
    outputs: dict[str, Any] = deploy_program(stage.cloud, STACK, project_dir=PROJECT, config=values)["pairs"]
    return outputs


def join(stage: Stage, name: str, **keys: Any) -> Stage:
    """Seeds and deploys one more pair, with these keys; the stage on which it stands."""
    repository, definition = f"newsarchive-{name}", f"newsarchivepro-{name}-job"
    values = config()
    roles = pair_of(values, stage.job_definition)["passRoles"]
    seed_pair(stage.cloud, repository=repository, job_definitions=[definition], roles=roles)
    values[_PAIRS][name] = {
        "repository": repository,
        "jobDefinitions": [definition],
        "passRoles": roles,
        **keys,
    }
    outputs = deploy(stage, values)[name]
    return replace(stage, repository=repository, job_definition=definition, outputs=outputs)
