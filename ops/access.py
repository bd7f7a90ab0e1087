"""A pair as its function sees it, reached with the operator's own credentials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from handler.aws.batch import Batch
from handler.aws.ecr import Ecr
from handler.clock import Clock
from handler.document.image import Repository
from handler.errors import AwsError, MalformedAnswer
from handler.intent import Services
from handler.settings import Settings
from handler.target import Target
from ops.aws import Aws, in_operators_words


@dataclass(frozen=True, kw_only=True)
class Access:
    """What the function works with, but for its event and its deadline: the tool has none."""

    target: Target
    services: Services

    @property
    def settings(self) -> Settings:
        """The pair's."""
        return self.target.settings


def access(settings: Settings, aws: Aws) -> Access:
    """The way to one pair. Asks AWS whose credentials these are; raises OpsError."""
    repository, clock = repository_of(settings.repository, aws), _endless()
    ecr = Ecr(aws.client("ecr"), repository)
    return Access(
        target=Target(settings=settings, repository=repository),
        services=Services(batch=_batch(aws, clock), ecr=ecr, clock=clock),
    )


def repository_of(name: str, aws: Aws) -> Repository:
    """The repository of that name in the operator's account and region. Raises OpsError."""
    identity = aws.identity
    return Repository(
        account=identity.account, region=aws.region_name, name=name, partition=identity.partition
    )


def batch_of(aws: Aws) -> Batch:
    """AWS Batch with the operator's credentials and all the time in the world."""
    return _batch(aws, _endless())


def _batch(aws: Aws, clock: Clock) -> Batch:
    """Its writer repeats nothing on its own."""
    return Batch(reader=aws.client("batch"), writer=aws.client("batch", attempts=1), clock=clock)


def _endless() -> Clock:
    return Clock(remaining=lambda: float("inf"))


def give_up(error: Exception) -> NoReturn:
    """A failed call is told in the operator's words; anything else goes on as it is."""
    if isinstance(error, AwsError) and not isinstance(error, MalformedAnswer):
        raise in_operators_words(error) from error
    raise error
