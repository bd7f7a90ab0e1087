"""The function's settings: the one place that knows the names of its environment variables.

The Pulumi program writes them with ``Settings.environment``, the function reads them with
``Settings.from_environment``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from handler.errors import PolicyError, RequirementError, SettingsError
from handler.gates.requirements import Requirements
from handler.policy import ExactTag, Policy, parse


class Pin(StrEnum):
    """How a new revision names its image."""

    DIGEST = "digest"
    """By digest: a revision always runs the image that it was registered with."""
    TAG = "tag"
    """By tag: a job runs whatever the tag points at when it starts."""


class LogLevel(StrEnum):
    """The least severe log records that the function writes beside outcomes and metrics."""

    DEBUG = "DEBUG"
    """Everything."""
    INFO = "INFO"
    """What was done and why."""
    WARNING = "WARNING"
    """What looks wrong."""
    ERROR = "ERROR"
    """What failed."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What one pair's function works on.

    >>> s = Settings(pair="ocr", repository="backend", job_definitions=("ocr-job",))
    >>> s.environment()["BATCH_JOB_DEFINITION_NAMES"]
    'ocr-job'
    >>> Settings.from_environment(s.environment()) == s
    True
    """

    pair: str
    repository: str
    job_definitions: tuple[str, ...]
    policy: Policy = field(default_factory=lambda: ExactTag("latest"))
    pin: str = "digest"
    log_level: str = "INFO"
    paused: bool = False
    dry_run: bool = False
    omit_fields: tuple[str, ...] = ()
    adopt: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    keep_revisions: int | None = None
    requires: Requirements | None = None
    notify: bool = True

    def environment(self) -> dict[str, str]:
        """The environment variables that ``from_environment`` turns back into this value.

        An option at its default is left out, so that adding one changes no deployed function.
        """
        default = Settings(pair="", repository="", job_definitions=())
        values = {name: getattr(self, variable.field) for name, variable in _VARIABLES.items()}
        return {
            name: _VARIABLES[name].write(value)
            for name, value in values.items()
            if _VARIABLES[name].always or value != getattr(default, _VARIABLES[name].field)
        }

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Reads the settings; raises SettingsError that names the variable and what it should be."""
        values: dict[str, Any] = {}
        for name, variable in _VARIABLES.items():
            if variable.required and not environment.get(name):
                raise _wrong(name, "not set", "a value")
            if name in environment:
                try:
                    values[variable.field] = variable.read(environment[name])
                except ValueError as error:
                    raise _wrong(name, repr(environment[name]), str(error)) from error
        return cls(**values)


def _wrong(name: str, found: str, expected: str) -> SettingsError:
    return SettingsError(
        f"environment variable {name} is {found}, expected {expected}",
        remedy="deploy the function again with `pulumi up`; it writes this variable",
    )


@dataclass(frozen=True)
class _Variable:
    """How a field of Settings stands in the environment.

    ``read`` raises ValueError, whose words end the sentence "expected …". ``always``: it is written
    although it is at its default.
    """

    field: str
    read: Callable[[str], Any] = str
    write: Callable[[Any], str] = str
    always: bool = False
    required: bool = False


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def _specification(value: Any) -> str:
    return _compact(value.specification())


def _names(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if not all(names) or len(set(names)) != len(names):
        raise ValueError("distinct names separated by commas")
    return names


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return text

    return read


def _flag(text: str) -> bool:
    return _one_of("true", "false")(text) == "true"


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ValueError("a whole number, 1 or more")
    return int(text)


def _json(text: str, expected: str, fits: Callable[[Any], bool]) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        raise ValueError(expected) from None
    if not fits(value):
        raise ValueError(expected)
    return value


def _object(text: str) -> dict[str, Any]:
    found: dict[str, Any] = _json(text, "a JSON object", lambda value: isinstance(value, dict))
    return found


def _policy(text: str) -> Policy:
    try:
        return parse(_object(text))
    except PolicyError as error:
        raise ValueError(f"an image policy ({error})") from error


def _requirements(text: str) -> Requirements:
    try:
        return Requirements.parse(_object(text))
    except RequirementError as error:
        raise ValueError(f"gates ({error})") from error


def _is_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _strings(text: str) -> tuple[str, ...]:
    return tuple(_json(text, "a JSON list of strings", _is_strings))


def _adoptions(text: str) -> dict[str, tuple[str, ...]]:
    def fits(value: Any) -> bool:
        return isinstance(value, dict) and all(map(_is_strings, value.values()))

    found = _json(text, "a JSON object from job definition to a list of container names", fits)
    return {definition: tuple(chosen) for definition, chosen in found.items()}


_VARIABLES = {
    "PAIR_NAME": _Variable("pair", required=True, always=True),
    "ECR_REPOSITORY_NAME": _Variable("repository", required=True, always=True),
    "BATCH_JOB_DEFINITION_NAMES": _Variable("job_definitions", _names, ",".join, required=True, always=True),
    "IMAGE_POLICY": _Variable("policy", _policy, _specification, required=True, always=True),
    "IMAGE_PIN": _Variable("pin", _one_of(*Pin), always=True),
    "LOG_LEVEL": _Variable("log_level", _one_of(*LogLevel), always=True),
    "PAUSED": _Variable("paused", _flag, _compact),
    "DRY_RUN": _Variable("dry_run", _flag, _compact),
    "OMIT_FIELDS": _Variable("omit_fields", _strings, _compact),
    "ADOPT": _Variable("adopt", _adoptions, _compact),
    "KEEP_REVISIONS": _Variable("keep_revisions", _count),
    "REQUIRES": _Variable("requires", _requirements, _specification),
    "NOTIFY": _Variable("notify", _flag, _compact),
}
