"""A pair as its function sees it, reached with the operator's own credentials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from handler.batch import Batch
from handler.clock import Clock
from handler.ecr import Ecr
from handler.errors import AwsError, MalformedAnswer
from handler.image import Repository
from handler.services import Services
from handler.settings import Settings
from handler.target import Target
from ops.aws import Aws, in_operators_words


@dataclass(frozen=True, kw_only=True)
class Access:
    """What the function works with, but for its event and its deadline: the tool has none."""

    settings: Settings
    target: Target
    services: Services


def access(settings: Settings, aws: Aws) -> Access:
    """The way to one pair. Asks AWS whose credentials these are; raises OpsError."""
    repository = Repository(
        account=aws.identity.account,
        region=aws.region_name,
        name=settings.repository,
        partition=aws.identity.partition,
    )
    clock = Clock(remaining=lambda: float("inf"))
    batch = Batch(reader=aws.client("batch"), writer=aws.client("batch", attempts=1), clock=clock)
    return Access(
        settings=settings,
        target=Target.of(settings, repository),
        services=Services(batch=batch, ecr=Ecr(aws.client("ecr"), repository), clock=clock),
    )


def give_up(error: Exception) -> NoReturn:
    """A failed call is told in the operator's words; anything else goes on as it is."""
    if isinstance(error, AwsError) and not isinstance(error, MalformedAnswer):
        raise in_operators_words(error) from error
    raise error
