"""The function's settings: the one place that knows the names of its environment variables.

The Pulumi program writes them with ``Settings.environment``, the function reads them with
``Settings.from_environment``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from handler.errors import PolicyError, RequirementError, SettingsError
from handler.policy import ExactTag, Policy, parse
from handler.value import Value

if TYPE_CHECKING:
    from handler.gates.requirements import Requirements


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


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Settings(Value):
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
    adopt: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keep_revisions: int | None = None
    requires: Requirements | None = None
    notify: bool = True

    def environment(self) -> dict[str, str]:
        """The environment variables that ``from_environment`` turns back into this value.

        An option at its default is left out, so that adding one changes no deployed function.
        """
        variables = {
            "PAIR_NAME": self.pair,
            "ECR_REPOSITORY_NAME": self.repository,
            "BATCH_JOB_DEFINITION_NAMES": ",".join(self.job_definitions),
            "IMAGE_POLICY": _compact(self.policy.specification()),
            "IMAGE_PIN": self.pin,
            "LOG_LEVEL": self.log_level,
        }
        if self.paused:
            variables["PAUSED"] = "true"
        if self.dry_run:
            variables["DRY_RUN"] = "true"
        if self.omit_fields:
            variables["OMIT_FIELDS"] = _compact(list(self.omit_fields))
        if self.adopt:
            variables["ADOPT"] = _compact({name: list(chosen) for name, chosen in self.adopt.items()})
        if self.keep_revisions is not None:
            variables["KEEP_REVISIONS"] = str(self.keep_revisions)
        if self.requires is not None:
            variables["REQUIRES"] = _compact(self.requires.specification())
        if not self.notify:
            variables["NOTIFY"] = "false"
        return variables

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Reads the settings; raises SettingsError that names the variable and what it should be."""
        return cls(
            pair=_required(environment, "PAIR_NAME"),
            repository=_required(environment, "ECR_REPOSITORY_NAME"),
            job_definitions=_names(environment, "BATCH_JOB_DEFINITION_NAMES"),
            policy=_policy(environment, "IMAGE_POLICY"),
            pin=_choice(environment, "IMAGE_PIN", tuple(Pin), default="digest"),
            log_level=_choice(environment, "LOG_LEVEL", tuple(LogLevel), default="INFO"),
            paused=_flag(environment, "PAUSED"),
            dry_run=_flag(environment, "DRY_RUN"),
            omit_fields=_strings(environment, "OMIT_FIELDS"),
            adopt=_adoptions(environment, "ADOPT"),
            keep_revisions=_count(environment, "KEEP_REVISIONS"),
            requires=_requirements(environment, "REQUIRES"),
            notify=_flag(environment, "NOTIFY", default="true"),
        )


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def _wrong(name: str, found: str, expected: str) -> SettingsError:
    return SettingsError(
        f"environment variable {name} is {found}, expected {expected}",
        remedy="deploy the function again with `pulumi up`; it writes this variable",
    )


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise _wrong(name, "not set", "a value")
    return value


def _names(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    names = tuple(_required(environment, name).split(","))
    if not all(names) or len(set(names)) != len(names):
        raise _wrong(name, repr(environment[name]), "distinct names separated by commas")
    return names


def _choice(environment: Mapping[str, str], name: str, choices: tuple[str, ...], *, default: str) -> str:
    value = environment.get(name, default)
    if value not in choices:
        raise _wrong(name, repr(value), f"one of {', '.join(choices)}")
    return value


def _flag(environment: Mapping[str, str], name: str, *, default: str = "false") -> bool:
    return _choice(environment, name, ("true", "false"), default=default) == "true"


def _count(environment: Mapping[str, str], name: str) -> int | None:
    value = environment.get(name)
    if value is None:
        return None
    if not value.isdecimal() or int(value) < 1:
        raise _wrong(name, repr(value), "a whole number, 1 or more")
    return int(value)


def _json(environment: Mapping[str, str], name: str, expected: str) -> Any:
    try:
        return json.loads(_required(environment, name))
    except ValueError:
        raise _wrong(name, repr(environment[name]), expected) from None


def _object(environment: Mapping[str, str], name: str) -> dict[str, Any]:
    value = _json(environment, name, "a JSON object")
    if not isinstance(value, dict):
        raise _wrong(name, repr(environment[name]), "a JSON object")
    return value


def _policy(environment: Mapping[str, str], name: str) -> Policy:
    try:
        return parse(_object(environment, name))
    except PolicyError as error:
        raise _wrong(name, repr(environment[name]), f"an image policy ({error})") from error


def _requirements(environment: Mapping[str, str], name: str) -> Requirements | None:
    if name not in environment:
        return None
    # Most pairs have no gates, and their functions would pay for the module at every cold start.
    from handler.gates.requirements import Requirements  # noqa: PLC0415

    try:
        return Requirements.parse(_object(environment, name))
    except RequirementError as error:
        raise _wrong(name, repr(environment[name]), f"gates ({error})") from error


def _strings(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    if name not in environment:
        return ()
    values = _json(environment, name, "a JSON list of strings")
    if not _is_strings(values):
        raise _wrong(name, repr(environment[name]), "a JSON list of strings")
    return tuple(values)


def _adoptions(environment: Mapping[str, str], name: str) -> dict[str, tuple[str, ...]]:
    if name not in environment:
        return {}
    expected = "a JSON object from job definition to a list of container names"
    values = _json(environment, name, expected)
    if not isinstance(values, dict) or not all(map(_is_strings, values.values())):
        raise _wrong(name, repr(environment[name]), expected)
    return {definition: tuple(chosen) for definition, chosen in values.items()}


def _is_strings(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)
