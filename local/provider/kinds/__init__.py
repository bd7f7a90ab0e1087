"""Every resource type that the local cloud makes, by its token: a module for each service of AWS."""

from __future__ import annotations

from collections.abc import Mapping

from local.provider.kind import Kind
from local.provider.kinds import batch, cloudwatch, ecr, events, iam, job_definition, lambda_, logs, sns, sqs

KINDS: Mapping[str, Kind] = {
    kind.token: kind
    for service in (batch, cloudwatch, ecr, events, iam, job_definition, lambda_, logs, sns, sqs)
    for kind in service.KINDS
}
