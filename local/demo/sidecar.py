"""The step with a definition of two containers, of which one is not the repository's."""

from __future__ import annotations

from dataclasses import replace

from local.demo.screen import differences, flat, unexpected
from local.demo.stack import config, deploy, pair_of
from local.demo.stage import Stage
from local.seed import multi_container_definition, push

_SIDECAR = "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable"
_WORKER = "ecsProperties.taskProperties[0].containers[1].image"


def sidecars_stay(stage: Stage) -> None:
    """(4) A definition with a sidecar joins the pair: the next push changes the repository's container."""
    screen, name = stage.screen, f"{stage.job_definition}-with-sidecar"
    screen.title("4. A job definition with a sidecar joins the pair, and an image is pushed")
    _join(stage, name)
    joined = replace(stage, job_definition=name)
    before = joined.newest()
    digest = push(stage.cloud, stage.repository, "build with a sidecar", stage.tag)
    stage.cloud.settle()
    after = joined.newest()
    changed = differences(before, after)
    screen.changes(changed)
    others = unexpected(changed, _WORKER)
    screen.expect(digest in flat(after)[_WORKER], "the container of the repository has the pushed image")
    screen.expect(_SIDECAR in flat(after).values(), f"the sidecar is as it was: {_SIDECAR}")
    screen.expect(not others, f"and so is everything else {others or ''}".strip())


def _join(stage: Stage, name: str) -> None:
    """Registers the definition, and deploys the stack with it among the pair's job definitions."""
    values = config()
    pair = pair_of(values, stage.job_definition)
    pair["jobDefinitions"].append(name)
    roles = pair["passRoles"]
    registry = f"{stage.cloud.account}.dkr.ecr.{stage.cloud.region}.amazonaws.com"
    stage.cloud.client("batch").register_job_definition(
        **multi_container_definition(
            name,
            image=f"{registry}/{stage.repository}:first",
            sidecar=_SIDECAR,
            job_role=roles[0],
            execution_role=roles[-1],
        )
    )
    deploy(stage, values)
