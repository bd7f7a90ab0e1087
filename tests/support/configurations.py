"""Every configuration of a pair that gives its function another policy: what the policy's tests go through.

A new parameter of ``function_policy`` gets its switch here, and no other test needs to know of it.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components.documents.iam import function_policy

REPOSITORY = "backend"
ROLES = ("arn:aws:iam::123456789012:role/job", "arn:aws:iam::123456789012:role/execution")

# What every pair has, whatever else it asks for.
_GIVEN = {"repository", "job_definitions"}


@dataclass(frozen=True)
class Switch:
    """``parameters`` are those of ``function_policy`` that it turns; ``positions`` map a word to keys."""

    parameters: frozenset[str]
    positions: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Configuration:
    """``keys`` are those of the whole pair called ``name``."""

    name: str
    keys: Mapping[str, Any]

    @property
    def job_definitions(self) -> tuple[str, ...]:
        return tuple(self.keys["jobDefinitions"])

    @property
    def pass_roles(self) -> tuple[str, ...]:
        return tuple(self.keys.get("passRoles", ()))

    @property
    def scans(self) -> bool:
        return "maxSeverity" in self.keys.get("requires", {})


SWITCHES = (
    Switch(frozenset({"pass_roles"}), {"plain": {}, "roles": {"passRoles": list(ROLES)}}),
    Switch(frozenset({"deregisters"}), {"all": {}, "newest": {"keepRevisions": 1}}),
    Switch(
        frozenset({"inspects", "scans"}),
        {
            "open": {},
            "platform": {"requires": {"platform": "linux/amd64"}},
            "severity": {"requires": {"maxSeverity": "HIGH"}, "reconcile": "rate(1 hour)"},
        },
    ),
    Switch(frozenset({"notifies"}), {"silent": {"notify": False}, "telling": {"notify": True}}),
)


def _configurations() -> Iterator[Configuration]:
    for positions in itertools.product(*(switch.positions.items() for switch in SWITCHES)):
        name = "-".join(word for word, _ in positions)
        keys: dict[str, Any] = {
            "repository": REPOSITORY,
            "jobDefinitions": [f"{name}-one", f"{name}-two"],
        }
        for _, more in positions:
            keys |= more
        yield Configuration(name, keys)


CONFIGURATIONS = {configuration.name: configuration for configuration in _configurations()}


def switched() -> set[str]:
    """The parameters of ``function_policy`` that a configuration decides."""
    parameters = inspect.signature(function_policy).parameters.values()
    named = {parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY}
    return named - _GIVEN
