"""From the stack's configuration to validated pairs.

The configuration is a mapping with the keys ``pairs``, ``defaults``, ``alarmEmails``, ``protect`` and
``rulesPerBus``. It comes as texts: from Pulumi in the program, and in the tool and the local cloud from
ops.pulumi_files, which reads the stack's files as Pulumi does. ``from_pulumi`` makes the mapping of them.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from components.naming import Names, name_problems
from components.pair import Pair, keys, parse
from components.problems import ConfigErrors, Problem, Spelling, describe, nearest
from components.quotas import RULES, overview_problems, rule_problems, size_problems

# The types are those of Pulumi.yaml. Without them the text true, of a truth value, would be that of a string.
TYPES = {
    "pairs": "object",
    "defaults": "object",
    "alarmEmails": "array",
    "protect": "boolean",
    "rulesPerBus": "integer",
}
KEYS = tuple(TYPES)
_REQUIRED = {"repository": "placeholder", "jobDefinitions": ["placeholder"]}
_ALTERNATIVES = {"imageTag": "imagePolicy", "imagePolicy": "imageTag"}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


@dataclass(frozen=True)
class StackConfig:
    """What one stack deploys: pairs by name, in the order of their names."""

    pairs: Mapping[str, Pair]
    alarm_emails: tuple[str, ...] = ()
    protect: bool = False


def load(config: Mapping[str, Any], *, project: str, stack: str, secret: Collection[str] = ()) -> StackConfig:
    """The stack's pairs with the defaults applied; raises ConfigErrors with every problem at once.

    What is wrong under the keys ``secret`` is told without the values.

    >>> config = {"pairs": {"ocr": {"repository": "backend", "jobDefinitions": ["ocr-job"]}}}
    >>> load(config, project="ecr-batch-updater", stack="dev").pairs["ocr"].repository
    'backend'
    """
    problems = [
        Problem(key=str(key), found="an unknown key", expected="a known one", remedy=nearest(str(key), KEYS))
        for key in config
        if key not in KEYS
    ]
    defaults, wrong = _defaults(config.get("defaults"))
    problems += _told(wrong, "defaults" in secret)
    pairs, wrong = _pairs(config.get("pairs"), defaults, project, stack)
    problems += _told(wrong, "pairs" in secret or "defaults" in secret)
    emails, wrong = _emails(config.get("alarmEmails"))
    problems += _told(wrong, "alarmEmails" in secret)
    protect = config.get("protect", False)
    if not isinstance(protect, bool):
        wrong = [Problem(key="protect", found=describe(protect), expected="true or false")]
        problems += _told(wrong, "protect" in secret)
    problems += _told(_rules(config.get("rulesPerBus", RULES), pairs), "rulesPerBus" in secret)
    if problems:
        raise ConfigErrors(problems)
    return StackConfig(pairs, emails, protect)


def from_pulumi(raw: Mapping[str, str], project: str) -> dict[str, Any]:
    """The mapping for ``load`` from what Pulumi hands to a program: full key -> text, JSON for structures.

    A text that is not of its key's type stays a text, which ``load`` then refuses.
    """
    own = f"{project}:"
    texts = {key.removeprefix(own): text for key, text in raw.items() if key.startswith(own)}
    return {key: _decoded(text, TYPES.get(key, "string")) for key, text in texts.items()}


def _told(problems: list[Problem], secret: bool) -> list[Problem]:
    return [problem.without_value() for problem in problems] if secret else problems


def _defaults(given: Any) -> tuple[dict[str, Any], list[Problem]]:
    if given is None:
        return {}, []
    if not isinstance(given, Mapping):
        return {}, [
            Problem(key="defaults", found=describe(given), expected="a map of optional keys of a pair")
        ]
    problems = [
        Problem(
            key=f"defaults.{key}",
            found="a key that each pair needs for itself",
            expected="optional keys of a pair only",
            remedy="move it into the pairs",
        )
        for key in _REQUIRED
        if key in given
    ]
    defaults = {key: value for key, value in given.items() if key not in _REQUIRED}
    try:
        parse("", {**_REQUIRED, **defaults}, spelling=Spelling.YAML, complete=False)
    except ConfigErrors as error:
        for problem in error.problems:
            problems.append(replace(_beside_pairs(problem), pair=None, key=f"defaults.{problem.key}"))
            defaults.pop(re.split(r"[.\[]", problem.key)[0], None)
    return defaults, problems


def _pairs(
    given: Any, defaults: Mapping[str, Any], project: str, stack: str
) -> tuple[dict[str, Pair], list[Problem]]:
    if given is None or given == {}:
        return {}, [_no_pairs("nothing" if given is None else "an empty map")]
    if not isinstance(given, Mapping):
        return {}, [_no_pairs(describe(given))]
    pairs: dict[str, Pair] = {}
    problems: list[Problem] = []
    for name in sorted(given, key=str):
        own = given[name]
        if not isinstance(name, str):
            problems.append(
                Problem(
                    key=f"pairs.{name}",
                    found=describe(name),
                    expected="a name",
                    remedy="put quotes around it",
                )
            )
            continue
        values = _with_defaults(own, defaults) if isinstance(own, Mapping) else {}
        problems += name_problems(
            project,
            stack,
            name,
            scheduled=values.get("reconcile") is not None,
            follows=values.get("followChanges") is True,
        )
        if not isinstance(own, Mapping):
            problems.append(Problem(pair=name, key="(all)", found=describe(own), expected="a map of keys"))
            continue
        try:
            pairs[name] = parse(name, values, spelling=Spelling.YAML)
        except ConfigErrors as error:
            problems += map(_beside_pairs, error.problems)
        else:
            problems += size_problems(Names(project, stack, name), pairs[name], spelling=Spelling.YAML)
    choices = {name: pair.dashboard for name, pair in pairs.items()}
    return pairs, problems + _shared(pairs) + overview_problems(choices)


def _beside_pairs(problem: Problem) -> Problem:
    """The problem of a pair; where its key is one of the stack's, with the place where that belongs."""
    if problem.key not in KEYS:
        return problem
    return replace(problem, remedy=f"write it beside pairs: {problem.key} is a key of the whole stack")


