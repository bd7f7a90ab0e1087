"""AWS CloudTrail, as far as EventBridge hears of it: calls that register a job definition.

Off unless ``on`` is set: without a trail AWS sends no API calls to EventBridge
(eventbridge/latest/userguide/eb-service-event-cloudtrail.html).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local.http import Request, Response
from local.iam.calls import Iam
from local.layer import Service

Emit = Callable[[str, str, dict[str, Any]], Any]


class Trail:
    """Publishes what CloudTrail records of a call that succeeded, while ``on``."""

    def __init__(self, *, emit: Emit, iam: Iam, region: str) -> None:
        self.on = False
        self._emit = emit
        self._iam = iam
        self._region = region

    def watching(self, service: Service) -> Service:
        """``service`` with its registrations recorded."""

        def answer(request: Request) -> Response | None:
            response = service(request)
            if self.on and response is not None and request.operation == "RegisterJobDefinition":
                self._emit("aws.batch", "AWS API Call via CloudTrail", self._record(request))
            return response

        return answer

    def _record(self, request: Request) -> dict[str, Any]:
        return {
            "eventSource": "batch.amazonaws.com",
            "eventName": request.operation,
            "awsRegion": self._region,
            "userIdentity": self._identity(request.access_key),
            "requestParameters": request.json(),
        }

    def _identity(self, access_key: str) -> dict[str, Any]:
        function = self._iam.function_of(access_key)
        if function is None:
            return {"type": "IAMUser", "userName": "operator", "accessKeyId": access_key}
        role = self._iam.role_of(function)
        issuer = {"type": "Role", "arn": role, "userName": role.rpartition("/")[2]}
        return {"type": "AssumedRole", "accessKeyId": access_key, "sessionContext": {"sessionIssuer": issuer}}
