"""The names of everything that a pair's deployment creates, and the limits that AWS sets to them.

Names are physical and predictable, so that the console, the AWS CLI and the documentation agree. Those of two
pairs never meet, whatever the stacks of the project are called: docs/decisions/0006-names.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from components.problems import Problem

_PAIR = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_PHYSICAL = re.compile(r"[A-Za-z0-9_-]+")
# Rule and function have the tightest limits: eventbridge/latest/APIReference/API_PutRule.html,
# lambda/latest/api/API_CreateFunction.html. The queue may have 80 characters, the rest 255 and more.
_PHYSICAL_LIMIT = 64
# A pair with a rule of scans has a scheduled rule as well, whose name is the longer one.
# The role's name is `<pair>-role-` and 7 characters that Pulumi picks; IAM allows 64:
# IAM/latest/APIReference/API_CreateRole.html.
_PAIR_LIMIT = 64 - len("-role-") - 7
_SCHEDULE = "-reconcile"
_SCANS = "-scans"
_CHANGES = "-changes"


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
    def schedule(self) -> str:
        """The scheduled rule of a pair with ``reconcile``."""
        return f"{self.base}{_SCHEDULE}"

    @property
    def scans(self) -> str:
        """The rule of image scans of a pair whose gates look at them."""
        return f"{self.base}{_SCANS}"

    @property
    def changes(self) -> str:
        """The rule of other writers' revisions of a pair with ``followChanges``."""
        return f"{self.base}{_CHANGES}"

    @property
    def log_group(self) -> str:
        """The log group that Lambda would pick as well."""
        return f"/aws/lambda/{self.base}"

    @property
    def queue(self) -> str:
        """The failure queue."""
        return f"{self.base}-dlq"

    def alarm(self, suffix: str) -> str:
        """One of the alarms."""
        return f"{self.base}-{suffix}"

    def logical(self, part: str) -> str:
        """The name of a resource within Pulumi."""
        return f"{self.pair}-{part}"


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


def name_problems(
    project: str, stack: str, pair: str, *, scheduled: bool = False, follows: bool = False
) -> list[Problem]:
    """Why the pair cannot bear its name; empty when it can.

    ``scheduled``: it has a ``reconcile``; ``follows``: it has ``followChanges``.
    """
    if not _PAIR.fullmatch(pair):
        return [
            _problem(pair, repr(pair), "lower-case letters, digits and '-', starting and ending without '-'")
        ]
    names = Names(project, stack, pair)
    base = names.base
    rules = {_SCHEDULE: "the scheduled rule", _SCANS: "the rule of scans", _CHANGES: "the rule of changes"}
    for suffix, rule in rules.items():
        if pair.endswith(suffix):
            return [
                _problem(
                    pair,
                    f"{base}, the name of {rule} of a pair {pair.removesuffix(suffix)}",
                    f"a name that does not end in {suffix}",
                )
            ]
    if not _PHYSICAL.fullmatch(base):
        return [
            Problem(
                pair=pair,
                key="(name)",
                found=f"{base}, the name of its rule and function",
                expected="letters, digits, '-' and '_' only",
                remedy="rename the project or the stack",
            )
        ]
    longest, bearer = base, "rule and function"
    if scheduled:
        longest, bearer = names.schedule, "scheduled rule (reconcile)"
    elif follows:
        longest, bearer = names.changes, "rule of changes (followChanges)"
    if len(longest) > _PHYSICAL_LIMIT:
        room = max(_PHYSICAL_LIMIT - len(longest) + len(pair), 0)
        return [
            _problem(
                pair,
                f"{longest}, the name of its {bearer}, with {len(longest)} characters",
                f"at most {_PHYSICAL_LIMIT} characters, so at most {room} for the pair's own name",
            )
        ]
    if len(pair) > _PAIR_LIMIT:
        return [
            _problem(
                pair, f"{len(pair)} characters", f"at most {_PAIR_LIMIT} characters, for the role's name"
            )
        ]
    return []


def _problem(pair: str, found: str, expected: str) -> Problem:
    return Problem(pair=pair, key="(name)", found=found, expected=expected, remedy="rename the pair")
