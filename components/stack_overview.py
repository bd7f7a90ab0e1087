"""The one dashboard of a stack: dashboards cost money each, and this one shows any number of pairs."""

from __future__ import annotations

from collections.abc import Iterable

import pulumi
import pulumi_aws as aws

from components.batch_image_updater import BatchImageUpdater
from components.documents.overview import on_overview, overview_body, overview_problems
from components.naming import overview_name
from components.problems import ConfigErrors
from components.scope import lookup_place, to_json


def overview_dashboard(updaters: Iterable[BatchImageUpdater]) -> pulumi.Output[str] | None:
    """The name of a dashboard of all ``updaters`` but those whose ``dashboard`` is none.

    None, and no dashboard, unless one of them says ``overview``. They are expected in the place of the
    program's default provider. Raises ConfigErrors when they are too many for a dashboard.
    """
    known = {updater.shown.names.pair: updater for updater in updaters}
    choices = {name: updater.dashboard_choice for name, updater in known.items()}
    if problems := overview_problems(choices):
        raise ConfigErrors(problems)
    shown = [known[name].shown for name in on_overview(choices)]
    if not shown:
        return None
    project, stack = pulumi.get_project(), pulumi.get_stack()
    dashboard = aws.cloudwatch.Dashboard(
        "overview",
        dashboard_name=overview_name(project, stack),
        dashboard_body=lookup_place().apply(
            lambda place: to_json(overview_body(f"{project} {stack}", place, shown))
        ),
        opts=pulumi.ResourceOptions(delete_before_replace=True),
    )
    return dashboard.dashboard_name
