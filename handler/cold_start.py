"""What makes the function start quickly. A trick is kept here, and while it wins a tenth of the start.

``python -m benchmarks.tricks`` takes each out of the archive and measures the start again, in CPU time from
the beginning of the process to its first registration. TODO
"""

from __future__ import annotations

import gc
import os
from functools import cache
from typing import Any

# Before the SDK loads.
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
    """Reads what clients are made from: the services' models, and AWS's partitions."""
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
