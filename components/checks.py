"""What AWS accepts in a single value of the configuration, and the types of the values that it takes.

Each check returns the value or raises pydantic's custom error ``unfit``, whose context says what was
found (when that is more than the value), what is expected and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from components.policy_proof.proof import prove
from handler import policy
from handler.errors import PolicyError, RequirementError
from handler.gates import requirements
from handler.policy import ExactTag

UNFIT = "unfit"

# AmazonECR/latest/APIReference/API_CreateRepository.html
_REPOSITORY = re.compile(r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*")
_REPOSITORY_ARN = re.compile(
    r"arn:[a-z-]+:ecr:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):repository/(?P<name>.+)"
)
_REGISTRY_HOST = re.compile(
    r"(?P<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.[a-z.]+/(?P<name>[^:@]+)(?:[:@].*)?"
)
# batch/latest/APIReference/API_RegisterJobDefinition.html
_JOB_DEFINITION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
# IAM/latest/UserGuide/reference_identifiers.html
_ROLE = re.compile(r"arn:aws(?:-[a-z]+)*:iam::\d{12}:role/[A-Za-z0-9_+=,.@/-]{1,576}")
_POLICY = re.compile(r"arn:aws(?:-[a-z]+)*:iam::(?:\d{12}|aws):policy/[A-Za-z0-9_+=,.@/-]{1,576}")
# sns/latest/api/API_CreateTopic.html
_TOPIC = re.compile(r"arn:aws(?:-[a-z]+)*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?")
# scheduler syntax: eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
_RATE = re.compile(r"rate\((?:1 (?:minute|hour|day)|(?!1 )[1-9]\d* (?:minutes|hours|days))\)")
_CRON = re.compile(r"cron\(([0-9A-Za-z*,/#?-]+(?: [0-9A-Za-z*,/#?-]+){5})\)")
# tag-editor/latest/userguide/best-practices-and-strats.html
_TAG_TEXT = re.compile(r"[\w\s.:/=+@-]*")

# AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545),
    *(731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)


def unfit(expected: str, *, remedy: str = "", found: str = "") -> PydanticCustomError:
    """The error of a value that AWS would refuse."""
    return PydanticCustomError(
        UNFIT, "expected {expected}", {"expected": expected, "remedy": remedy, "found": found}
    )


def repository(value: str) -> str:
    """The bare name of a repository in the stack's own account and region."""
    elsewhere = _REPOSITORY_ARN.fullmatch(value) or _REGISTRY_HOST.fullmatch(value)
    if elsewhere:
        raise unfit(
            "the bare name of a repository in the account and region of the stack",
            found=f"{value!r} (account {elsewhere['account']}, region {elsewhere['region']})",
            remedy=f"write {elsewhere['name']} if that is the stack's own account and region; otherwise let "
            "ECR replicate the repository into the stack's account and region, and name the replica",
        )
    if not (2 <= len(value) <= 256 and _REPOSITORY.fullmatch(value)):
        raise unfit(
            "the name of an ECR repository: 2 to 256 lower-case letters and digits, "
            "separated by single '.', '_', '-' or '/'"
        )
    return value


def job_definition(value: str) -> str:
    """The bare name of a job definition."""
    if not _JOB_DEFINITION.fullmatch(value):
        bare = re.sub(r":\d+$", "", value.rpartition("job-definition/")[2])
        raise unfit(
            "the name of a job definition: 1 to 128 letters, digits, '-' and '_', first a letter or digit",
            remedy=f"write the bare name, {bare}"
            if bare != value and _JOB_DEFINITION.fullmatch(bare)
            else "",
        )
    return value


def job_definitions(values: tuple[str, ...]) -> tuple[str, ...]:
    """At least one, and none twice."""
    if not values:
        raise unfit(
            "at least one job definition",
            remedy="name the job definitions that follow the repository, or remove the pair",
        )
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise unfit("each job definition once", found=f"{', '.join(twice)} more than once")
    return values


def image_tag(value: str) -> str:
    """A tag that an image can carry; the function's own policy decides."""
    try:
        return ExactTag(value).tag
    except PolicyError as error:
        raise unfit("an image tag", remedy=error.remedy) from error


def role_arn(value: str) -> str:
    """The whole ARN of one IAM role; patterns are refused, since they would pass on more than one role."""
    if not _ROLE.fullmatch(value):
        raise unfit(
            "the ARN of an IAM role, such as arn:aws:iam::123456789012:role/ocr-job",
            remedy="list the jobRoleArn and executionRoleArn that the job definitions name, each whole",
        )
    return value


def policy_arn(value: str) -> str:
    """The ARN of a managed policy."""
    if not _POLICY.fullmatch(value):
        raise unfit("the ARN of a managed policy, such as arn:aws:iam::123456789012:policy/boundary")
    return value


