"""One component for each pair of the stack configuration, and one output."""

from __future__ import annotations

import gc

import pulumi
from pulumi.runtime.config import CONFIG, is_config_secret

import stack_config
from components import BatchImageUpdater, ConfigErrors, alarm_topic, args_of, overview_dashboard
from components.scope import state_options

# All that an evaluation makes stays until it ends: looking for garbage takes longer with every pair.
gc.disable()

try:
    project = pulumi.get_project()
    secret = frozenset(key for key in stack_config.KEYS if is_config_secret(f"{project}:{key}"))
    config = stack_config.load(
        stack_config.from_pulumi(CONFIG.get(), project),
        project=project,
        stack=pulumi.get_stack(),
        secret=secret,
    )
except ConfigErrors as error:
    # Shown without a traceback: the message is for the person who wrote the configuration.
    raise pulumi.RunError(str(error)) from error

topic = alarm_topic(config.alarm_emails, state_options(encrypted="alarmEmails" in secret))
options = state_options(encrypted=not secret.isdisjoint({"pairs", "defaults"}))
updaters = {
    name: BatchImageUpdater(name, args_of(pair, topic=topic, protect=config.protect), options)
    for name, pair in config.pairs.items()
}
overview_dashboard(updaters.values())
pulumi.export("pairs", {name: updater.outputs() for name, updater in updaters.items()})
