"""A preview shows as unknown what is not known yet, and nothing else; and never the word None."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pulumi

from components import BatchImageUpdater, overview_dashboard
from tests.infra.other_program import ROLE, TOPIC, args
from tests.support.recorder import Place, Recording, evaluate

UNKNOWN = pulumi.runtime.rpc.UNKNOWN
OPTIONS = {"requires": {"max_severity": "HIGH"}, "reconcile": "rate(1 hour)", "follow_changes": True}


Keys = Callable[[pulumi.Output[Any]], dict[str, Any]]


def preview(keys: Keys = lambda _: {}, place: Place | None = None) -> Recording:
    """What a component with ``keys`` registers; they are told what is not known yet."""

    def program() -> None:
        unknown = pulumi.Output.from_input(pulumi.UNKNOWN)
        updater = BatchImageUpdater("ocr", args(**{**OPTIONS, **keys(unknown)}))
        overview_dashboard([updater])
        pulumi.export("dashboard", updater.dashboard_url)

    return evaluate(program, project="platform", stack_name="prod", place=place, preview=True)


def unknown_in(recording: Recording) -> set[str]:
    return {
        f"{resource.short}.{key}"
        for resource in recording.resources
        for key, value in resource.sent.items()
        if UNKNOWN in json.dumps(value)
    }


def test_where_all_is_known_nothing_is_unknown() -> None:
    assert unknown_in(preview()) == set()


def test_before_the_provider_can_be_asked_what_holds_region_or_account_is_unknown() -> None:
    recording = preview(lambda _: {"dashboard": "overview"}, Place(asked=False))
    assert unknown_in(recording) == {"EventRule.eventPattern", "RolePolicy.policy", "Dashboard.dashboardBody"}
    text = json.dumps([*(resource.sent for resource in recording.resources), *recording.outputs])
    assert "None" not in text
    assert isinstance(recording.exports["dashboard"], type(pulumi.UNKNOWN))


def test_a_role_that_is_not_made_yet_leaves_all_but_the_policy_known() -> None:
    assert unknown_in(preview(lambda unknown: {"pass_roles": [ROLE, unknown]})) == {"RolePolicy.policy"}


def test_a_topic_that_is_not_made_yet_stands_beside_those_that_are() -> None:
    recording = preview(lambda unknown: {"alarm_topics": [TOPIC, unknown]})
    assert unknown_in(recording) == {"MetricAlarm.alarmActions"}
    assert {tuple(alarm.sent["alarmActions"]) for alarm in recording.all("MetricAlarm")} == {(TOPIC, UNKNOWN)}


def test_a_tag_that_is_not_known_yet_stands_beside_those_that_are() -> None:
    recording = preview(lambda unknown: {"tags": {"team": "ocr", "cost": unknown}})
    tags = recording.one("Queue").sent["tags"]
    assert (tags["team"], tags["pair"], tags["cost"]) == ("ocr", "ocr", UNKNOWN)


def test_a_repository_that_is_not_known_yet_leaves_the_schedule_and_the_alarms_known() -> None:
    assert unknown_in(preview(lambda unknown: {"repository": unknown})) == {
        "EventRule.eventPattern",
        "Function.environment",
        "RolePolicy.policy",
    }
