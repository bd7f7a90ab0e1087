"""What AWS refuses in the parameters of a call, of which moto refuses little.

Lengths, patterns, ranges and enumerations come from botocore's model of each service. What only the
documentation says stands in the tables below. The cloud's own clients check their calls, since parameters are
values there, whatever the protocol; what another client sends is left to moto.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sized
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

# Each service's code for a parameter that breaks a constraint.
_CODES = {
    "batch": "ClientException",
    "cloudwatch": "ValidationError",
    "ecr": "InvalidParameterException",
    "events": "ValidationException",
    "iam": "ValidationError",
    "lambda": "ValidationException",
    "logs": "InvalidParameterException",
    "sns": "InvalidParameter",
}
_BATCH_NAME = {"pattern": "[A-Za-z0-9][A-Za-z0-9_-]{0,127}"}
# Service and parameter, as errors spell it -> what the model leaves out, in the model's words.
_BEYOND: Mapping[tuple[str, str], Mapping[str, Any]] = {
    # batch/latest/APIReference/API_CreateJobQueue.html and its neighbours
    ("batch", "computeEnvironmentName"): _BATCH_NAME,
    ("batch", "jobQueueName"): _BATCH_NAME,
    # AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
    ("cloudwatch", "dashboardName"): {"pattern": "[A-Za-z0-9_-]+", "max": 255},
    # lambda/latest/dg/configuration-timeout.html
    ("lambda", "timeout"): {"max": 900},
    # AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    ("logs", "retentionInDays"): {
        "enum": [
            *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
            *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
        ]
    },
    # sns/latest/api/API_Subscribe.html
    ("sns", "protocol"): {
        "enum": ["application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"]
    },
}
# AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
_QUEUE_RANGES = {
    "DelaySeconds": (0, 900),
    "KmsDataKeyReusePeriodSeconds": (60, 86400),
    "MaximumMessageSize": (1024, 1048576),
    "MessageRetentionPeriod": (60, 1209600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43200),
}
_SHORT_PERIODS, _LONGEST_EVALUATION = (10, 20, 30), 86400
_ENVIRONMENT_BYTES, _ROLE_POLICY_CHARACTERS = 4096, 10240
_TYPES: Mapping[str, Any] = {"structure": Mapping, "map": Mapping, "list": list | tuple}
Problem = tuple[str, str, str]
"""Where, the value in quotes, and the constraint that it breaks."""
Refusals = Iterator[tuple[str, str]]
"""Codes and messages."""
# What Python's patterns lack of Java's, near enough.
_CLASSES = {r"\p{L}": r"\w", r"\p{N}": r"\d", r"\p{Z}": r"\s", r"\p{Alnum}": "A-Za-z0-9"}


def check_call(params: Mapping[str, Any], model: Any, **_: Any) -> None:
    """Raises ClientError in AWS's words. botocore calls this before it builds a request."""
    service, operation = model.service_model.service_name, model.name
    for code, message in _DOCUMENTED.get((service, operation), _nothing)(params):
        raise refusal(operation, code, message)
    if service not in _CODES or model.input_shape is None:
        return
    problems = list(_problems(service, params, model.input_shape, ""))
    if not problems:
        return
    if service == "ecr":
        path, _value, constraint = problems[0]
        message = f"Invalid parameter at '{path}' failed to satisfy constraint: '{constraint}'"
    else:
        told = [f"Value{value} at '{path}' failed to satisfy constraint: {c}" for path, value, c in problems]
        noun = "error" if len(told) == 1 else "errors"
        message = f"{len(told)} validation {noun} detected: {'; '.join(told)}"
    raise refusal(operation, _CODES[service], message)


def _problems(service: str, value: Any, shape: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, _TYPES.get(shape.type_name, object)):
        return  # of a wrong type, which botocore finds itself
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            if value.get(name) is not None:
                lowered = name[:1].lower() + name[1:]
                yield from _problems(service, value[name], member, f"{path}.{lowered}" if path else lowered)
        return
    if shape.type_name == "list":
        for number, item in enumerate(value, 1):
            yield from _problems(service, item, shape.member, f"{path}.{number}.member")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from _problems(service, key, shape.key, f"{path}.{key}.key")
            yield from _problems(service, item, shape.value, f"{path}.{key}.value")
    limits = {**shape.metadata, **_BEYOND.get((service, path), {})}
    quoted = f" '{value}'" if isinstance(value, str | int | float) and "sensitive" not in limits else ""
    yield from ((path, quoted, constraint) for constraint in _broken(value, limits))


