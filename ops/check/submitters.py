"""EventBridge rules that submit jobs of a fixed revision, and so never see a rollout.

What Step Functions, schedules of EventBridge Scheduler and scripts submit can't be seen from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ops.check.ask import Ask, together
from ops.check.expected import Expected
from ops.check.verdict import Finding, Good, Link, Verdict

_REVISION = re.compile(r"(?:.*:job-definition/)?(?P<name>[^:/]+):(?P<revision>\d+)")


@dataclass(frozen=True, kw_only=True)
class Submitter:
    """A target that is a job queue: whose rule it is, and the job definition as it is written there."""

    bus: str
    rule: str
    target: str
    definition: str

    @property
    def where(self) -> str:
        return self.rule if self.bus == "default" else f"{self.rule} of bus {self.bus}"


def look_for_submitters(ask: Ask) -> tuple[Submitter, ...]:
    """All of the account and region, found by the job queues that they submit to."""
    queues = [item["jobQueueArn"] for item in ask.listed("batch", "describe_job_queues", "jobQueues") or []]
    if not queues:
        return ()
    buses = [item["Name"] for item in (ask("events", "list_event_buses") or {}).get("EventBuses", [])]
    places = [(queue, bus) for queue in queues for bus in buses]
    found = together(lambda place: _rules(ask, *place), places)
    rules = sorted({(bus, rule) for (_, bus), names in found.items() for rule in names})
    return tuple(
        item for each in together(lambda rule: _targets(ask, *rule), rules).values() for item in each
    )


def _rules(ask: Ask, queue: str, bus: str) -> list[str]:
    return (
        ask.listed("events", "list_rule_names_by_target", "RuleNames", TargetArn=queue, EventBusName=bus)
        or []
    )


def _targets(ask: Ask, bus: str, rule: str) -> list[Submitter]:
    found = ask.listed("events", "list_targets_by_rule", "Targets", Rule=rule, EventBusName=bus)
    return [
        Submitter(bus=bus, rule=rule, target=item["Id"], definition=item["BatchParameters"]["JobDefinition"])
        for item in found or []
        if item.get("BatchParameters")
    ]


def judge_submitters(submitters: tuple[Submitter, ...], expected: Expected) -> Iterator[Verdict]:
    """Those that name a revision of one of the pair's definitions."""
    definitions = expected.pair.job_definitions
    fixed = 0
    for item in submitters:
        match = _REVISION.fullmatch(item.definition)
        if match is None or match["name"] not in definitions:
            continue
        fixed += 1
        yield Finding(
            link=Link.SUBMITTER,
            subject=item.where,
            found=f"its target {item.target} submits revision {match['revision']} of {match['name']} for "
            "ever, whatever is rolled out",
            remedy=f"let the target name {match['name']} without a revision (arn_prefix, not arn)",
        )
    if not fixed:
        yield Good(link=Link.SUBMITTER, subject=f"{len(submitters)} targets of EventBridge that submit jobs")
