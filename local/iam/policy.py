"""Does a policy document allow this call? A pure reading of IAM's grammar.

IAM/latest/UserGuide/reference_policies_grammar.html and reference_policies_elements_condition_operators.html.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Access:
    """One thing that somebody wants to do.

    ``context`` holds the condition keys, lower-case, each with its list of values. ``principal`` is the AWS
    service that acts, for policies of resources; empty for policies of identities.
    """

    action: str
    resource: str
    context: Mapping[str, list[str]] = field(default_factory=dict)
    principal: str = ""


class UnknownCondition(Exception):
    """A policy uses a condition operator that the local cloud does not know, so it can't be judged."""


def decide(documents: Iterable[Document], access: Access) -> str:
    """ "allowed", "implicitly denied" (nothing allows it) or "explicitly denied" (a Deny applies)."""
    effects = {
        statement.get("Effect")
        for document in documents
        for statement in _listed(document.get("Statement"))
        if _applies(statement, access)
    }
    if "Deny" in effects:
        return "explicitly denied"
    return "allowed" if "Allow" in effects else "implicitly denied"


def _applies(statement: Mapping[str, Any], access: Access) -> bool:
    return (
        _principal_applies(statement, access)
        and _element_applies(statement, "Action", access.action, ignore_case=True)
        and _element_applies(statement, "Resource", access.resource)
        and all(
            _condition_holds(operator, key, _listed(values), access.context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _principal_applies(statement: Mapping[str, Any], access: Access) -> bool:
    if not access.principal:
        return "Principal" not in statement
    principal = statement.get("Principal")
    if principal == "*":
        return True
    services = _listed(principal.get("Service")) if isinstance(principal, Mapping) else []
    return access.principal in services


def _element_applies(
    statement: Mapping[str, Any], element: str, value: str, *, ignore_case: bool = False
) -> bool:
    if f"Not{element}" in statement:
        return not any(like(pattern, value, ignore_case) for pattern in _listed(statement[f"Not{element}"]))
    return any(like(pattern, value, ignore_case) for pattern in _listed(statement.get(element)))


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def like(pattern: str, value: str, ignore_case: bool = False) -> bool:
    """Whether ``value`` fits ``pattern``, in which ``*`` is any run of characters and ``?`` any one.

    >>> like("arn:aws:sqs:*:*:orders-?", "arn:aws:sqs:eu-west-1:1:orders-a")
    True
    """
    return _expression(pattern, ignore_case).fullmatch(value) is not None


@cache
def _expression(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(escaped, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def _arn_like(pattern: str, value: str) -> bool:
    patterns, values = pattern.split(":", 5), value.split(":", 5)
    return len(patterns) == len(values) and all(map(like, patterns, values))


_TESTS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, value: wanted == value,
    "StringEqualsIgnoreCase": lambda wanted, value: wanted.lower() == value.lower(),
    "StringLike": like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": lambda wanted, value: str(wanted).lower() == value.lower(),
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


def _condition_holds(operator: str, key: str, wanted: list[Any], context: Mapping[str, list[str]]) -> bool:
    quantifier, _, rest = operator.rpartition(":")
    name = rest.removesuffix("IfExists")
    values = context.get(key.lower())
    if name == "Null":
        return (values is None) == (str(wanted[0]).lower() == "true")
    if values is None:
        return quantifier == "ForAllValues" or name != rest or name in _NEGATED
    negated = name in _NEGATED
    test = _TESTS.get(_NEGATED.get(name, name))
    if test is None:
        raise UnknownCondition(f"the condition operator {operator} is not known to the local cloud")
    results = [any(test(pattern, value) for pattern in wanted) != negated for value in values]
    return all(results) if quantifier == "ForAllValues" or negated else any(results)
