"""An AWS account with a deployed stack: what the tool asks beyond what the function does."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from local.cloudwatch import json_pattern
from local.eventbridge.patterns import matches
from local.http import ApiError, Request, Response, json_response
from tests.replay.aws import ACCOUNT, REGION, World, digest
from tests.replay.clock import CLOCK
from tests.replay.tool.deployed import Resource
from tests.replay.tool.queues import Effect, Message, Queues

CALLER = f"arn:aws:iam::{ACCOUNT}:user/alice"
ARCHIVE = "https://archives.example/function.zip"
_JOB_QUEUE = f"arn:aws:batch:{REGION}:{ACCOUNT}:job-queue/pages"

# The function's name and the event -> what it returns; with an errorType it has failed.
Function = Callable[[str, Mapping[str, Any]], Any]


@dataclass
class Account(World):
    """``resources`` are those of the deployed stack, ``logs`` what the functions wrote: log group, seconds
    since the epoch, record. ``rules`` of others submit jobs: bus, name and the job definition. ``subscribed``
    is what stands for the ARN of each e-mail subscription; ``alarms`` are the states that are not OK."""

    resources: list[Resource] = field(default_factory=list)
    caller: str = CALLER
    function: Function = lambda name, event: {"outcomes": []}  # noqa: ARG005
    messages: list[Message] = field(default_factory=list)
    logs: list[tuple[str, float, Any]] = field(default_factory=list)
    rules: list[tuple[str, str, str]] = field(default_factory=list)
    subscribed: str = f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms:1"
    alarms: dict[str, str] = field(default_factory=dict)
    lifecycle: list[Any] = field(default_factory=list)
    archive: dict[str, str] = field(default_factory=dict)
    log_page: int = 100

    def of(self, kind: str, **wanted: Any) -> list[dict[str, Any]]:
        """The inputs of the deployed resources of a type that have these values."""
        return [
            inputs
            for each, inputs in self.resources
            if each == kind and all(inputs.get(name) == value for name, value in wanted.items())
        ]

    def one(self, kind: str, missing: str, **wanted: Any) -> dict[str, Any]:
        """The one resource; raises ApiError with the code ``missing``."""
        found = self.of(kind, **wanted)
        if not found:
            raise ApiError(missing, f"no {kind} with {wanted}", status=404)
        return found[0]

    def effect(self, request: Request) -> Response:
        match request.service:
            case "sts" | "sns" | "iam":
                return self._xml(request)
            case "lambda" | "logs" | "sqs" | "cloudwatch" | "events":
                return self._json(request)
            case "s3":
                return Response(status=200, body=self._download_archive())
            case "batch" if request.operation == "DescribeJobQueues":
                queues = [{"jobQueueArn": _JOB_QUEUE}] if self.rules else []
                return json_response({"jobQueues": queues})
            case "ecr" if request.operation == "DescribeRepositories":
                (name,) = request.json()["repositoryNames"]
                if name not in self.repositories:
                    raise ApiError("RepositoryNotFoundException", f"no repository {name}")
                return json_response({"repositories": [{"repositoryName": name}]})
        return super().effect(request)

    def _download_archive(self) -> bytes:
        """The function's archive as it is deployed; ``archive`` holds files that were changed since."""
        code = {name: Path(path).read_text() for name, path in self.of("Function")[0]["code"].items()}
        zipped = io.BytesIO()
        with zipfile.ZipFile(zipped, "w") as file:
            for name, text in {**code, **self.archive}.items():
                file.writestr(name, text)
        return zipped.getvalue()

    def ecr(self, operation: str, body: Mapping[str, Any]) -> Any:
        match operation, body:
            case "DescribeImages", {"imageIds": [{"imageDigest": wanted}]}:
                found = [each.described() for each in self.images if digest(each.letter) == wanted]
                if not found:
                    raise ApiError("ImageNotFoundException", f"no image {wanted}")
                return {"imageDetails": found}
            case "DescribeImages", {"maxResults": 1000} if "filter" not in body:
                return self.listed(self.images, body)
            case "GetLifecyclePolicy", _ if not self.lifecycle:
                raise ApiError("LifecyclePolicyNotFoundException", "no lifecycle policy")
            case "GetLifecyclePolicy", _:
                return {"lifecyclePolicyText": json.dumps({"rules": self.lifecycle})}
        return super().ecr(operation, body)

    def _json(self, request: Request) -> Response:
        effects: dict[str, Effect] = {
            "cloudwatch:DescribeAlarms": self._describe_alarms,
            "events:DescribeRule": self._describe_rule,
            "events:ListEventBuses": lambda _: {"EventBuses": [{"Name": "default"}, {"Name": "own"}]},
            "events:ListRuleNamesByTarget": self._rules_of,
            "events:ListTargetsByRule": self._targets,
            "events:TestEventPattern": lambda body: {
                "Result": matches(json.loads(body["EventPattern"]), json.loads(body["Event"]))
            },
            "lambda:GetFunction": self._get_function,
            "lambda:GetFunctionEventInvokeConfig": self._invoke_config,
            "lambda:GetPolicy": self._permissions,
            "lambda:InvokeFunction": self._invoke,
            "logs:DescribeLogGroups": self._log_groups,
            "logs:FilterLogEvents": self._log_events,
            **Queues(self.messages, self.of("Queue"), self.of("QueuePolicy")).effects,
        }
        action = f"{request.service}:{request.operation}"
        assert action in effects, f"nothing here answers {action}"
        found = effects[action](request.json())
        headers = [("Date", formatdate(CLOCK.seconds, usegmt=True))]
        if action == "lambda:InvokeFunction" and isinstance(found, dict) and "errorMessage" in found:
            headers.append(("X-Amz-Function-Error", "Unhandled"))
        return json_response(found, headers=headers)

    def _describe_alarms(self, body: Mapping[str, Any]) -> Any:
        alarms = [each for each in self.of("MetricAlarm") if each["name"] in body["AlarmNames"]]
        described = [
            {
                "AlarmName": each["name"],
                "StateValue": self.alarms.get(each["name"], "OK"),
                "StateReason": "a threshold",
                "ActionsEnabled": each.get("actionsEnabled", True),
                "AlarmActions": each.get("alarmActions", []),
            }
            for each in alarms
        ]
        return {"MetricAlarms": described}

    def _describe_rule(self, body: Mapping[str, Any]) -> Any:
        rule = self.one("EventRule", "ResourceNotFoundException", name=body["Name"])
        names = {"name": "Name", "state": "State", "eventPattern": "EventPattern"}
        schedule = {"scheduleExpression": "ScheduleExpression"}
        return {shown: rule[name] for name, shown in {**names, **schedule}.items() if name in rule}

    def _rules_of(self, body: Mapping[str, Any]) -> Any:
        return {"RuleNames": [name for bus, name, _ in self.rules if bus == body["EventBusName"]]}

    def _targets(self, body: Mapping[str, Any]) -> Any:
        others = [
            {"Id": "job", "Arn": _JOB_QUEUE, "BatchParameters": {"JobDefinition": wanted, "JobName": "n"}}
            for bus, name, wanted in self.rules
            if (bus, name) == (body.get("EventBusName"), body["Rule"])
        ]
        own = [
            {
                "Id": each["targetId"],
                "Arn": each["arn"],
                **({"Input": each["input"]} if "input" in each else {}),
                **({"DeadLetterConfig": {"Arn": letters["arn"]}} if letters else {}),
            }
            for each in self.of("EventTarget", rule=body["Rule"])
            for letters in [each.get("deadLetterConfig")]
        ]
        return {"Targets": others + own}

    def _get_function(self, body: Mapping[str, Any]) -> Any:
        function = self.one("Function", "ResourceNotFoundException", name=body["FunctionName"])
        reserved = function.get("reservedConcurrentExecutions")
        configuration = {
            "State": function.get("state", "Active"),
            "Role": function["role"],
            "Runtime": function["runtime"],
            "Handler": function["handler"],
            "Timeout": function["timeout"],
            "MemorySize": function["memorySize"],
            "Environment": {"Variables": function["environment"]["variables"]},
        }
        return {
            "Configuration": configuration,
            "Code": {"Location": ARCHIVE},
            **({} if reserved is None else {"Concurrency": {"ReservedConcurrentExecutions": reserved}}),
        }

    def _invoke(self, body: Mapping[str, Any]) -> Any:
        self.one("Function", "ResourceNotFoundException", name=body["FunctionName"])
        return self.function(body["FunctionName"], body["Payload"])

    def _invoke_config(self, body: Mapping[str, Any]) -> Any:
        name, missing = body["FunctionName"], "ResourceNotFoundException"
        found = self.one("FunctionEventInvokeConfig", missing, functionName=name)
        destination = found["destinationConfig"]["onFailure"]["destination"]
        return {"DestinationConfig": {"OnFailure": {"Destination": destination}}}

    def _permissions(self, body: Mapping[str, Any]) -> Any:
        name = body["FunctionName"]
        self.one("Permission", "ResourceNotFoundException", function=name)
        statements = [
            {
                "Effect": "Allow",
                "Action": each["action"],
                "Principal": {"Service": each["principal"]},
                "Resource": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}",
                "Condition": {"ArnLike": {"AWS:SourceArn": each["sourceArn"]}},
            }
            for each in self.of("Permission", function=name)
        ]
        return {"Policy": json.dumps({"Statement": statements})}

    def _log_groups(self, body: Mapping[str, Any]) -> Any:
        groups = [
            {"logGroupName": each["name"], "retentionInDays": each["retentionInDays"]}
            for each in self.of("LogGroup")
            if each["name"].startswith(body["logGroupNamePrefix"])
        ]
        return {"logGroups": groups}

    def _log_events(self, body: Mapping[str, Any]) -> Any:
        group = self.one("LogGroup", "ResourceNotFoundException", name=body["logGroupName"])["name"]
        wanted = json_pattern.parse(body["filterPattern"])
        found = [
            {"eventId": f"{number}", "timestamp": round(at * 1000), "message": json.dumps(record)}
            for number, (name, at, record) in enumerate(self.logs)
            if name == group
            and body["startTime"] <= at * 1000 <= min(body.get("endTime", 9e15), CLOCK.seconds * 1000)
            and wanted(record)
        ]
        start = int(body.get("nextToken", 0))
        end = start + self.log_page
        return {"events": found[start:end], **({"nextToken": str(end)} if end < len(found) else {})}

    def _xml(self, request: Request) -> Response:
        match request.operation, request.json():
            case "GetCallerIdentity", _:
                account = self.caller.split(":")[4]
                content = f"<Arn>{self.caller}</Arn><UserId>AIDA</UserId><Account>{account}</Account>"
            case "GetRolePolicy", {"PolicyName": name}:
                document = quote(self.one("RolePolicy", "NoSuchEntity", name=name)["policy"])
                content = f"<PolicyDocument>{document}</PolicyDocument><PolicyName>{name}</PolicyName>"
            case "ListSubscriptionsByTopic", {"TopicArn": arn}:
                self.one("Topic", "NotFound", name=arn.rpartition(":")[2])
                members = "".join(map(self._subscription, self.of("TopicSubscription", topic=arn)))
                content = f"<Subscriptions>{members}</Subscriptions>"
            case operation:
                raise AssertionError(f"nothing here answers {operation}")
        name = request.operation
        text = f"<{name}Response><{name}Result>{content}</{name}Result></{name}Response>"
        return Response(status=200, body=text.encode(), headers={"Content-Type": "text/xml"})

    def _subscription(self, inputs: Mapping[str, Any]) -> str:
        members = {
            "Protocol": inputs["protocol"],
            "Endpoint": inputs["endpoint"],
            "SubscriptionArn": self.subscribed,
        }
        content = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in members.items())
        return f"<member>{content}</member>"