def _with_defaults(own: Mapping[Any, Any], defaults: Mapping[str, Any]) -> dict[Any, Any]:
    """A pair's keys; the choice between two alternatives is the pair's own where it makes one."""
    return {**{key: value for key, value in defaults.items() if _ALTERNATIVES.get(key) not in own}, **own}


def _shared(pairs: Mapping[str, Pair]) -> list[Problem]:
    """Two functions that follow different images would overwrite each other's revisions for ever."""
    owner: dict[str, str] = {}
    problems = []
    for name, pair in pairs.items():
        for definition in pair.job_definitions:
            first = owner.setdefault(definition, name)
            if first != name:
                problems.append(
                    Problem(
                        pair=name,
                        key="jobDefinitions",
                        found=f"{definition}, which pair {first} has too",
                        expected="each job definition in one pair only",
                        remedy="remove it from one of the two",
                    )
                )
    return problems


def _emails(given: Any) -> tuple[tuple[str, ...], list[Problem]]:
    if given is None:
        return (), []
    if not isinstance(given, list | tuple):
        return (), [Problem(key="alarmEmails", found=describe(given), expected="a list of e-mail addresses")]
    problems = [
        Problem(key=f"alarmEmails[{index}]", found=describe(address), expected="an e-mail address")
        for index, address in enumerate(given)
        if not (isinstance(address, str) and _EMAIL.fullmatch(address))
    ]
    return tuple(dict.fromkeys(given)) if not problems else (), problems


def _rules(quota: Any, pairs: Mapping[str, Pair]) -> list[Problem]:
    if isinstance(quota, bool) or not isinstance(quota, int) or quota < 1:
        return [Problem(key="rulesPerBus", found=describe(quota), expected="a whole number, 1 or more")]
    return rule_problems(pairs, quota)


def _no_pairs(found: str) -> Problem:
    return Problem(
        key="pairs",
        found=found,
        expected="a map with at least one pair, by name",
        remedy=f"add a pair with {' and '.join(_REQUIRED)}; all keys: {', '.join(keys(Spelling.YAML))}",
    )


def _decoded(text: str, kind: str) -> Any:
    """A value of a type of Pulumi.yaml from its text, which for a number need not be JSON: +5, 007."""
    match kind:
        case "boolean":
            return {"true": True, "false": False}.get(text, text)
        case "integer":
            return int(text) if _INTEGER.fullmatch(text) else text
        case "object" | "array":
            with contextlib.suppress(ValueError):
                return json.loads(text)
    return text
