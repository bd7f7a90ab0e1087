"""Every configuration of a pair that gives its function another policy: what the policy's tests go through.

A key of the pair that ``function_policy`` reads gets its switch here, and no other test needs to know of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from components.documents.iam import function_policy
from components.pair import Pair
from tests.support.place import NAMES, PLACE

REPOSITORY = "backend"
ROLES = ("arn:aws:iam::123456789012:role/job", "arn:aws:iam::123456789012:role/execution")

# What every pair has, whatever else it asks for.
_GIVEN = {"repository", "job_definitions"}


@dataclass(frozen=True)
class Switch:
    """``reads`` is what of a pair ``function_policy`` reads and this turns; ``positions``: word to keys."""

    reads: frozenset[str]
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
    Switch(frozenset({"keep_revisions"}), {"all": {}, "newest": {"keepRevisions": 1}}),
    Switch(
        frozenset({"requires", "scans"}),
        {
            "open": {},
            "platform": {"requires": {"platform": "linux/amd64"}},
            "severity": {"requires": {"maxSeverity": "HIGH"}, "reconcile": "rate(1 hour)"},
        },
    ),
    Switch(frozenset({"notify"}), {"silent": {"notify": False}, "telling": {"notify": True}}),
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
    """What ``function_policy`` reads of a pair and a configuration decides."""
    reads: set[str] = set()
    values = {"repository": REPOSITORY, "job_definitions": ["job"], "pass_roles": list(ROLES)}
    pair = Pair.model_validate(values, by_name=True)

    class Watched:
        """Tells what is read of the pair."""

        def __getattr__(self, name: str) -> Any:
            reads.add(name)
            return getattr(pair, name)

    function_policy(PLACE, NAMES, cast(Pair, Watched()))
    return reads - _GIVEN
