"""The Pulumi component, its parts, and the model of a pair.

The public names load on first use: the tool and the local cloud read pairs without Pulumi.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from components.args import BatchImageUpdaterArgs
    from components.batch_image_updater import BatchImageUpdater, args_of
    from components.job_definition import following_job_definition
    from components.monitoring import alarm_topic, overview_dashboard
    from components.pair import Dashboard, Pair
    from components.problems import ConfigErrors, Problem
    from handler.settings import LogLevel, Pin

__all__ = [
    "BatchImageUpdater",
    "BatchImageUpdaterArgs",
    "ConfigErrors",
    "Dashboard",
    "LogLevel",
    "Pair",
    "Pin",
    "Problem",
    "alarm_topic",
    "args_of",
    "following_job_definition",
    "overview_dashboard",
]

_HOMES = {
    "BatchImageUpdater": "components.batch_image_updater",
    "BatchImageUpdaterArgs": "components.args",
    "ConfigErrors": "components.problems",
    "Dashboard": "components.pair",
    "LogLevel": "handler.settings",
    "Pair": "components.pair",
    "Pin": "handler.settings",
    "Problem": "components.problems",
    "alarm_topic": "components.monitoring",
    "args_of": "components.batch_image_updater",
    "following_job_definition": "components.job_definition",
    "overview_dashboard": "components.monitoring",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
