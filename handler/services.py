"""What a run talks to: AWS Batch, ECR and the clock."""

from __future__ import annotations

from dataclasses import dataclass

from handler.aws.batch import Batch
from handler.aws.ecr import Ecr
from handler.clock import Clock
from handler.value import Value


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Services(Value):
    """The gateways of one run. Everything that it asks or changes goes through them."""

    batch: Batch
    ecr: Ecr
    clock: Clock
