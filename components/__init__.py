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

# Module -> what of it is public.
_HOMES = {
    "components.args": "BatchImageUpdaterArgs",
    "components.batch_image_updater": "BatchImageUpdater args_of",
    "components.job_definition": "following_job_definition",
    "components.monitoring": "alarm_topic overview_dashboard",
    "components.pair": "Dashboard Pair",
    "components.problems": "ConfigErrors Problem",
    "handler.settings": "LogLevel Pin",
}


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names.split():
            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
