"""The pair's alarms: there, telling somebody, and silent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from components.documents.alarms import pair_alarms
from ops.check.ask import Ask
from ops.check.expected import Expected
from ops.check.verdict import Finding, Good, Link, Verdict


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One alarm as CloudWatch has it; ``actions`` are what it does when it fires."""

    name: str
    state: str
    reason: str
    enabled: bool
    actions: tuple[str, ...]


def expected_names(expected: Expected) -> tuple[str, ...]:
    """The names of the alarms that this checkout would deploy."""
    return tuple(_meanings(expected))


def _meanings(expected: Expected) -> dict[str, str]:
    """What each alarm says when it fires."""
    listed = pair_alarms(expected.names, expected.pair.rules)
    return {expected.names.alarm(alarm.suffix): alarm.description for alarm in listed}


def look_at_alarms(ask: Ask, names: Sequence[str]) -> tuple[Alarm, ...]:
    """Those of the alarms that there are."""
    found = ask.listed(
        "cloudwatch",
        "describe_alarms",
        "MetricAlarms",
        AlarmNames=list(names),
        AlarmTypes=["MetricAlarm"],
    )
    return tuple(
        Alarm(
            name=item["AlarmName"],
            state=item["StateValue"],
            reason=item.get("StateReason", ""),
            enabled=item["ActionsEnabled"],
            actions=tuple(item.get("AlarmActions", ())),
        )
        for item in found or []
    )


def judge_alarms(alarms: tuple[Alarm, ...], expected: Expected) -> Iterator[Verdict]:
    """What is wrong with them; one finding for all that share a fault, since they share its remedy."""
    names = expected_names(expected)
    findings = [
        *_missing(names, alarms, expected),
        *_mute(alarms, expected),
        *_disabled(alarms, expected),
        *_firing(alarms, expected),
    ]
    yield from findings
    if not findings:
        yield Good(
            link=Link.ALARM, subject=f"{len(names)} alarms of {expected.names.base}", note="none fires"
        )


def _missing(names: Sequence[str], alarms: tuple[Alarm, ...], expected: Expected) -> Iterator[Finding]:
    there = {alarm.name for alarm in alarms}
    missing = [name for name in names if name not in there]
    if missing:
        yield _finding(missing, "there is no such alarm", expected.redeploy)


def _mute(alarms: tuple[Alarm, ...], expected: Expected) -> Iterator[Finding]:
    wanted = set(expected.topics)
    mute = [alarm.name for alarm in alarms if not alarm.actions or not wanted <= set(alarm.actions)]
    if not mute:
        return
    if wanted:
        topics = ", ".join(sorted(wanted))
        yield _finding(mute, f"they do not notify all of {topics}", expected.redeploy)
    else:
        yield _finding(
            mute,
            "nobody is notified: they have no actions",
            f"set alarmEmails of stack {expected.names.stack}, or {expected.key('alarmTopics')}, and "
            f"{expected.redeploy}",
        )


def _disabled(alarms: tuple[Alarm, ...], expected: Expected) -> Iterator[Finding]:
    disabled = [alarm.name for alarm in alarms if not alarm.enabled]
    if disabled:
        command = f"cloudwatch enable-alarm-actions --alarm-names {' '.join(disabled)}"
        yield _finding(disabled, "nobody is notified: actions are disabled", f"run {expected.aws(command)}")


def _firing(alarms: tuple[Alarm, ...], expected: Expected) -> Iterator[Finding]:
    meanings = _meanings(expected)
    for alarm in alarms:
        if alarm.state == "ALARM":
            yield _finding(
                [alarm.name],
                f"it fires: {meanings.get(alarm.name, alarm.reason)}",
                f"see what failed with {expected.tool('monitor --since 24h')}",
            )


def _finding(names: Sequence[str], found: str, remedy: str) -> Finding:
    return Finding(link=Link.ALARM, subject=", ".join(names), found=found, remedy=remedy)
