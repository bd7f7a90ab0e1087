"""From botocore's exceptions to ours: what failed, on what, in AWS's words, and what to do about it."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from handler.errors import AccessDenied, AwsError

_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
_THROTTLED = {
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "RequestThrottledException",
    "SlowDown",
}

_REPOSITORY = "set the pair's repository to this one and run `pulumi up`"
_GATE = "run `pulumi up`: the program grants it to every pair with requires"

# Which configuration key makes the Pulumi program grant what was denied.
_GRANTED_BY = {
    "iam:PassRole": "add the role to the pair's passRoles and run `pulumi up`",
    "batch:RegisterJobDefinition": "list the definition in the pair's jobDefinitions and run `pulumi up`",
    "batch:TagResource": "list the definition in the pair's jobDefinitions and run `pulumi up`",
    "batch:DeregisterJobDefinition": "set the pair's keepRevisions and run `pulumi up`",
    "batch:DescribeJobDefinitions": "run `pulumi up`: the program grants it to every pair",
    "events:PutEvents": "run `pulumi up`: the program grants it to every pair unless notify is false",
    "ecr:DescribeImages": _REPOSITORY,
    "ecr:DescribeImageScanFindings": _GATE,
    "ecr:BatchGetRepositoryScanningConfiguration": _GATE,
    "ecr:BatchGetImage": _GATE,
    "ecr:GetDownloadUrlForLayer": _GATE,
    "inspector2:ListFindings": _GATE,
    "inspector2:ListCoverage": _GATE,
}


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def status_of(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def is_throttling(error: ClientError) -> bool:
    return code_of(error) in _THROTTLED or status_of(error) == 429


def translated(error: ClientError | BotoCoreError, action: str, resource: str) -> AwsError:
    """The error for a failed call of ``action`` (as IAM spells it) on ``resource``."""
    if isinstance(error, ClientError) and (code_of(error) in _DENIED or status_of(error) == 403):
        return _denied(error, action, resource)
    return AwsError(
        f"{action} on {resource} failed: {error}",
        remedy="if the retries fail as well, redrive the event once AWS answers again",
        action=action,
    )


def _denied(error: ClientError, action: str, resource: str) -> AccessDenied:
    words = str(error.response.get("Error", {}).get("Message", error))
    # The action that AWS names may be another one than the call's: registering needs iam:PassRole, too.
    denied = next((name for name in _GRANTED_BY if name in words), action)
    remedy = _GRANTED_BY.get(denied, "run `pulumi up`: somebody changed the function's role")
    also = "" if denied == action else f", needed for {action}"
    return AccessDenied(
        f"the function's role may not do {denied}{also} on {resource}: {words}", remedy=remedy, action=action
    )
