"""How AWS is called: page by page, with every failure in words that say what, on what, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from handler.errors import AccessDenied, AwsError, MalformedAnswer

_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
_THROTTLED = (
    *("Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException"),
    *("RequestLimitExceeded", "RequestThrottledException", "SlowDown"),
)


_DEFINITION = "list the definition in the pair's jobDefinitions and run `pulumi up`"
# Which configuration key makes the Pulumi program grant what was denied.
_GRANTED_BY = {
    "iam:PassRole": "add the role to the pair's passRoles and run `pulumi up`",
    **dict.fromkeys(("batch:RegisterJobDefinition", "batch:TagResource"), _DEFINITION),
    "batch:DeregisterJobDefinition": "set the pair's keepRevisions and run `pulumi up`",
    "batch:DescribeJobDefinitions": "run `pulumi up`: the program grants it to every pair",
    "events:PutEvents": "run `pulumi up`: the program grants it to every pair unless notify is false",
    "ecr:DescribeImages": "set the pair's repository to this one and run `pulumi up`",
    **dict.fromkeys(
        (
            *("ecr:DescribeImageScanFindings", "ecr:BatchGetRepositoryScanningConfiguration"),
            *("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
            *("inspector2:ListFindings", "inspector2:ListCoverage"),
        ),
        "run `pulumi up`: the program grants it to every pair with requires",
    ),
}


def call(operation: Callable[..., Any], action: str, resource: str, **query: Any) -> Any:
    """The answer of a client's ``operation``; raises AwsError for a failed call of ``action`` (as IAM spells
    it) on ``resource``."""
    try:
        return operation(**query)
    except (ClientError, BotoCoreError) as error:
        raise translated(error, action, resource) from error
    except ResponseParserError as error:
        raise MalformedAnswer(
            f"{action} on {resource} answered with something else: {str(error)[:300]}",
            action=action,
            cause=error,
        ) from error


def pages(ask: Callable[..., Any], **query: Any) -> Iterator[Any]:
    """Every page that ``ask`` answers with; the last one has no ``nextToken``."""
    token: dict[str, str] = {}
    while True:
        page = ask(**query, **token)
        yield page
        if not page.get("nextToken"):
            return
        token = {"nextToken": page["nextToken"]}


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def status_of(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def is_throttling(error: ClientError) -> bool:
    return code_of(error) in _THROTTLED or status_of(error) == 429


def translated(error: ClientError | BotoCoreError, action: str, resource: str) -> AwsError:
    """The error for a failed call of ``action`` on ``resource``, which keeps what it was made from."""
    code, status = (code_of(error), status_of(error)) if isinstance(error, ClientError) else ("", 0)
    made_from = {"action": action, "code": code, "status": status, "cause": error}
    if not isinstance(error, ClientError) or not (code in _DENIED or status == 403):
        return AwsError(
            f"{action} on {resource} failed: {error}",
            remedy="if the retries fail as well, redrive the event once AWS answers again",
            **made_from,
        )
    words = str(error.response.get("Error", {}).get("Message", error))
    # The action that AWS names may be another one than the call's: registering needs iam:PassRole, too.
    denied = next((name for name in _GRANTED_BY if name in words), action)
    also = "" if denied == action else f", needed for {action}"
    return AccessDenied(
        f"the function's role may not do {denied}{also} on {resource}: {words}",
        remedy=_GRANTED_BY.get(denied, "run `pulumi up`: somebody changed the function's role"),
        **made_from,
    )
