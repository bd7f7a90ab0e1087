"""Which stack is meant, and its configuration.

The stack is the one that ``--stack`` names, else ``PULUMI_STACK``, else the only stack file. Its values
come from ``Pulumi.<stack>.yaml`` with Pulumi.yaml's defaults below them, or from the output of ``pulumi
config --json --show-secrets``, in which Pulumi has merged those defaults itself, ESC environments and
encrypted values with them: from a file that holds it, or from Pulumi itself where a value is encrypted.
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
from ops.files import exported_values
from ops.pulumi_files.decrypted import EXPORT, decrypted
from ops.pulumi_files.project import PROJECT_FILE, Project, read_project
from ops.pulumi_files.stack import StackFile, read_stack
from stack_config import StackConfig

_PROVIDER = ("aws:region", "aws:profile", "aws:allowedAccountIds")


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
    try:
        project = read_project(root / PROJECT_FILE)
    except ConfigErrors as error:
        raise ConfigurationError(str(error)) from error
    wanted = chosen or environment.get("PULUMI_STACK")
    name = select_stack(project.directory, project.name, wanted)
    file: StackFile | None = None
    try:
        if config is not None:
            texts = _texts(exported_values(config, remedy=f"fill it with the output of `{EXPORT}`"))
        else:
            file = _stack_file(project, name)
            texts = texts_of(file, project, wanted or name)
        values = stack_config.from_pulumi(texts, project.name)
        loaded = stack_config.load(values, project=project.name, stack=name)
    except ConfigErrors as error:
        problems = [file.located(p, project.name) if file else p for p in error.problems]
        raise ConfigurationError(
            f"the configuration of stack {name} can't be used:\n" + "\n".join(f"  - {p}" for p in problems)
        ) from error
    return Stack(
        project=project.name,
        name=name,
        config=loaded,
        region=texts.get("aws:region") or None,
        profile=texts.get("aws:profile") or None,
        accounts=_accounts(texts.get("aws:allowedAccountIds")),
        doubt=_doubt(name) if file and file.imports else "",
    )


def texts_of(file: StackFile, project: Project, stack: str) -> dict[str, str]:
    """What a program gets for each key, decrypted by Pulumi where one that matters here is encrypted.

    ``stack`` is its name as Pulumi knows it. Raises ConfigurationError and StackError.
    """
    encrypted = [
        key
        for key, value in file.values.items()
        if value.encrypted and (key.startswith(f"{project.name}:") or key in _PROVIDER)
    ]
    return _texts(decrypted(project.root, stack, encrypted)) if encrypted else file.texts


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


def _stack_file(project: Project, stack: str) -> StackFile:
    file = project.directory / f"Pulumi.{stack}.yaml"
    if not file.is_file():
        known = ", ".join(stacks_in(project.directory)) or "none"
        raise StackError(
            f"no {file.name} in {project.directory}; stacks with a file: {known}",
            remedy=f"name one of them with -s/--stack, or give its values with --config FILE (`{EXPORT}`)",
        )
    read = read_stack(project, file)
    pairs = f"{project.name}:pairs"
    if read.imports and pairs not in read.values:
        raise StackError(
            f"{file.name} has no {pairs} but imports an ESC environment, which this tool can't read",
            remedy=f"give the values with --config FILE, a file with the output of `{EXPORT}`",
        )
    return read


def _texts(exported: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Each key's value as a program gets it."""
    return {
        key: entry["value"] if "value" in entry else json.dumps(entry["objectValue"])
        for key, entry in exported.items()
    }


def _doubt(stack: str) -> str:
    """Many environments hold credentials alone, so one is no error where the file has the pairs itself."""
    return (
        f"Pulumi.{stack}.yaml imports an ESC environment, which this tool can't read; if that adds to the "
        f"stack's configuration, give the values with --config FILE, a file with the output of `{EXPORT}`"
    )


def _accounts(text: str | None) -> tuple[str, ...]:
    """aws:allowedAccountIds. Raises ConfigurationError."""
    if not text:
        return ()
    value: Any = text
    with contextlib.suppress(ValueError):
        value = json.loads(text)
    if not isinstance(value, list):
        raise ConfigurationError(
            f"aws:allowedAccountIds is {value!r}, expected a list of account IDs",
            remedy='write it as ["123456789012"]',
        )
    return tuple(str(account).zfill(12) for account in value)
