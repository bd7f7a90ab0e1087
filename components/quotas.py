"""What AWS refuses although each value is sound by itself: too many job definitions, rules or pairs.

Found before anything is registered. Account and region are known only later, so sizes are those of the place
with the longest ARNs: what fits there fits everywhere; elsewhere a few more definitions might.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from components.documents.iam import function_policy
from components.naming import Names, Place
from components.pair import Dashboard, Pair
from components.policy_proof.proof import tag_filters
from components.problems import ConfigErrors, Problem, Spelling

LONGEST = Place("aws-iso-f", "us-isof-south-1", "123456789012")
# eventbridge/latest/userguide/eb-quota.html; the first can be raised, and is 100 in a few regions.
RULES = 300
WILDCARD_RULES = 30
# CloudWatch shows 500 metrics a graph, its expressions among them, and 2,500 a dashboard:
# AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html. Each of the overview's seven graphs has a line
# for a pair, and an expression.
MOST_PAIRS = (2500 - 7) // 7


@dataclass(frozen=True, kw_only=True)
class _Document:
    """Something that grows with every job definition. ``others``: what else makes it long."""

    what: str
    most: int
    unit: str
    size: Callable[[Names, Pair], int]
    others: tuple[str, ...]


def environment_size(names: Names, pair: Pair) -> int:
    """The bytes of the function's environment as Lambda's error message shows what it measured: as JSON.

    lambda/latest/dg/configuration-envvars.html says only that 4 KB is the most for all variables together.
    The quotes count, and those within a value twice: more than names and values alone, so never too little.
    """
    variables = pair.settings(names.pair).environment()
    return len(json.dumps(variables, separators=(",", ":"), ensure_ascii=False).encode())


def policy_size(names: Names, pair: Pair, place: Place = LONGEST) -> int:
    """The characters of the role's inline policy; white space is not counted.

    IAM/latest/UserGuide/reference_iam-quotas.html
    """
    return len("".join(json.dumps(function_policy(place, names, pair)).split()))


_DOCUMENTS = (
    _Document(
        what="the function's environment",
        most=4096,
        unit="bytes",
        size=environment_size,
        others=("adopt", "image_policy", "omit_fields"),
    ),
    _Document(
        what="the policy of the function's role",
        most=10_240,
        unit="characters",
        size=policy_size,
        others=("pass_roles",),
    ),
)


def size_problems(names: Names, pair: Pair, *, spelling: Spelling) -> list[Problem]:
    """Why the pair has too many job definitions; empty when it has not."""
    return [
        _too_long(names, pair, document, spelling)
        for document in _DOCUMENTS
        if document.size(names, pair) > document.most
    ]


def fitting(names: Names, pair: Pair) -> Pair:
    """The pair of a component, whose values are all known; raises ConfigErrors when it is too large."""
    if problems := size_problems(names, pair, spelling=Spelling.ARGS):
        raise ConfigErrors(problems)
    return pair


def rule_problems(pairs: Mapping[str, Pair], most: int) -> list[Problem]:
    """Why the bus does not take the rules of a stack; ``most`` is the account's quota for rules of a bus.

    Rules that others have on the bus are not known here.
    """
    problems = []
    total = sum(len(pair.rules) for pair in pairs.values())
    if total > most:
        problems.append(
            Problem(
                key="pairs",
                found=f"{total} rules of {len(pairs)} pairs (one each, and one more with each of "
                "reconcile, maxSeverity and followChanges)",
                expected=f"at most {most}, which is what an event bus takes",
                remedy="have AWS raise EventBridge's quota for rules, and set rulesPerBus to it; or spread "
                "the pairs over stacks in several regions or accounts",
            )
        )
    patterned = [name for name, pair in pairs.items() if _has_wildcard(pair)]
    if len(patterned) > WILDCARD_RULES:
        problems.append(
            Problem(
                key="pairs",
                found=f"{len(patterned)} pairs whose rule has a wildcard ({', '.join(patterned)})",
                expected=f"at most {WILDCARD_RULES}, which is what an event bus takes; AWS does not raise it",
                remedy="give the others an imagePolicy whose tags have a fixed beginning or a fixed end, not "
                "both, such as release-*",
            )
        )
    return problems


def on_overview(choices: Mapping[str, Dashboard]) -> tuple[str, ...]:
    """The pairs on the stack's overview: all but those without dashboard; none unless a pair asks for it.

    >>> on_overview({"a": Dashboard.OWN, "b": Dashboard.OVERVIEW, "c": Dashboard.NONE})
    ('a', 'b')
    >>> on_overview({"a": Dashboard.OWN})
    ()
    """
    if Dashboard.OVERVIEW not in choices.values():
        return ()
    return tuple(name for name, choice in choices.items() if choice is not Dashboard.NONE)


def overview_problems(choices: Mapping[str, Dashboard]) -> list[Problem]:
    """Why there cannot be an overview; empty when there can."""
    shown = len(on_overview(choices))
    if shown <= MOST_PAIRS:
        return []
    return [
        Problem(
            key="dashboard",
            found=f"an overview of {shown} pairs",
            expected=f"at most {MOST_PAIRS}, since CloudWatch shows 2500 metrics on a dashboard",
            remedy=f"set dashboard to none for {shown - MOST_PAIRS} pairs or more, or split the stack",
        )
    ]


def _has_wildcard(pair: Pair) -> bool:
    return any("wildcard" in each for each in tag_filters(pair.policy) if isinstance(each, Mapping))


def _too_long(names: Names, pair: Pair, document: _Document, spelling: Spelling) -> Problem:
    definitions = pair.job_definitions

    def size(count: int) -> int:
        return document.size(names, pair.model_copy(update={"job_definitions": definitions[:count]}))

    fit = next(
        count for count in range(len(definitions) - 1, -1, -1) if count == 0 or size(count) <= document.most
    )
    others = " and ".join(spelling.key(field) for field in document.others)
    return Problem(
        pair=names.pair,
        key=spelling.key("job_definitions"),
        found=f"{len(definitions)} job definitions, with which {document.what} has "
        f"{size(len(definitions)):,} {document.unit}",
        expected=f"at most {document.most:,} {document.unit}"
        + (f", so the first {fit} of these definitions" if fit else ""),
        remedy="split the pair into two over the same repository" if fit else f"shorten {others}",
    )
