"""The names of everything that a pair's deployment creates, and the limits that AWS sets to them.

Names are physical and predictable, so that the console, the AWS CLI and the documentation agree. Those of two
pairs never meet, whatever the stacks of the project are called: docs/decisions/0006-names.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from components.problems import Problem

_PAIR = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_PHYSICAL = re.compile(r"[A-Za-z0-9_-]+")
# Rule and function have the tightest limits: eventbridge/latest/APIReference/API_PutRule.html,
# lambda/latest/api/API_CreateFunction.html. The queue may have 80 characters, the rest 255 and more.
_PHYSICAL_LIMIT = 64
# The role's name is `<pair>-role-` and 7 characters that Pulumi picks; IAM allows 64:
# IAM/latest/APIReference/API_CreateRole.html.
_PAIR_LIMIT = 64 - len("-role-") - 7
_CONSOLE = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


class RuleKind(Enum):
    """Which rules can start a pair's function. The value follows in the names of a rule and its parts."""

    PUSHES = ""
    """Images that arrive: every pair has it."""
    SCHEDULE = "-reconcile"
    """The ticks of a pair with ``reconcile``."""
    SCANS = "-scans"
    """Image scans that are over, of a pair whose gates look at them."""
    CHANGES = "-changes"
    """Other writers' revisions, of a pair with ``followChanges``."""


@dataclass(frozen=True)
class Names:
    """The physical names of one pair.

    >>> Names("ecr-batch-updater", "dev", "ocr").queue
    'ecr-batch-updater-dev-ocr-dlq'
    """

    project: str
    stack: str
    pair: str

    @property
    def base(self) -> str:
        """Rule of the pushes, function and dashboard."""
        return f"{stack_prefix(self.project, self.stack)}-{self.pair}"

    @property
    def log_group(self) -> str:
        """The log group that Lambda would pick as well."""
        return f"/aws/lambda/{self.base}"

    @property
    def queue(self) -> str:
        """The failure queue."""
        return f"{self.base}-dlq"

    def rule(self, rule: RuleKind) -> str:
        """One of the rules."""
        return f"{self.base}{rule.value}"

    def alarm(self, suffix: str) -> str:
        """One of the alarms."""
        return f"{self.base}-{suffix}"

    def logical(self, part: str) -> str:
        """The name of a resource within Pulumi."""
        return f"{self.pair}-{part}"


@dataclass(frozen=True)
class Place:
    """Where a pair is deployed: one region of one account.

    >>> Place("aws-cn", "cn-north-1", "123456789012").arn("sqs", "ocr-dlq")
    'arn:aws-cn:sqs:cn-north-1:123456789012:ocr-dlq'
    """

    partition: str
    region: str
    account: str

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a regional resource."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def dashboard_url(self, name: str) -> str:
        """The page of a dashboard in the AWS console."""
        host = f"{self.region}.{_CONSOLE.get(self.partition, _CONSOLE['aws'])}"
        return f"https://{host}/cloudwatch/home?region={self.region}#dashboards/dashboard/{name}"


def stack_prefix(project: str, stack: str) -> str:
    """What every name of a stack begins with; no name of a pair is this prefix alone.

    Each ``-`` of the stack's own name is doubled. So they stand in runs of even length, and the dash between
    stack and pair makes its run odd: a pair begins with a letter or digit.

    >>> stack_prefix("ecr-batch-updater", "dev"), stack_prefix("ecr-batch-updater", "dev-eu")
    ('ecr-batch-updater-dev', 'ecr-batch-updater-dev--eu')
    """
    return f"{project}-{stack.replace('-', '--')}"


def stack_topic_name(project: str, stack: str) -> str:
    """The topic that all pairs of the stack share."""
    return f"{stack_prefix(project, stack)}-alarms"


def overview_name(project: str, stack: str) -> str:
    """The dashboard that all pairs of the stack share. No pair's name has a ``_``, so none has this one."""
    return f"{stack_prefix(project, stack)}_overview"


_BEARERS = {
    RuleKind.PUSHES: "rule and function",
    RuleKind.SCHEDULE: "scheduled rule (reconcile)",
    RuleKind.SCANS: "rule of scans (maxSeverity)",
    RuleKind.CHANGES: "rule of changes (followChanges)",
}


def name_problems(
    project: str, stack: str, pair: str, *, scheduled: bool = False, follows: bool = False
) -> list[Problem]:
    """Why the pair cannot bear its name; empty when it can.

    ``scheduled``: it has a ``reconcile``; ``follows``: it has ``followChanges``. A pair with a rule of scans
    has a scheduled rule as well, whose name is the longer one.
    """
    names = Names(project, stack, pair)
    rule = RuleKind.SCHEDULE if scheduled else RuleKind.CHANGES if follows else RuleKind.PUSHES
    longest, remedy = names.rule(rule), "rename the pair"
    taken = next((other for other in RuleKind if other.value and pair.endswith(other.value)), None)
    if not _PAIR.fullmatch(pair):
        found = repr(pair)
        expected = "lower-case letters, digits and '-', starting and ending without '-'"
    elif taken:
        bearer = _BEARERS[taken].partition(" (")[0]
        found = f"{names.base}, the name of the {bearer} of a pair {pair.removesuffix(taken.value)}"
        expected = f"a name that does not end in {taken.value}"
    elif not _PHYSICAL.fullmatch(names.base):
        found = f"{names.base}, the name of its rule and function"
        expected, remedy = "letters, digits, '-' and '_' only", "rename the project or the stack"
    elif len(longest) > _PHYSICAL_LIMIT:
        room = max(_PHYSICAL_LIMIT - len(longest) + len(pair), 0)
        found = f"{longest}, the name of its {_BEARERS[rule]}, with {len(longest)} characters"
        expected = f"at most {_PHYSICAL_LIMIT} characters, so at most {room} for the pair's own name"
    elif len(pair) > _PAIR_LIMIT:
        found = f"{len(pair)} characters"
        expected = f"at most {_PAIR_LIMIT} characters, for the role's name"
    else:
        return []
    return [Problem(pair=pair, key="(name)", found=found, expected=expected, remedy=remedy)]
