"""The one model of a pair: an ECR repository and the job definitions that follow it.

The stack's YAML (camelCase keys) and the component's args (snake_case keys) are both read by
``parse``, so that what is refused in one is refused in the other, in the words of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError
from pydantic.alias_generators import to_camel

from components import checks
from components.choices import Dashboard, LogLevel, Pin
from components.explain import problems_of
from components.frozen import FrozenModel, Strings
from components.image_policy import ImagePolicy
from components.problems import ConfigErrors, Problem
from components.requires import Requires, gate_problems
from handler import policy
from handler.policy import ExactTag, Policy
from handler.settings import Settings


class Spelling(Enum):
    """How the keys are written where the pair comes from."""

    YAML = "camelCase"
    ARGS = "snake_case"


# The keys that hold models of their own; other maps have the users' own keys.
_NESTED = ("image_policy", "requires")

# Strict in everything but the container: users write lists, the model keeps tuples.
_Names = Annotated[
    tuple[Annotated[str, AfterValidator(checks.job_definition)], ...],
    Field(strict=False),
    AfterValidator(checks.job_definitions),
]
_Roles = Annotated[tuple[Annotated[str, AfterValidator(checks.role_arn)], ...], Field(strict=False)]
_Topics = Annotated[tuple[Annotated[str, AfterValidator(checks.topic_arn)], ...], Field(strict=False)]
_Fields = Annotated[tuple[Annotated[str, AfterValidator(checks.field_name)], ...], Field(strict=False)]


class Pair(FrozenModel):
    """A validated pair. Descriptions say what each key expects; errors quote them."""

    repository: Annotated[str, AfterValidator(checks.repository)] = Field(
        description="the name of an ECR repository, as a string"
    )
    job_definitions: _Names = Field(description="a list of job definition names")
    image_tag: Annotated[str, AfterValidator(checks.image_tag)] = Field(
        "latest", description="an image tag, as a string"
    )
    image_policy: ImagePolicy | None = Field(None, description="a map with one of glob, regex and semver")
    pin: Annotated[Pin, Field(strict=False)] = Field(Pin.DIGEST, description="one of digest, tag")
    pass_roles: _Roles = Field((), description="a list of IAM role ARNs")
    permissions_boundary: Annotated[str, AfterValidator(checks.policy_arn)] | None = Field(
        None, description="the ARN of a managed policy"
    )
    adopt: dict[str, Strings] | None = Field(
        None, description="a map from job definition to a list of container names"
    )
    requires: Requires | None = Field(None, description="a map of gates")
    paused: bool = Field(False, description="true or false")
    dry_run: bool = Field(False, description="true or false")
    keep_revisions: Annotated[int, Field(ge=1)] | None = Field(None, description="a whole number, 1 or more")
    reconcile: Annotated[str, AfterValidator(checks.schedule)] | None = Field(
        None, description="a schedule expression, such as rate(1 hour)"
    )
    follow_changes: bool = Field(False, description="true or false")
    dashboard: Annotated[Dashboard, Field(strict=False)] = Field(
        Dashboard.OWN, description="one of own, overview, none"
    )
    notify: bool = Field(True, description="true or false")
    alarm_topics: _Topics = Field((), description="a list of SNS topic ARNs")
    log_level: Annotated[LogLevel, Field(strict=False)] = Field(
        LogLevel.INFO, description="one of DEBUG, INFO, WARNING, ERROR"
    )
    log_retention_days: Annotated[int, AfterValidator(checks.retention_days)] = Field(
        14, description="a whole number of days that CloudWatch Logs knows"
    )
    # lambda/latest/dg/gettingstarted-limits.html
    timeout_seconds: int = Field(300, ge=1, le=900, description="a whole number of seconds from 1 to 900")
    memory_mb: int = Field(256, ge=128, le=10240, description="a whole number of megabytes from 128 to 10240")
    omit_fields: _Fields = Field((), description="a list of field names")
    tags: Annotated[dict[str, str], AfterValidator(checks.resource_tags)] = Field(
        default_factory=dict, description="a map from tag name to a string"
    )

    @property
    def policy(self) -> Policy:
        """How the function selects an image."""
        if self.image_policy is None:
            return ExactTag(self.image_tag)
        return policy.parse(self.image_policy.specification())

    @property
    def scans(self) -> bool:
        """Whether the findings of image scans decide."""
        return self.requires is not None and self.requires.max_severity is not None

    def settings(self, name: str) -> Settings:
        """The settings of this pair's function."""
        return Settings(
            pair=name,
            repository=self.repository,
            job_definitions=self.job_definitions,
            policy=self.policy,
            pin=self.pin.value,
            log_level=self.log_level.value,
            paused=self.paused,
            dry_run=self.dry_run,
            omit_fields=self.omit_fields,
            adopt=self.adopt or {},
            keep_revisions=self.keep_revisions,
            requires=None if self.requires is None else self.requires.requirements(),
            notify=self.notify,
        )


