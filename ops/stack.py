"""Which stack is meant, and its configuration.

The stack is the one that ``--stack`` names, else ``PULUMI_STACK``, else the only stack file. Its values
come from ``Pulumi.<stack>.yaml`` with Pulumi.yaml's defaults below them, or from a file that holds the
output of ``pulumi config --json --show-secrets``, in which Pulumi has merged those defaults itself, ESC
environments and encrypted values with them.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import stack_config
from components.problems import ConfigErrors
from ops.errors import ConfigurationError, StackError
from ops.files import exported_values, read_mapping
from stack_config import StackConfig

PROJECT_FILE = "Pulumi.yaml"
EXPORT = "pulumi config --json --show-secrets"


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One stack as its configuration describes it.

    ``region`` is aws:region, ``profile`` aws:profile, ``accounts`` aws:allowedAccountIds (any, if empty).
    ``doubt`` says what may be missing in all this, "" if nothing can be.
    """

    project: str
    name: str
    config: StackConfig
    region: str | None
    profile: str | None
    accounts: tuple[str, ...] = ()
    doubt: str = ""


def open_stack(
    cwd: Path, *, chosen: str | None, environment: Mapping[str, str], config: Path | None = None
) -> Stack:
    """The stack that is meant from ``cwd``; ``config`` is a file as described above, ``-`` standard input.

    Raises StackError when it can't be found or read, ConfigurationError when its values can't be used.
    """
    root = find_project(cwd)
    description = read_mapping(root / PROJECT_FILE)
    project = str(description.get("name", ""))
    directory = root / str(description.get("stackConfigDir", "."))
    doubt = ""
    name = select_stack(directory, project, chosen or environment.get("PULUMI_STACK"))
    try:
        if config is not None:
            exported = exported_values(config, remedy=f"fill it with the output of `{EXPORT}`")
            values = stack_config.from_cli_json(exported, project)
            plain = {key: entry.get("value") for key, entry in exported.items()}
        else:
            document = _stack_file(directory, project, name)
            doubt = _doubt(document, name)
            values = stack_config.from_files(document, description)
            plain = {**(description.get("config") or {}), **(document.get("config") or {})}
        loaded = stack_config.load(values, project=project, stack=name)
    except ConfigErrors as error:
        raise ConfigurationError(
            f"the configuration of stack {name} can't be used:\n"
            + "\n".join(f"  - {p}" for p in error.problems)
        ) from error
    return Stack(
        project=project,
        name=name,
        config=loaded,
        region=_text(plain.get("aws:region")),
        profile=_text(plain.get("aws:profile")),
        accounts=_accounts(plain.get("aws:allowedAccountIds")),
        doubt=doubt,
    )


def find_project(cwd: Path) -> Path:
    """The nearest directory, from ``cwd`` upwards, that holds Pulumi.yaml."""
    start = cwd.resolve()
    for directory in (start, *start.parents):
        if (directory / PROJECT_FILE).is_file():
            return directory
    raise StackError(
        f"no {PROJECT_FILE} in {start} or above",
        remedy="run the tool in the checkout, or name it with -C/--cwd",
    )


def stacks_in(directory: Path) -> tuple[str, ...]:
    """The names of the stacks that have a file."""
    files = directory.glob("Pulumi.?*.yaml")
    return tuple(sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files))


def select_stack(directory: Path, project: str, chosen: str | None) -> str:
    """The bare name of ``chosen`` (stack, org/stack or org/project/stack), else that of the only file."""
    if chosen:
        *owner, stack = chosen.split("/")
        if len(owner) == 2 and owner[1] != project:
            raise StackError(
                f"stack {chosen} belongs to project {owner[1]}, {PROJECT_FILE} is that of {project}",
                remedy=f"name a stack of {project}, or another checkout with -C/--cwd",
            )
        if len(owner) > 2 or not all((*owner, stack)):
            raise StackError(
                f"{chosen} is no stack name", remedy="write stack, org/stack or org/project/stack"
            )
        return stack
    names = stacks_in(directory)
    if len(names) == 1:
        return names[0]
    if not names:
        raise StackError(
            f"no stack file (Pulumi.<stack>.yaml) in {directory}",
            remedy="run `pulumi stack init` and configure the stack, or name one with -s/--stack",
        )
    raise StackError(
        f"several stacks in {directory}: {', '.join(names)}",
        remedy="name one with -s/--stack, or set PULUMI_STACK",
    )


def _stack_file(directory: Path, project: str, stack: str) -> Mapping[str, Any]:
    file = directory / f"Pulumi.{stack}.yaml"
    if not file.is_file():
        raise StackError(
            f"no {file.name} in {directory}; stacks with a file: {', '.join(stacks_in(directory)) or 'none'}",
            remedy=f"name one of them with -s/--stack, or give its values with --config FILE (`{EXPORT}`)",
        )
    document = read_mapping(file)
    if document.get("environment") and f"{project}:pairs" not in (document.get("config") or {}):
        raise StackError(
            f"{file.name} has no {project}:pairs but imports an ESC environment, which this tool can't read",
            remedy=f"give the values with --config FILE, a file with the output of `{EXPORT}`",
        )
    return document


def _doubt(document: Mapping[str, Any], stack: str) -> str:
    """Many environments hold credentials alone, so one is no error where the file has the pairs itself."""
    if not document.get("environment"):
        return ""
    return (
        f"Pulumi.{stack}.yaml imports an ESC environment, which this tool can't read; if that adds to the "
        f"stack's configuration, give the values with --config FILE, a file with the output of `{EXPORT}`"
    )


def _text(value: Any) -> str | None:
    """A value of the provider's configuration, or what Pulumi.yaml declares as its default."""
    if isinstance(value, dict):
        value = value.get("value", value.get("default"))
    return value if isinstance(value, str) and value else None


def _accounts(value: Any) -> tuple[str, ...]:
    """aws:allowedAccountIds, which Pulumi writes as YAML or as JSON text. Raises ConfigurationError."""
    if isinstance(value, dict):
        value = value.get("value", value.get("default"))
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            value = json.loads(value)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ConfigurationError(
            f"aws:allowedAccountIds is {value!r}, expected a list of account IDs",
            remedy='write it as ["123456789012"]',
        )
    return tuple(str(account).zfill(12) for account in value)
