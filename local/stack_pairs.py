"""The region and the pairs of a stack, read from its files as the tool reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from components.pair import Pair
from local.seed import seed_pair
from ops.stack import open_stack

if TYPE_CHECKING:
    from local.cloud import Cloud


@dataclass(frozen=True)
class StackFile:
    """What the local cloud has to know of a stack before it runs the program."""

    project: str
    region: str | None
    pairs: Mapping[str, Pair]


def read_stack(project_dir: Path, stack: str) -> StackFile:
    """Reads ``Pulumi.yaml`` and ``Pulumi.<stack>.yaml``. Raises OpsError."""
    opened = open_stack(project_dir, chosen=stack, environment={})
    return StackFile(opened.project, opened.region, opened.config.pairs)


def seed_stack(cloud: Cloud, stack: StackFile) -> None:
    """Gives every pair its repository and a first revision of its job definitions."""
    for pair in stack.pairs.values():
        roles = [str(role) for role in pair.pass_roles]
        seed_pair(cloud, repository=pair.repository, job_definitions=pair.job_definitions, roles=roles)
