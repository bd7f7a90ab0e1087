"""The one model of a pair: an ECR repository and the job definitions that follow it.

The stack's YAML (camelCase keys) and the component's args (snake_case keys) are both read by
``parse``, so that what is refused in one is refused in the other, in the words of each.

The text after a field is for users: components/args.py, and with it Pulumi's schema, repeats it (``make
schema``). A description says what an error expects, where that does not follow from the type.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from components import checks
from components.naming import RuleKind
from components.problems import ConfigErrors, Problem, Spelling, problems_of
from handler import policy
from handler.gates.requirements import Requirements, Severity
from handler.policy import ExactTag, Order, Policy
from handler.settings import LogLevel, Pin, Settings


class Dashboard(StrEnum):
    """Where the pair is drawn."""

    OWN = "own"
    """On a dashboard of its own, and on that of the stack if there is one."""
    OVERVIEW = "overview"
    """On the dashboard of the stack only."""
    NONE = "none"
    """Nowhere."""


# Strict in everything but words, of which the model keeps enums.
_WORD = Field(strict=False)


class FrozenModel(BaseModel):
    """Nothing is coerced, no key is unknown, and the YAML's keys are in camelCase."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", alias_generator=to_camel)


class ImagePolicy(FrozenModel):
    """Which tags are candidates, and which of them wins. Exactly one of glob, regex and semver."""

    glob: str | None = Field(None, description="a pattern such as release-*")
    """A pattern such as `release-*`."""
    regex: str | None = Field(None, description="a regular expression such as ^main-([0-9]+)$")
    """A regular expression such as `^main-([0-9]+)$`."""
    semver: str | None = Field(None, description="a range such as >=1.4 <2")
    """A range such as `>=1.4 <2`."""
    order: Annotated[Order, _WORD] = Order.PUSHED
    """How glob and regex pick among the matching tags."""
    ignore: checks.Names = Field((), description="a list of patterns")
    """Patterns of tags that are never candidates."""
    allow_downgrade: bool = False
    """Falls back to an older image when the selected one disappears."""

    @model_validator(mode="after")
    def _one_that_can_be_used(self) -> Self:
        if sum(kind is not None for kind in (self.glob, self.regex, self.semver)) != 1:
            raise checks.unfit("exactly one of glob, regex and semver")
        checks.image_policy(self.specification())
        return self

    def specification(self) -> dict[str, Any]:
        """The JSON object that the function's own parser takes."""
        given = self.model_dump(by_alias=True, mode="json", exclude_defaults=True)
        # An order that was written counts even where it is the default: semver takes none.
        return given | ({"order": self.order.value} if "order" in self.model_fields_set else {})


class Requires(FrozenModel):
    """The gates that the selected image must pass."""

    max_severity: Annotated[Severity, _WORD] | None = None
    """The worst severity of scan findings that is let through."""
    scan_timeout: checks.Duration | None = Field(None, description="a duration with its unit, such as 1h")
    """How long to wait for a scan, such as `1h`."""
    min_age: checks.Duration | None = Field(None, description="a duration with its unit, such as 10m")
    """How long an image must have been in ECR, such as `10m`."""
    platform: checks.Platform | None = None
    """The platform that the image must be built for, such as `linux/arm64`."""

    def requirements(self) -> Requirements:
        """What the function checks."""
        return Requirements.parse(self.model_dump(by_alias=True, mode="json", exclude_none=True))


