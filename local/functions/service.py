"""AWS Lambda's invocations: at once, or queued with retries and an on-failure destination."""

from __future__ import annotations

import base64
import json
import logging
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from local.backends import Backends
from local.cloudwatch.metrics import Metrics
from local.functions.pool import FunctionPool
from local.functions.sandbox import Invocation, Outcome
from local.http import ApiError, Request, Response
from local.iam.calls import Iam
from local.iam.policy import Access
from local.sqs import send
from local.work import Work

_log = logging.getLogger("local")
# lambda/latest/dg/invocation-async-error-handling.html
RETRY_WAITS = (60.0, 120.0)
_MAX_AGE = 6 * 3600


class LambdaService:
    """Answers Invoke, and takes events from EventBridge."""

    def __init__(
        self,
        *,
        backends: Backends,
        pool: FunctionPool,
        iam: Iam,
        metrics: Metrics,
        work: Work,
    ) -> None:
        self._backends = backends
        self._pool = pool
        self._iam = iam
        self._metrics = metrics
        self._work = work

    def __call__(self, request: Request) -> Response | None:
        """The answer to ``request``, or None when moto answers; raises ApiError."""
        if request.operation == "Invoke":
            return self._invoke(request)
        return None

    def enqueue(self, function_arn: str, payload: bytes, request_id: str | None = None) -> str:
        """Takes an event for asynchronous invocation and returns the request's id."""
        identity = request_id or str(uuid.uuid4())
        self._work.start(self._run_queued, function_arn, payload, identity)
        return identity

    def _invoke(self, request: Request) -> Response:
        name = unquote(request.path.split("/")[3])
        function = self._backends.function(name, request.region)
        if function is None:
            arn = name if name.startswith("arn:") else f"{self._arn_prefix(request.region)}{name}"
            raise ApiError("ResourceNotFoundException", f"Function not found: {arn}", status=404)
        try:
            json.loads(request.body or b"{}")
        except ValueError as error:
            raise ApiError(
                "InvalidRequestContentException", f"Could not parse request body into json: {error}"
            ) from error
        kind = request.headers.get("x-amz-invocation-type", "RequestResponse")
        payload = request.body or b"{}"
        if kind == "DryRun":
            return Response(status=204, body=b"")
        if kind == "Event":
            self.enqueue(function.function_arn, payload)
            return Response(status=202, body=b"")
        request_id = str(uuid.uuid4())
        outcome, tail = self._run(function, payload, request_id)
        headers = {
            "Content-Type": "application/json",
            "X-Amz-Executed-Version": "$LATEST",
            "x-amzn-RequestId": request_id,
        }
        if outcome.failed:
            headers["X-Amz-Function-Error"] = "Unhandled"
        if request.headers.get("x-amz-log-type") == "Tail":
            headers["X-Amz-Log-Result"] = base64.b64encode(tail.encode()[-4096:]).decode()
        return Response(status=200, body=outcome.payload, headers=headers)

    def _run(self, function: Any, payload: bytes, request_id: str) -> tuple[Outcome, str]:
        worker = self._pool.acquire(function)
        worker.logs.platform("platform.start", {"requestId": request_id, "version": "$LATEST"})
        try:
            outcome = worker.sandbox.invoke(
                Invocation(
                    request_id=request_id,
                    payload=payload,
                    function_arn=function.function_arn,
                    timeout=float(function.timeout),
                )
            )
            worker.logs.platform("platform.report", _report(function, request_id, outcome))
        finally:
            self._pool.release(function, worker)
        dimensions = {"FunctionName": function.function_name}
        self._metrics.put("AWS/Lambda", "Invocations", dimensions)
        self._metrics.put("AWS/Lambda", "Errors", dimensions, float(outcome.failed))
        self._metrics.put("AWS/Lambda", "Duration", dimensions, outcome.duration_ms, "Milliseconds")
        return outcome, json.dumps(_report(function, request_id, outcome))

    def _run_queued(self, function_arn: str, payload: bytes, request_id: str) -> None:
        attempts, age, condition = 0, 0.0, ""
        while True:
            function = self._backends.function(function_arn, "")
            if function is None:
                _log.warning("%s was deleted; its queued event is dropped, as on AWS", function_arn)
                return
            outcome, _ = self._run(function, payload, request_id)
            attempts += 1
            if not outcome.failed:
                return
            config = _invoke_config(function)
            if attempts > config.get("MaximumRetryAttempts", len(RETRY_WAITS)):
                condition = "RetriesExhausted"
                break
            wait = RETRY_WAITS[attempts - 1]
            age += wait
            if age > config.get("MaximumEventAgeInSeconds", _MAX_AGE):
                condition = "EventAgeExceeded"
                break
            _log.info(
                "%s failed (attempt %d); Lambda retries after %.0f s, here %.1f s",
                function.function_name,
                attempts,
                wait,
                wait * self._work.time_factor,
            )
            self._work.wait(wait)
        self._metrics.put("AWS/Lambda", "AsyncEventsDropped", {"FunctionName": function.function_name})
        self._give_up(
            function, _destination_record(function, payload, outcome, request_id, attempts, condition)
        )

    def _give_up(self, function: Any, record: Mapping[str, Any]) -> None:
        destination = (
            _invoke_config(function).get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        )
        if not destination:
            _log.warning("%s has no on-failure destination: its event is lost", function.function_name)
            return
        if destination.split(":")[2] != "sqs":
            raise NotImplementedError(
                f"the local cloud delivers failures to SQS queues only, not {destination}"
            )
        # Lambda sends with the function's own role.
        access = Access(action="sqs:SendMessage", resource=destination)
        problem = self._iam.denial(function.function_arn, access)
        queue = self._backends.queue(destination)
        if problem or queue is None:
            _log.warning("the failure record is lost: %s", problem or f"there is no queue {destination}")
            self._metrics.put(
                "AWS/Lambda", "DestinationDeliveryFailures", {"FunctionName": function.function_name}
            )
            return
        send(self._backends, queue, json.dumps(record))

    def _arn_prefix(self, region: str) -> str:
        return f"arn:aws:lambda:{region}:{self._backends.account}:function:"


