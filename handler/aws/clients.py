"""The AWS clients, tuned so that the slowest call ends well before the function does.

botocore is used without boto3, whose import the function would pay for at every cold start. Retry modes:
boto3's guide "Retries" (standard mode repeats throttling, 5xx and lost connections with backoff).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.loaders import Loader

from handler.parallel import MOST_AT_ONCE

_ATTEMPTS = 4
_SERVICES = ("batch", "ecr", "events")


@dataclass(frozen=True)
class Clients:
    """One session's clients; ``batch_writer`` repeats nothing on its own.

    ``events`` makes its client when it is first called: most runs have nothing to publish.
    """

    batch: Any
    batch_writer: Any
    ecr: Any
    events: Callable[[], Any]
    slowest_call: float


def load() -> None:
    """Reads what clients are made from: the models of the services, and AWS's partitions.

    To be called while the function starts. Lambda may start one ahead of its first event, which then finds
    this done (lambda/latest/dg/lambda-runtime-environment.html).
    """
    models = _session().get_component("data_loader")
    models.load_data("partitions")
    # Not those of "events", which most runs have no use for.
    for service in ("batch", "ecr"):
        models.load_service_model(service, "service-2")
        models.load_service_model(service, "endpoint-rule-set-1")


_made: list[Clients] = []


def clients(timeout: float) -> Clients:
    """The clients for a function with a timeout of that many seconds; made once a process.

    ``slowest_call`` is what a call with all its retries can take, in seconds; of a timeout that is hardly
    longer, a third.
    """
    if not _made:
        _made.append(make(_session(), timeout))
    return _made[0]


def make(session: Any, timeout: float) -> Clients:
    """New clients of a session of ``new_session``; ``timeout`` as for ``clients``."""
    wait = min(10.0, max(1.0, timeout / 30))

    def client(service: str, attempts: int) -> Any:
        config = Config(
            connect_timeout=min(3.0, wait),
            read_timeout=wait,
            retries={"mode": "standard", "total_max_attempts": attempts},
            max_pool_connections=MOST_AT_ONCE,
            # Tells CloudTrail who called. The SDK's own takes a fifth of a call's CPU time to put together.
            user_agent=f"ecr-batch-updater Botocore/{botocore.__version__}",
        )
        return session.create_client(service, config=config)

    return Clients(
        batch=client("batch", _ATTEMPTS),
        batch_writer=client("batch", 1),
        ecr=client("ecr", _ATTEMPTS),
        events=cache(lambda: client("events", _ATTEMPTS)),
        slowest_call=min(_ATTEMPTS * wait + 2 ** (_ATTEMPTS - 1) - 1, timeout / 3),
    )


def new_session() -> Any:
    """A botocore session that reads the models of a few services quickly, and knows no others."""
    session = botocore.session.get_session()
    paths = session.get_config_variable("data_path")
    session.register_component("data_loader", _Models(paths and paths.split(os.pathsep)))
    return session


@cache
def _session() -> Any:
    return new_session()


class _Models(Loader):  # type: ignore[misc]
    """Reads no more than clients of a few services need: the rest is a third of what making them takes."""

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002
        """botocore lists the directories of some 400 services to tell which ones there are."""
        return list(_SERVICES)

    def load_data_with_path(self, name: str) -> Any:
        """botocore's table of endpoints, 1 MB, is of no use where each service has rules for its own.

        What is still asked of it, the partition of a region, stands in a small file as well.
        """
        if name != "endpoints":
            return super().load_data_with_path(name)
        known, path = super().load_data_with_path("partitions")
        partitions = [
            {
                "partition": each["id"],
                "dnsSuffix": each["outputs"]["dnsSuffix"],
                "regionRegex": each["regionRegex"],
                "regions": each["regions"],
                "services": {},
                "defaults": {
                    "hostname": "{service}.{region}.{dnsSuffix}",
                    "protocols": ["https"],
                    "signatureVersions": ["v4"],
                },
            }
            for each in known["partitions"]
        ]
        return {"version": 3, "partitions": partitions}, path
