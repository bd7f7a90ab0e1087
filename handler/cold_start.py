"""What makes the function start quickly: all of its tricks, and nothing but them.

What each wins, of the CPU time from the beginning of the process to its first registration, as seen on
27 November 2026 (Python 3.11; medians of 60 comparisons, with quartiles) by ``python -m benchmarks.tricks``:

* The SDK reads no more than the clients of three services need (``_Models``): 11 % (8 to 13).
* The models are read before the first event (``load``): nothing of the whole, but 38 % (34 to 44) of what is
  left to do once the event is there, when Lambda gives a small function a fraction of a CPU.
* Garbage is looked for seldom: 8 % (4 to 10).

A trick that wins less than a tenth is not worth its code. The last is an exception: it is one line, and
without it the start comes too close to the limit in benchmarks/cold_start.py.
"""

from __future__ import annotations

import gc
import os
from functools import cache
from typing import Any

# Before the SDK loads: hundreds of thousands of objects come into being, nearly all of them to stay, and
# Python would look through them again and again. The garbage of a run waits a little longer for that.
gc.set_threshold(100_000)

import botocore.session  # noqa: E402
from botocore.loaders import Loader  # noqa: E402

_SERVICES = ("batch", "ecr", "events")


@cache
def session() -> Any:
    """The process's botocore session, whose clients are made quickly: ``new_session``."""
    return new_session()


def new_session() -> Any:
    """A botocore session that knows the three services alone, and reads what their clients need."""
    made = botocore.session.get_session()
    paths = made.get_config_variable("data_path")
    made.register_component("data_loader", _Models(paths and paths.split(os.pathsep)))
    return made


def load() -> None:
    """Reads what clients are made from: the services' models, and AWS's partitions.

    Lambda may start a function ahead of its first event, which then finds this done
    (lambda/latest/dg/lambda-runtime-environment.html).
    """
    models = session().get_component("data_loader")
    models.load_data("partitions")
    for service in _SERVICES:
        models.load_service_model(service, "service-2")
        models.load_service_model(service, "endpoint-rule-set-1")


class _Models(Loader):  # type: ignore[misc]
    """Leaves out what botocore reads and three services have no use for."""

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
