"""The deployed function, called at once so that its answer is known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

from handler.aws.calls import code_of
from ops.aws import Aws, in_operators_words
from ops.errors import AwsFailed, NotDeployed

# A synchronous invocation answers when the function ends, so after its timeout at the latest.
SPARE = 15


@dataclass(frozen=True, kw_only=True)
class Answer:
    """``result`` is what the function returned (``handler.report.outcome.Result.fields``), ``error`` why not.

    ``raised`` is the name of what it raised, such as ``UpdateFailed``.
    """

    result: Mapping[str, Any]
    error: str = ""
    raised: str = ""


class Function:
    """The function ``name``, which ends after ``timeout`` seconds at the latest. Raises OpsError."""

    def __init__(self, aws: Aws, name: str, *, timeout: int) -> None:
        # Stacks of several accounts may have functions of one name.
        aws.check_account()
        self.name = name
        self._patience = timeout + SPARE
        self._client = aws.client("lambda", attempts=1, patience=self._patience)

    def call(self, event: Any) -> Answer:
        """Gives the function an event and waits for its answer; a failure of the function is an answer, too.

        Raises OpsError when it could not be called.
        """
        try:
            answer = self._client.invoke(FunctionName=self.name, Payload=json.dumps(event).encode())
            payload = answer["Payload"].read()
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                raise NotDeployed(f"function {self.name}") from error
            raise in_operators_words(error) from error
        except ReadTimeoutError as error:
            raise AwsFailed(
                f"function {self.name} did not answer within {self._patience} s; it may still be at work",
                remedy=f"look into its log: `aws logs tail /aws/lambda/{self.name} --since 30m`",
            ) from error
        except BotoCoreError as error:
            raise in_operators_words(error) from error
        return _read(payload, failed="FunctionError" in answer)


def _read(payload: bytes, *, failed: bool) -> Answer:
    try:
        content = json.loads(payload)
    except ValueError:
        content = None
    if not failed and isinstance(content, dict):
        return Answer(result=content)
    match content:
        case {"errorType": str(kind), "errorMessage": str(words)}:
            return Answer(result={}, error=f"{kind}: {words}", raised=kind)
        case {"errorMessage": str(words)}:
            return Answer(result={}, error=words)
    return Answer(result={}, error=f"the function answered with {payload[:200].decode('utf-8', 'replace')!r}")
