"""What only a deployment asks of an image policy: that it can select something, and never takes long.

And which pushes can matter to it at all, in the words of EventBridge, so that the function does not start
for others (eventbridge/latest/userguide/eb-create-pattern-operators.html). Such a filter may let too much
through, which the function then leaves alone; it never drops a push that could change what is selected.
"""

from __future__ import annotations

import re
import string
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from components.policy_proof.automaton import CHARACTERS, END, LONGEST, START, Automaton, automaton_of
from components.policy_proof.search import MOST_STEPS, selects, slowest
from handler.errors import PolicyError
from handler.policy import ExactTag, Order, Policy
from handler.policy.glob import Glob
from handler.policy.ranking import Listing
from handler.policy.regex import Regex
from handler.policy.semver import Range, Semver, Version

# Every version is among these; what `ignore` leaves of them is what could be selected.
_VERSIONS = r"^v?[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?$"
_NOTHING = automaton_of("^/$")  # no tag has this character
# Pushes without a tag (children of an index, attestations) carry an empty tag, or none at all.
_ANY_TAG = [{"anything-but": [""]}]
_MOST_MAJORS = 10
_DIGITS = frozenset(string.digits)


@cache
def prove(policy: Policy) -> None:
    """Raises PolicyError when the policy could never select an image, or when it could take very long."""
    if isinstance(policy, ExactTag):
        return
    if isinstance(policy, Semver) and all(map(_is_empty, policy.ranges)):
        raise PolicyError(f"{policy}, which no version satisfies", remedy="widen the range")
    expression, ignored = _expression(policy), "|".join(map(_from_glob, policy.ignore))
    try:
        automaton = automaton_of(expression)
        left = ignored and automaton_of(f"^(?:{ignored})$")
    except PolicyError as error:
        raise PolicyError(f"{policy}, {error.message}", remedy=error.remedy) from error
    steps, start = slowest(automaton) if isinstance(policy, Regex) else (0, "")
    if steps > MOST_STEPS:
        what = (
            f"which may take {steps:,} steps on a tag that begins with {start!r}; the limit is {MOST_STEPS:,}"
        )
        raise PolicyError(
            f"{policy}, {what}",
            remedy="let each repetition end where the next part can't begin: [^-]* before a '-', not .*; and "
            "don't repeat what repeats itself or has alternatives that begin alike: a+, not (?:a+)+",
        )
    if not selects(automaton, _NOTHING):
        raise PolicyError(f"{policy}, which no tag can match", remedy="compare it with a tag that you push")
    wrong = _wrong_order(policy.order, automaton)
    if wrong:
        raise PolicyError(
            f"{policy} with order {policy.order}, {wrong}",
            remedy="put what counts, and nothing else, into a group of a regex, such as ^main-([0-9]+)$; "
            "write (?:…) for all others",
        )
    if left and not selects(automaton, left):
        what = f"of which ignore {list(policy.ignore)} leaves no tag"
        raise PolicyError(f"{policy}, {what}", remedy="ignore fewer tags")


def tag_filters(policy: Policy) -> list[Any]:
    """The values of ``image-tag`` in an EventBridge pattern for every push that can change what ``policy``,
    which has been proved, selects."""
    match policy:
        case ExactTag():
            return [policy.tag]
        case Semver():
            starts = [f"{major}." for major in _majors(policy.ranges)] or list(string.digits)
            return [{"prefix": f"{v}{start}"} for v in ("", "v") for start in starts]
        case Glob() if "*" in policy.pattern.strip("*") and "?" not in policy.pattern:
            # Two * in a row are refused by EventBridge, and mean the same as one.
            return [{"wildcard": re.sub(r"\*+", "*", policy.pattern)}]
    return _by_literal_text(automaton_of(_expression(policy)))


def _wrong_order(order: Order, automaton: Automaton) -> str:
    """What is wrong with ordering by what the pattern captures, or by the whole tag; "" if nothing is."""
    groups, places = automaton.captures, list(zip(automaton.groups, automaton.characters, strict=True))
    if order == Order.ALPHABETICAL and groups > 1:
        return f"which looks at one group, where there are {groups}"
    for group in range(min(groups, 1), groups + 1) if order == Order.NUMERIC else ():
        if not selects(automaton, _NOTHING, number=True, group=group):
            return f"where {f'group {group}' if groups > 1 else 'what is ordered by'} can't be a number"
        # A commit behind the number, say: of all tags, those with a letter in it would be no candidates.
        if group > 1 and any(group in inside and reads - _DIGITS for inside, reads in places):
            return f"where group {group} may hold something else than a number"
    return ""


def _expression(policy: Listing) -> str:
    if isinstance(policy, Semver):
        return _VERSIONS
    return f"^{_from_glob(policy.pattern)}$" if isinstance(policy, Glob) else policy.pattern


def _from_glob(pattern: str) -> str:
    """The regular expression of a pattern with ``*`` and ``?``; raises PolicyError when it is none."""
    foreign = sorted(set(pattern) - CHARACTERS - {"*", "?"})
    if not pattern or foreign:
        shown = f"with {' and '.join(map(repr, foreign))}, which no tag has" if foreign else "which is empty"
        raise PolicyError(
            f"the pattern {pattern!r}, {shown}",
            remedy="use * for any characters, ? for one, and the letters, digits, '_', '.' and '-' of tags",
        )
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")


def _is_empty(within: Range) -> bool:
    """Whether not even the lowest version that it could have is inside."""
    return (within.low if within.prereleases else Version(within.low.release)) not in within


def _majors(ranges: Iterable[Range]) -> list[int]:
    """The major numbers that a version inside can have; none when there are many, or no end to them."""
    found: set[int] = set()
    for each in ranges:
        if each.high is None or each.high.release[0] - each.low.release[0] > _MOST_MAJORS:
            return []
        # The end is not inside; where it is the very first of its major number, no other one of them is.
        more = each.high != Version((each.high.release[0], 0, 0), "0")
        found.update(range(each.low.release[0], each.high.release[0] + more))
    return sorted(found) if len(found) <= _MOST_MAJORS else []


def _by_literal_text(automaton: Automaton) -> list[Any]:
    """The filter of the text that every match begins with, and of the one that it ends with."""
    prefix, whole = _literal(automaton, automaton.follow, START, END)
    if whole:
        return [prefix]
    before: dict[int, set[int]] = defaultdict(set)
    for place, following in automaton.follow.items():
        for each in following:
            before[each].add(place)
    backwards, _ = _literal(automaton, before, END, START)
    # In a short match the two may be the same characters.
    suffix = backwards[: automaton.shortest - len(prefix)][::-1]
    if prefix and suffix:
        return [{"wildcard": f"{prefix}*{suffix}"}]
    if prefix or suffix:
        return [{"prefix": prefix} if prefix else {"suffix": suffix}]
    return _ANY_TAG


def _literal(
    automaton: Automaton, follow: Mapping[int, Iterable[int]], start: int, end: int
) -> tuple[str, bool]:
    """The text that leads on from ``start`` in any case, and whether it leads to ``end`` and nowhere else."""
    text, ahead = "", set(follow[start])
    while end not in ahead and len(text) < LONGEST:
        characters = frozenset[str]().union(*(automaton.characters[place] for place in ahead))
        if len(characters) != 1:
            break
        text += next(iter(characters))
        ahead = {after for place in ahead for after in follow[place]}
    return text, ahead == {end}
