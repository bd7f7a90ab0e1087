"""The log group: there, and keeping what it is told to keep."""

from __future__ import annotations

from dataclasses import dataclass

from ops.check.ask import Ask
from ops.check.expected import Expected
from ops.check.verdict import Finding, Good, Link, Verdict


@dataclass(frozen=True)
class LogGroup:
    """``days`` is its retention; None keeps everything."""

    days: int | None


def look_at_log_group(ask: Ask, name: str) -> LogGroup | None:
    """The log group, or None if there is none."""
    groups = ask.listed("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=name)
    found = next((group for group in groups or [] if group["logGroupName"] == name), None)
    return None if found is None else LogGroup(found.get("retentionInDays"))


def judge_log_group(group: LogGroup | None, expected: Expected) -> Verdict:
    """Whether outcomes are logged, and for how long they are kept."""
    name, wanted = expected.names.log_group, expected.pair.log_retention_days
    if group is None:
        found = "there is no such log group, so no outcome is kept"
    elif group.days != wanted:
        keeps = "for ever" if group.days is None else f"for {group.days} days"
        found = f"it keeps records {keeps}, logRetentionDays says {wanted}"
    else:
        return Good(link=Link.LOG_GROUP, subject=name, note=f"{wanted} days")
    return Finding(link=Link.LOG_GROUP, subject=name, found=found, remedy=expected.redeploy)
