"""Who updates which job definition within one program.

Two components that follow different images would overwrite each other's revisions for ever. The same
name in another region or account is another job definition, so claims are kept per provider.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime.settings import get_monitor

from components.problems import ConfigErrors, Problem

_Claims = dict[tuple[pulumi.ProviderResource | None, str], str]
# By the engine's connection: one evaluation of a program has one, tests have many in a process.
_CLAIMS: WeakKeyDictionary[Any, _Claims] = WeakKeyDictionary()


def claim(name: str, definitions: Iterable[str], provider: pulumi.ProviderResource | None) -> None:
    """Records that ``name`` updates ``definitions``; raises ConfigErrors when another component does."""
    claims = _CLAIMS.setdefault(get_monitor(), {})
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
        if claims.get(key, name) != name
    ]
    if problems:
        raise ConfigErrors(problems)
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