def topic_arn(value: str) -> str:
    """The ARN of an SNS topic."""
    if not _TOPIC.fullmatch(value):
        raise unfit("the ARN of an SNS topic, such as arn:aws:sns:eu-central-1:123456789012:alarms")
    return value


def retention_days(value: int) -> int:
    """A retention period that CloudWatch Logs knows."""
    if value not in RETENTION_DAYS:
        nearest = min(RETENTION_DAYS, key=lambda days: (abs(days - value), days))
        raise unfit(
            f"a number of days that CloudWatch Logs knows: {', '.join(map(str, RETENTION_DAYS))}",
            remedy=f"{nearest} is the nearest",
        )
    return value


def schedule(value: str) -> str:
    """A schedule expression of EventBridge, in UTC."""
    cron = _CRON.fullmatch(value)
    if cron:
        _minutes, _hours, day_of_month, _month, day_of_week, _year = cron[1].split(" ")
        if [day_of_month, day_of_week].count("?") != 1:
            raise unfit(
                "a schedule expression with ? as day of month or day of week, such as cron(0 6 * * ? *)"
            )
    elif not _RATE.fullmatch(value):
        raise unfit(
            "a schedule expression, such as rate(1 hour) or cron(0 6 * * ? *)",
            remedy="write the unit in the singular after 1, in the plural otherwise"
            if value.startswith("rate(")
            else "",
        )
    return value


def image_policy(specification: Mapping[str, Any]) -> None:
    """A policy that can select something, and fast; the function's own parser reads it."""
    try:
        prove(policy.parse(specification))
    except PolicyError as error:
        raise unfit("a policy that can be used", found=error.message, remedy=error.remedy) from error


def duration(value: str) -> str:
    """A whole number and its unit."""
    try:
        requirements.duration(value)
    except RequirementError as error:
        raise unfit("a duration such as 90s, 10m, 1h or 2d") from error
    return value


def platform(value: str) -> str:
    """An operating system and a processor."""
    try:
        requirements.Requirements(platform=value)
    except RequirementError as error:
        raise unfit("a platform such as linux/amd64 or linux/arm64", remedy=error.remedy) from error
    return value


def resource_tags(values: dict[str, str]) -> dict[str, str]:
    """Tags for AWS resources, with room left for the component's own four."""
    if len(values) > 46:
        raise unfit("at most 46 tags", found=f"{len(values)} tags")
    for key, text in values.items():
        if not (1 <= len(key) <= 128 and _TAG_TEXT.fullmatch(key)) or key.lower().startswith("aws:"):
            raise unfit(
                "tag names of 1 to 128 letters, digits, spaces or any of _ . : / = + - @, not aws: first",
                found=repr(key),
            )
        if len(text) > 256 or not _TAG_TEXT.fullmatch(text):
            raise unfit(
                "tag values of at most 256 letters, digits, spaces or any of _ . : / = + - @",
                found=f"{text!r} for {key}",
            )
    return values


def field_name(value: str) -> str:
    """The path of a field in a job definition, without the numbers of list items."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z][A-Za-z0-9]*)*", value):
        raise unfit("a field of a job definition, such as schedulingPriority or containerProperties.newField")
    return value


# A description says what an error expects. Strict in everything but the lists: users write lists, the model
# keeps tuples.
Names = Annotated[tuple[str, ...], Field(strict=False)]
Repository = Annotated[
    str, AfterValidator(repository), Field(description="the name of an ECR repository, as a string")
]
JobDefinitions = Annotated[
    tuple[Annotated[str, AfterValidator(job_definition)], ...],
    Field(strict=False, description="a list of job definition names"),
    AfterValidator(job_definitions),
]
ImageTag = Annotated[str, AfterValidator(image_tag), Field(description="an image tag, as a string")]
RoleArns = Annotated[
    tuple[Annotated[str, AfterValidator(role_arn)], ...],
    Field(strict=False, description="a list of IAM role ARNs"),
]
PolicyArn = Annotated[str, AfterValidator(policy_arn), Field(description="the ARN of a managed policy")]
TopicArns = Annotated[
    tuple[Annotated[str, AfterValidator(topic_arn)], ...],
    Field(strict=False, description="a list of SNS topic ARNs"),
]
Schedule = Annotated[
    str, AfterValidator(schedule), Field(description="a schedule expression, such as rate(1 hour)")
]
RetentionDays = Annotated[
    int,
    AfterValidator(retention_days),
    Field(description="a whole number of days that CloudWatch Logs knows"),
]
FieldNames = Annotated[
    tuple[Annotated[str, AfterValidator(field_name)], ...],
    Field(strict=False, description="a list of field names"),
]
Tags = Annotated[
    dict[str, str], AfterValidator(resource_tags), Field(description="a map from tag name to a string")
]
Duration = Annotated[str, AfterValidator(duration)]
Platform = Annotated[str, AfterValidator(platform), Field(description="a platform such as linux/arm64")]
