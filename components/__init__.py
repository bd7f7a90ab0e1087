"""The Pulumi component, its parts, and the model of a pair.

The public names load on first use: the tool and the local cloud read pairs without Pulumi.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from components.args import BatchImageUpdaterArgs, args_of
    from components.batch_image_updater import BatchImageUpdater
    from components.choices import Dashboard, LogLevel, Pin
    from components.job_definition import following_job_definition
    from components.pair import Pair
    from components.problems import ConfigErrors, Problem
    from components.stack_overview import overview_dashboard
    from components.stack_topic import alarm_topic

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
    "BatchImageUpdater": "batch_image_updater",
    "BatchImageUpdaterArgs": "args",
    "ConfigErrors": "problems",
    "Dashboard": "choices",
    "LogLevel": "choices",
    "Pair": "pair",
    "Pin": "choices",
    "Problem": "problems",
    "args_of": "args",
    "alarm_topic": "stack_topic",
    "following_job_definition": "job_definition",
    "overview_dashboard": "stack_overview",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"components.{_HOMES[name]}"), name)