def parse(name: str, values: Mapping[str, Any], *, spelling: Spelling, complete: bool = True) -> Pair:
    """The pair that ``values`` describe; raises ConfigErrors with every problem at once.

    ``complete`` is false for values that other keys may join: what one key needs of another is left out then.

    >>> parse("ocr", {"repository": "backend", "jobDefinitions": ["ocr"]}, spelling=Spelling.YAML).image_tag
    'latest'
    """
    problems = _both_tag_and_policy(name, values, spelling)
    try:
        pair = _validated(values, spelling)
    except ValidationError as error:
        problems += problems_of(error, name, Pair, camel=spelling is Spelling.YAML)
        pair = _without_what_failed(values, spelling, error)
    if complete:
        problems += gate_problems(
            name, pair.requires, pin=pair.pin, reconcile=pair.reconcile, key_of=lambda f: key_of(f, spelling)
        )
    if problems:
        raise ConfigErrors(problems)
    return pair


def key_of(field: str, spelling: Spelling) -> str:
    """The key under which users write a field of Pair."""
    return to_camel(field) if spelling is Spelling.YAML else field


def spelled(values: Mapping[str, Any], spelling: Spelling) -> dict[str, Any]:
    """The args of a component, whose keys are in snake_case, under the keys that users write.

    >>> spelled({"image_policy": {"allow_downgrade": True}, "tags": {"cost_center": "7"}}, Spelling.YAML)
    {'imagePolicy': {'allowDowngrade': True}, 'tags': {'cost_center': '7'}}
    """
    return {
        key_of(key, spelling): spelled(value, spelling)
        if key in _NESTED and isinstance(value, Mapping)
        else value
        for key, value in values.items()
    }


def keys(spelling: Spelling) -> tuple[str, ...]:
    """Every key of a pair."""
    return tuple(key_of(field, spelling) for field in Pair.model_fields)


def _validated(values: Mapping[str, Any], spelling: Spelling) -> Pair:
    yaml = spelling is Spelling.YAML
    return Pair.model_validate(dict(values), by_alias=yaml, by_name=not yaml)


def _without_what_failed(values: Mapping[str, Any], spelling: Spelling, error: ValidationError) -> Pair:
    """The pair that the sound keys make, so that one wrong key does not hide what else is refused."""
    failed = {details["loc"][0] for details in error.errors(include_url=False) if details["loc"]}
    required = {
        key_of("repository", spelling): "placeholder",
        key_of("job_definitions", spelling): ["placeholder"],
    }
    sound = {key: value for key, value in values.items() if key not in failed}
    return _validated(required | sound, spelling)


def _both_tag_and_policy(name: str, values: Mapping[str, Any], spelling: Spelling) -> list[Problem]:
    tag, policy = key_of("image_tag", spelling), key_of("image_policy", spelling)
    if not {tag, policy} <= set(values):
        return []
    return [
        Problem(
            pair=name,
            key=tag,
            found=f"both {tag} and {policy}",
            expected="one of the two",
            remedy=f"keep {tag} to follow one tag, or {policy} to choose among many",
        )
    ]
