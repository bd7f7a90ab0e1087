"""What a run talks to: AWS Batch, ECR and the clock."""

from __future__ import annotations

from dataclasses import dataclass

from handler.batch import Batch
from handler.clock import Clock
from handler.ecr import Ecr


@dataclass(frozen=True, kw_only=True)
class Services:
    """The gateways of one run. Everything that it asks or changes goes through them."""

    batch: Batch
    ecr: Ecr
    clock: Clock
