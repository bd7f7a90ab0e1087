"""Does the policy of a queue or a function let EventBridge act for a rule?

Only what can be told for certain counts: a statement with a condition on anything but the rule or the account
is taken for one that does not apply.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

_SERVICE = "events.amazonaws.com"


def allows_rule(
    statements: Sequence[Mapping[str, Any]], *, action: str, resource: str, rule: str, account: str
) -> bool:
    """Whether ``statements`` let the rule with the ARN ``rule`` do ``action`` on ``resource``.

    The condition keys are aws:SourceArn and aws:SourceAccount: IAM/latest/UserGuide/confused-deputy.html.
    """
    context = {"aws:sourcearn": rule, "aws:sourceaccount": account}
    effects = {
        item.get("Effect")
        for item in statements
        if _is_about(item, action, resource) and _conditions_hold(item.get("Condition") or {}, context)
    }
    return effects == {"Allow"}


def _is_about(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    principal = statement.get("Principal")
    services = ["*"] if principal == "*" else _listed(principal, "Service") + _listed(principal, "AWS")
    return (
        any(service in (_SERVICE, "*") for service in services)
        and any(fnmatchcase(action.lower(), item.lower()) for item in _listed(statement, "Action"))
        and any(fnmatchcase(resource, item) for item in _listed(statement, "Resource"))
    )


def _conditions_hold(conditions: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    return all(
        any(_holds(operator, wanted, context.get(key.lower())) for wanted in _listed(keys, key))
        for operator, keys in conditions.items()
        for key in keys
    )


def _holds(operator: str, wanted: str, value: str | None) -> bool:
    match operator:
        case "ArnLike" | "ArnEquals" | "StringLike":
            return value is not None and fnmatchcase(value, wanted)
        case "StringEquals":
            return value == wanted
    return False


def _listed(document: Any, key: str) -> list[str]:
    value = document.get(key) if isinstance(document, Mapping) else None
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]