class Pair(FrozenModel):
    """One ECR repository and the AWS Batch job definitions that follow it."""

    repository: checks.Repository
    """The name of the repository, in the account and region of the component."""
    job_definitions: checks.JobDefinitions
    """The names of the job definitions, without revisions."""
    image_tag: checks.ImageTag = "latest"
    """The tag to follow; `latest` unless given."""
    image_policy: ImagePolicy | None = Field(None, description="a map with one of glob, regex and semver")
    """Chooses among many tags instead of following one."""
    pin: Annotated[Pin, _WORD] = Pin.DIGEST
    """Whether new revisions name the image by digest (the default) or by tag."""
    pass_roles: checks.RoleArns = ()
    """The ARNs of the job and execution roles that the job definitions name."""
    permissions_boundary: checks.PolicyArn | None = None
    """The ARN of the managed policy that bounds what the function's role can ever do."""
    adopt: dict[str, checks.Names] | None = Field(
        None, description="a map from job definition to a list of container names"
    )
    """Job definition -> containers to take over although they use another image."""
    requires: Requires | None = Field(None, description="a map of gates")
    """The gates that an image must pass before it is rolled out."""
    paused: bool = False
    """Disables the rules; a direct call answers that the pair is paused."""
    dry_run: bool = False
    """Plans and logs, and registers nothing."""
    keep_revisions: Annotated[int, Field(ge=1)] | None = Field(None, description="a whole number, 1 or more")
    """How many ACTIVE revisions to keep of each job definition; all unless given."""
    reconcile: checks.Schedule | None = None
    """A schedule expression, such as `rate(1 hour)`, on which to look without an event."""
    follow_changes: bool = False
    """Looks as soon as somebody else registers a revision. Needs a trail of AWS CloudTrail."""
    dashboard: Annotated[Dashboard, _WORD] = Dashboard.OWN
    """Where the pair is drawn; `overview` is what the program makes of all its pairs."""
    notify: bool = True
    """Whether updates and failures are published as EventBridge events; true unless given."""
    alarm_topics: checks.TopicArns = ()
    """The ARNs of the SNS topics that the alarms notify."""
    log_level: Annotated[LogLevel, _WORD] = LogLevel.INFO
    """The least severe log records to write; outcomes and metrics are always written."""
    log_retention_days: checks.RetentionDays = 14
    """How many days logs are kept; 14 unless given."""
    # lambda/latest/dg/gettingstarted-limits.html
    timeout_seconds: int = Field(300, ge=1, le=900, description="a whole number of seconds from 1 to 900")
    """The function's timeout in seconds; 300 unless given."""
    memory_mb: int = Field(256, ge=128, le=10240, description="a whole number of megabytes from 128 to 10240")
    """The function's memory in megabytes; 256 unless given."""
    omit_fields: checks.FieldNames = ()
    """Fields that AWS Batch returns but refuses to register; a last resort."""
    tags: checks.Tags = Field(default_factory=dict)
    """Tags of the AWS resources. They win over the component's own."""

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

    @property
    def rules(self) -> tuple[RuleKind, ...]:
        """The rules that start the function."""
        wanted = {
            RuleKind.PUSHES: True,
            RuleKind.SCHEDULE: self.reconcile is not None,
            RuleKind.SCANS: self.scans,
            RuleKind.CHANGES: self.follow_changes,
        }
        return tuple(rule for rule, is_wanted in wanted.items() if is_wanted)

    def settings(self, name: str) -> Settings:
        """The settings of this pair's function."""
        own = {field: getattr(self, field) for field in _OF_THE_FUNCTION}
        made: dict[str, Any] = {"policy": self.policy, "adopt": self.adopt or {}}
        if self.requires is not None:
            made["requires"] = self.requires.requirements()
        return Settings(pair=name, **own | made)


# The options that the function acts on: its settings have the same names.
_OF_THE_FUNCTION = Pair.model_fields.keys() & Settings.__dataclass_fields__.keys()


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
        problems += problems_of(error, name, Pair, spelling)
        # The pair that the sound keys make, so that one wrong key does not hide what else is refused.
        failed = {details["loc"][0] for details in error.errors(include_url=False) if details["loc"]}
        required = {
            spelling.key("repository"): "placeholder",
            spelling.key("job_definitions"): ["placeholder"],
        }
        pair = _validated(required | {key: values[key] for key in values if key not in failed}, spelling)
    if complete and pair.requires is not None:
        problems += _gate_problems(name, pair, pair.requires, spelling)
    if problems:
        raise ConfigErrors(problems)
    return pair


def keys(spelling: Spelling) -> tuple[str, ...]:
    """Every key of a pair."""
    return tuple(map(spelling.key, Pair.model_fields))


def _validated(values: Mapping[str, Any], spelling: Spelling) -> Pair:
    yaml = spelling is Spelling.YAML
    return Pair.model_validate(dict(values), by_alias=yaml, by_name=not yaml)


def _both_tag_and_policy(name: str, values: Mapping[str, Any], spelling: Spelling) -> list[Problem]:
    tag, policy = spelling.key("image_tag"), spelling.key("image_policy")
    if not {tag, policy} <= set(values):
        return []
    remedy = f"keep {tag} to follow one tag, or {policy} to choose among many"
    found, expected = f"both {tag} and {policy}", "one of the two"
    return [Problem(pair=name, key=tag, found=found, expected=expected, remedy=remedy)]


def _gate_problems(name: str, pair: Pair, gates: Requires, spelling: Spelling) -> list[Problem]:
    """Why the gates could not do what they are there for, because of another key."""
    key = spelling.key
    requires, reconcile = key("requires"), key("reconcile")
    severity, timeout = key("max_severity"), key("scan_timeout")
    problems = []

    def refuse(where: str, found: str, expected: str, remedy: str) -> None:
        problems.append(Problem(pair=name, key=where, found=found, expected=expected, remedy=remedy))

    if pair.pin is Pin.TAG:
        remedy = "remove pin: a revision that names a tag runs whatever it points at, gates or not"
        refuse(requires, "gates, although pin is tag", "pin: digest with gates", remedy)
    if gates.scan_timeout is not None and gates.max_severity is None:
        remedy = f"add {severity}, or remove {timeout}"
        found = f"{gates.scan_timeout} without {severity}"
        refuse(f"{requires}.{timeout}", found, "both or neither", remedy)
    reasons = {
        "min_age": "nothing else looks again once the image is old enough",
        "max_severity": "nothing else raises a scan that does not come",
    }
    for gate, reason in reasons.items():
        if pair.reconcile is None and (value := getattr(gates, gate)) is not None:
            found, expected = f"{value} without {reconcile}", f"{reconcile} as well: {reason}"
            refuse(f"{requires}.{key(gate)}", found, expected, f"add {reconcile}: rate(1 hour)")
    return problems
