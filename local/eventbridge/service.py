"""Amazon EventBridge: from an event to the rules that match it, and on to their targets."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.backends import Backends
from local.cloudwatch.metrics import Metrics
from local.eventbridge.pattern_check import read_pattern
from local.eventbridge.patterns import matches
from local.faults import Faults
from local.functions.service import LambdaService
from local.http import ApiError, Request, Response, json_response
from local.iam.policy import Access, decide
from local.sqs import may_send, send
from local.work import Work

_log = logging.getLogger("local")
_SERVICE = "events.amazonaws.com"
# eventbridge/latest/userguide/eb-rule-retry-policy.html
_RETRIES, _MAX_AGE, _MAX_WAIT = 185, 86400, 600.0
# The size was raised to 1 MB; what fits into the former one fits wherever that has not come yet.
_MOST_ENTRIES, _MOST_BYTES = 10, 256 * 1024
_SIZED = ("Source", "DetailType", "Detail")
_MANDATORY = ("id", "account", "source", "time", "region", "resources", "detail-type")


@dataclass(frozen=True)
class _Failure:
    code: str
    message: str
    retryable: bool = False


class EventBridge:
    """Delivers events of the default bus (and of others, when PutEvents names one) in one region.

    ``history`` holds every event that was published, in order.
    """

    def __init__(
        self,
        *,
        backends: Backends,
        functions: LambdaService,
        metrics: Metrics,
        work: Work,
        faults: Faults,
        region: str,
    ) -> None:
        self._backends = backends
        self._functions = functions
        self._metrics = metrics
        self._work = work
        self._faults = faults
        self._region = region
        self.history: list[dict[str, Any]] = []

    def __call__(self, request: Request) -> Response | None:
        """Answers PutEvents and TestEventPattern, refuses bad patterns of PutRule; else moto answers."""
        match request.operation:
            case "PutEvents":
                return self._put_events(request)
            case "PutRule" if pattern := request.json().get("EventPattern"):
                read_pattern(str(pattern))
            case "TestEventPattern":
                return json_response({"Result": _tested(request.json())})
        return None

    def _put_events(self, request: Request) -> Response:
        entries = request.json().get("Entries", [])
        _check_entries(entries)
        results = [self._put(entry) for entry in entries]
        failed = sum("ErrorCode" in result for result in results)
        return json_response({"FailedEntryCount": failed, "Entries": results})

    def emit(
        self, source: str, detail_type: str, detail: Mapping[str, Any], resources: list[str] | None = None
    ) -> dict[str, Any]:
        """Puts an event of an AWS service on the default bus and returns it."""
        event = self._event(source=source, detail_type=detail_type, detail=detail, resources=resources)
        self.publish(event)
        return event

    def publish(self, event: dict[str, Any], bus: str = "default") -> None:
        """Delivers a finished event to the targets of each enabled rule that it matches."""
        self.history.append(event)
        for rule in list(self._rules(bus).values()):
            if (
                rule.state == "ENABLED"
                and not rule.scheduled_expression
                and matches(rule.event_pattern.get_pattern(), event)
            ):
                self._fire(rule, event)

    def last(self, source: str) -> dict[str, Any]:
        """The event of ``source`` that was published last; raises LookupError if there is none."""
        found = [event for event in self.history if event["source"] == source]
        if found:
            return found[-1]
        raise LookupError(f"no event of {source} was published")

    def tick(self, rule_name: str) -> dict[str, Any]:
        """Lets the schedule of a rule fire once, and returns the event; raises LookupError or ValueError."""
        rule = self._rules("default").get(rule_name)
        if rule is None or not rule.scheduled_expression:
            raise LookupError(f"there is no scheduled rule {rule_name} on the default bus")
        if rule.state != "ENABLED":
            raise ValueError(f"the rule {rule_name} is {rule.state}")
        event = self._event(
            source="aws.events", detail_type="Scheduled Event", detail={}, resources=[rule.arn]
        )
        self._fire(rule, event)
        return event

    def _put(self, entry: Mapping[str, Any]) -> dict[str, str]:
        try:
            detail = json.loads(entry.get("Detail") or "")
        except ValueError:
            return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
        for key in ("Source", "DetailType"):
            if not entry.get(key):
                text = f"Parameter {key} is not valid. Reason: {key} is a required argument."
                return {"ErrorCode": "InvalidArgument", "ErrorMessage": text}
        if entry["Source"].startswith("aws."):
            text = "Not authorized for the source."
            return {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": text}
        event = self._event(
            source=entry["Source"],
            detail_type=entry["DetailType"],
            detail=detail,
            resources=entry.get("Resources", []),
        )
        self.publish(event, str(entry.get("EventBusName") or "default").rpartition("/")[2])
        return {"EventId": event["id"]}

    def _event(
        self, *, source: str, detail_type: str, detail: Any, resources: list[str] | None = None
    ) -> dict[str, Any]:
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": detail_type,
            "source": source,
            "account": self._backends.account,
            "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self._region,
            "resources": resources or [],
            "detail": detail,
        }

    def _rules(self, bus: str) -> dict[str, Any]:
        buses = self._backends.of("events", self._region).event_buses
        if bus not in buses:
            raise ApiError("ResourceNotFoundException", f"Event bus {bus} does not exist.")
        rules: dict[str, Any] = buses[bus].rules
        return rules

    def _fire(self, rule: Any, event: dict[str, Any]) -> None:
        for target in rule.targets:
            self._work.start(self._deliver, rule, target, event)

    def _deliver(self, rule: Any, target: Mapping[str, Any], event: dict[str, Any]) -> None:
        policy = target.get("RetryPolicy") or {}
        retries = policy.get("MaximumRetryAttempts", _RETRIES)
        max_age = policy.get("MaximumEventAgeInSeconds", _MAX_AGE)
        self._metrics.put("AWS/Events", "Invocations", {"RuleName": rule.name})
        attempt, age = 0, 0.0
        while (failure := self._attempt(rule, target, event)) is not None:
            wait = min(2.0**attempt, _MAX_WAIT)
            exhausted = _exhausted(failure, attempt >= retries, age + wait > max_age)
            if exhausted is not None:
                self._give_up(rule, target, event, failure, attempt, exhausted)
                return
            attempt, age = attempt + 1, age + wait
            self._work.wait(wait)

    def _attempt(self, rule: Any, target: Mapping[str, Any], event: dict[str, Any]) -> _Failure | None:
        arn = target["Arn"]
        unsupported = [key for key in ("InputPath", "InputTransformer") if target.get(key)]
        if unsupported:
            raise NotImplementedError(f"the local cloud does not know {unsupported[0]} of target {arn}")
        payload = target.get("Input") or json.dumps(event)
        match arn.split(":")[2]:
            case "lambda":
                return self._to_function(rule, arn, payload)
            case "sqs":
                return self._to_queue(rule, arn, payload)
        raise NotImplementedError(
            f"the local cloud delivers to Lambda functions and SQS queues, not to {arn}"
        )

    def _to_function(self, rule: Any, arn: str, payload: str) -> _Failure | None:
        function = self._backends.function(arn, self._region)
        if function is None:
            return _Failure("RESOURCE_NOT_FOUND", f"Function not found: {arn}")
        access = Access(
            action="lambda:InvokeFunction",
            resource=function.function_arn,
            principal=_SERVICE,
            context={"aws:sourcearn": [rule.arn], "aws:sourceaccount": [self._backends.account]},
        )
        if decide([{"Statement": function.policy.statements}], access) != "allowed":
            return _Failure("NO_PERMISSIONS", f"The rule {rule.arn} is not allowed to invoke {arn}")
        if self._faults.take("lambda:InvokeFunction"):
            return _Failure("THROTTLING", "Rate exceeded", retryable=True)
        self._functions.enqueue(function.function_arn, payload.encode())
        return None

    def _to_queue(self, rule: Any, arn: str, payload: str) -> _Failure | None:
        queue = self._backends.queue(arn)
        if queue is None:
            return _Failure("RESOURCE_NOT_FOUND", f"Queue not found: {arn}")
        if not may_send(queue, service=_SERVICE, source_arn=rule.arn, account=self._backends.account):
            return _Failure("NO_PERMISSIONS", f"The rule {rule.arn} is not allowed to send to {arn}")
        send(self._backends, queue, payload)
        return None

    def _give_up(
        self,
        rule: Any,
        target: Mapping[str, Any],
        event: dict[str, Any],
        failure: _Failure,
        attempts: int,
        condition: str,
    ) -> None:
        """eventbridge/latest/userguide/eb-rule-dlq.html."""
        _log.warning("EventBridge could not deliver to %s: %s", target["Arn"], failure.message)
        self._metrics.put("AWS/Events", "FailedInvocations", {"RuleName": rule.name})
        dlq_arn = (target.get("DeadLetterConfig") or {}).get("Arn")
        if not dlq_arn:
            return
        queue = self._backends.queue(dlq_arn)
        if queue is None or not may_send(
            queue, service=_SERVICE, source_arn=rule.arn, account=self._backends.account
        ):
            _log.warning("the event is lost: rule %s may not send to %s", rule.name, dlq_arn)
            self._metrics.put("AWS/Events", "InvocationsFailedToBeSentToDlq", {"RuleName": rule.name})
            return
        attributes = {
            "RULE_ARN": rule.arn,
            "TARGET_ARN": target["Arn"],
            "ERROR_CODE": failure.code,
            "ERROR_MESSAGE": failure.message,
            **({"EXHAUSTED_RETRY_CONDITION": condition} if condition else {}),
            **({"RETRY_ATTEMPTS": str(attempts)} if condition else {}),
        }
        send(self._backends, queue, json.dumps(event), attributes)
        self._metrics.put("AWS/Events", "InvocationsSentToDlq", {"RuleName": rule.name})


def _check_entries(entries: list[Mapping[str, Any]]) -> None:
    """eventbridge/latest/userguide/eb-putevents.html."""
    if not 1 <= len(entries) <= _MOST_ENTRIES:
        raise ApiError("ValidationException", f"Entries has {len(entries)} members, not 1 to {_MOST_ENTRIES}")
    texts = [text for entry in entries for text in (*map(entry.get, _SIZED), *entry.get("Resources", []))]
    size = sum(len(str(text or "").encode()) for text in texts)
    if size >= _MOST_BYTES:
        raise ApiError("ValidationException", f"The entries have {size} bytes, not less than {_MOST_BYTES}")


def _tested(body: Mapping[str, Any]) -> bool:
    """eventbridge/latest/APIReference/API_TestEventPattern.html."""
    pattern = read_pattern(str(body.get("EventPattern", "")))
    try:
        event = json.loads(str(body.get("Event", "")))
    except ValueError:
        event = None
    missing = [key for key in _MANDATORY if not isinstance(event, dict) or key not in event]
    if missing:
        reason = f"it is no event, for it has no {', '.join(missing)}"
        raise ApiError("ValidationException", f"Parameter Event is not valid. Reason: {reason}")
    return matches(pattern, event)


def _exhausted(failure: _Failure, too_often: bool, too_old: bool) -> str | None:
    """Why no further attempt is made: "" for a failure that is never retried, None when one is made."""
    if not failure.retryable:
        return ""
    if too_often:
        return "MaximumRetryAttempts"
    return "MaximumEventAgeInSeconds" if too_old else None
