"""Which names are taken, and who updates which job definition, within one program.

Every physical name follows from the component's, and some resources, such as dashboards, are known to the
whole account: so each name stands once, whatever the parents and the providers.

Two components that follow different images would overwrite each other's revisions for ever. The same
name in another region or account is another job definition, so those claims are kept per provider.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime.settings import get_monitor

from components.problems import ConfigErrors, Problem


@dataclass
class _Claims:
    names: set[str] = field(default_factory=set)
    definitions: dict[tuple[pulumi.ProviderResource | None, str], str] = field(default_factory=dict)


# By the engine's connection: one evaluation of a program has one, tests have many in a process.
_CLAIMS: WeakKeyDictionary[Any, _Claims] = WeakKeyDictionary()


def claim(name: str, definitions: Iterable[str], provider: pulumi.ProviderResource | None) -> None:
    """Records that ``name`` updates ``definitions``; raises ConfigErrors when another claimed either."""
    taken = _CLAIMS.setdefault(get_monitor(), _Claims())
    if name in taken.names:
        raise ConfigErrors(
            [
                Problem(
                    pair=name,
                    key="(name)",
                    found="a second component of this name",
                    expected="each name once in a program: all physical names follow from it",
                    remedy="rename one of the two",
                )
            ]
        )
    claims = taken.definitions
    wanted = [(provider, definition) for definition in definitions]
    problems = [
        Problem(
            pair=name,
            key="job_definitions",
            found=f"{key[1]}, which {claims[key]} has too",
            expected="each job definition in one pair only",
            remedy="remove it from one of the two",
        )
        for key in wanted
        if key in claims
    ]
    if problems:
        raise ConfigErrors(problems)
    taken.names.add(name)
    claims.update(dict.fromkeys(wanted, name))


def aws_provider(opts: pulumi.ResourceOptions | None) -> pulumi.ProviderResource | None:
    """The AWS provider that a component with ``opts`` gives its children; None for the default one."""
    if opts is None:
        return None
    given = opts.providers or ()
    candidates = list(given.values() if isinstance(given, Mapping) else given)
    if opts.provider is not None:
        candidates.append(opts.provider)
    for provider in candidates:
        if provider.package == "aws":
            return provider
    return opts.parent.get_provider("aws:index:any") if opts.parent is not None else None