def _invoke_config(function: Any) -> dict[str, Any]:
    configs = function.event_invoke_config
    return configs[-1].config if configs else {}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _report(function: Any, request_id: str, outcome: Outcome) -> dict[str, Any]:
    metrics = {
        "durationMs": round(outcome.duration_ms, 3),
        "billedDurationMs": int(outcome.duration_ms) + 1,
        "memorySizeMB": function.memory_size,
        **({"maxMemoryUsedMB": outcome.peak_mb} if outcome.peak_mb is not None else {}),
        **({"initDurationMs": round(outcome.init_ms, 3)} if outcome.init_ms is not None else {}),
    }
    error = {"errorType": _parsed(outcome.payload).get("errorType", "Unknown")} if outcome.failed else {}
    return {"requestId": request_id, "metrics": metrics, "status": outcome.status, **error}


def _destination_record(
    function: Any, payload: bytes, outcome: Outcome, request_id: str, attempts: int, condition: str
) -> dict[str, Any]:
    """lambda/latest/dg/invocation-async-retain-records.html."""
    return {
        "version": "1.0",
        "timestamp": _now(),
        "requestContext": {
            "requestId": request_id,
            "functionArn": f"{function.function_arn}:$LATEST",
            "condition": condition,
            "approximateInvokeCount": attempts,
        },
        "requestPayload": json.loads(payload),
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": _parsed(outcome.payload),
    }


def _parsed(payload: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(payload)
    except ValueError:
        return {"errorMessage": payload.decode("utf-8", "replace")}
    return parsed if isinstance(parsed, dict) else {"errorMessage": str(parsed)}
