"""One component for each pair of the stack configuration, and one output."""

from __future__ import annotations

import gc

import pulumi
from pulumi.runtime.config import CONFIG

import stack_config
from components import BatchImageUpdater, ConfigErrors, alarm_topic, args_of, overview_dashboard

# All that an evaluation makes stays until it ends: looking for garbage takes longer with every pair.
gc.disable()

try:
    project = pulumi.get_project()
    config = stack_config.load(
        stack_config.from_pulumi(CONFIG.get(), project), project=project, stack=pulumi.get_stack()
    )
except ConfigErrors as error:
    # Shown without a traceback: the message is for the person who wrote the configuration.
    raise pulumi.RunError(str(error)) from error

topic = alarm_topic(config.alarm_emails)
updaters = {
    name: BatchImageUpdater(name, args_of(pair, topic=topic, protect=config.protect))
    for name, pair in config.pairs.items()
}
overview_dashboard(updaters.values())
pulumi.export("pairs", {name: updater.outputs() for name, updater in updaters.items()})