def _broken(value: Any, limits: Mapping[str, Any]) -> Iterator[str]:
    """The constraints that a value breaks which is no structure; an empty map is taken for one left out."""
    if isinstance(value, bool | Mapping) or not isinstance(value, int | float | Sized):
        return
    size, noun = (len(value), "length") if isinstance(value, Sized) else (value, "value")
    if size < limits.get("min", size):
        yield f"Member must have {noun} greater than or equal to {limits['min']}"
    if size > limits.get("max", size):
        yield f"Member must have {noun} less than or equal to {limits['max']}"
    pattern = _compiled(limits.get("pattern", ""))
    if isinstance(value, str) and pattern is not None and not pattern.fullmatch(value):
        yield f"Member must satisfy regular expression pattern: {limits['pattern']}"
    if value not in limits.get("enum", [value]):
        yield f"Member must satisfy enum value set: [{', '.join(map(str, limits['enum']))}]"


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """The model's pattern; None for none, and for one that Python can't read."""
    # A word is of ASCII to Java unless it is asked for letters as such.
    flags = re.DOTALL if r"\p{" in pattern else re.DOTALL | re.ASCII
    for java, python in _CLASSES.items():
        pattern = pattern.replace(java, python)
    try:
        return re.compile(pattern, flags) if pattern else None
    except re.error:
        return None


def _nothing(_params: Mapping[str, Any]) -> Refusals:
    return iter(())


def _queue_attributes(params: Mapping[str, Any]) -> Refusals:
    for name, text in (params.get("Attributes") or {}).items():
        least, most = _QUEUE_RANGES.get(name, (0, 0))
        outside = name in _QUEUE_RANGES and not (text.isdigit() and least <= int(text) <= most)
        if outside or (name == "Policy" and text and not _is_object(text)):
            yield "InvalidAttributeValue", f"Invalid value for the parameter {name}."


def _alarm(params: Mapping[str, Any]) -> Refusals:
    """AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html."""
    period, periods = params.get("Period"), params.get("EvaluationPeriods", 1)
    if period is None:
        return
    if period not in _SHORT_PERIODS and (period <= 0 or period % 60):
        yield "ValidationError", "Period must be 10, 20, 30, or a multiple of 60"
    elif period * periods > _LONGEST_EVALUATION and period < 3600:
        yield (
            "ValidationError",
            "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).",
        )


def _trust(params: Mapping[str, Any]) -> Refusals:
    if not _is_object(params.get("AssumeRolePolicyDocument", params.get("PolicyDocument"))):
        yield "MalformedPolicyDocument", "This policy contains invalid Json"


def _role_policy(params: Mapping[str, Any]) -> Refusals:
    """IAM/latest/UserGuide/reference_iam-quotas.html: white space does not count."""
    yield from _trust(params)
    if len("".join(str(params.get("PolicyDocument", "")).split())) > _ROLE_POLICY_CHARACTERS:
        role = params.get("RoleName")
        yield (
            "LimitExceeded",
            f"Maximum policy size of {_ROLE_POLICY_CHARACTERS} bytes exceeded for role {role}",
        )


def _function(params: Mapping[str, Any]) -> Refusals:
    """lambda/latest/dg/configuration-envvars.html."""
    variables = params.get("Environment", {}).get("Variables") or {}
    if sum(len(f"{key}{value}".encode()) for key, value in variables.items()) > _ENVIRONMENT_BYTES:
        message = (
            "Lambda was unable to configure your environment variables because the environment variables you "
            "have provided exceeded the 4KB limit."
        )
        yield "InvalidParameterValueException", message


def _is_object(text: Any) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (TypeError, ValueError):
        return False


_DOCUMENTED: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], Refusals]] = {
    ("cloudwatch", "PutMetricAlarm"): _alarm,
    ("iam", "CreateRole"): _trust,
    ("iam", "PutRolePolicy"): _role_policy,
    ("iam", "UpdateAssumeRolePolicy"): _trust,
    ("lambda", "CreateFunction"): _function,
    ("lambda", "UpdateFunctionConfiguration"): _function,
    ("sqs", "CreateQueue"): _queue_attributes,
    ("sqs", "SetQueueAttributes"): _queue_attributes,
}


def refusal(operation: str, code: str, message: str) -> ClientError:
    """The error for what AWS, or the provider before it asks AWS, refuses."""
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)
