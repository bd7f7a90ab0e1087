"""What runs on the local cloud: the program's stack ``dev``, or what a test makes by hand."""

from __future__ import annotations

import io
import json
import sys
import textwrap
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from local.cloud import Cloud
from local.deploy import deploy_program
from local.provider.kind import Place
from local.stack_pairs import read_stack, seed_stack
from tests.support.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
REGION, ACCOUNT = "ap-southeast-2", "123456789012"
LOGS = {
    "Effect": "Allow",
    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
    "Resource": "*",
}
# Other functions are made by hand, to try the local cloud itself.
_OWN = "ecr-batch-updater-"

if sys.platform != "linux":
    # awslambdaric, which runs the function, exists for Linux alone.
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture
def cloud(cloud: Cloud, request: pytest.FixtureRequest) -> Iterator[Cloud]:
    """An empty local cloud.

    Whatever the program's functions do must be allowed by their policies, but in a test marked ``denies``.
    """
    yield cloud
    cloud.settle()
    denied = [(name, call) for name, call in cloud.denials() if name.startswith(_OWN)]
    if request.node.get_closest_marker("denies"):
        assert denied, "the test is marked as one in which a policy refuses a call, and none did"
    else:
        assert denied == [], "the policy of a function's role does not allow what the function did"


@pytest.fixture
def deployed(cloud: Cloud) -> dict[str, Any]:
    """The stack ``dev``, deployed to ``cloud`` and seeded: the outputs of its one pair."""
    seed_stack(cloud, read_stack(ROOT, "dev"))
    outputs: dict[str, Any] = deploy_program(cloud, "dev", project_dir=ROOT)["pairs"]["newsarchivepro"]
    return outputs


@pytest.fixture
def place(cloud: Cloud) -> Place:
    """Where the resources of a stack would be."""
    return Place(cloud, REGION, ACCOUNT)


class Handmade:
    """Functions, rules and queues made with plain API calls, none of them of the program."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    def function(
        self,
        code: str,
        *,
        name: str = "fn",
        statements: Sequence[Mapping[str, Any]] = (LOGS,),
        variables: Mapping[str, str] | None = None,
        timeout: int = int(PATIENCE),
        logging: Mapping[str, str] | None = None,
    ) -> str:
        """A function whose module ``handler/entry.py`` is ``code``; its ARN."""
        iam, functions = self.cloud.client("iam"), self.cloud.client("lambda")
        role = iam.create_role(RoleName=f"{name}-role", AssumeRolePolicyDocument="{}")["Role"]
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        iam.put_role_policy(RoleName=f"{name}-role", PolicyName="own", PolicyDocument=document)
        self.cloud.client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
        arn: str = functions.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role["Arn"],
            Handler="handler.entry.handle",
            Code={"ZipFile": archive(code)},
            Timeout=timeout,
            Environment={"Variables": dict(variables or {})},
            LoggingConfig=dict(logging or {"LogFormat": "JSON"}),
        )["FunctionArn"]
        return arn

    def rule(
        self, pattern: Mapping[str, Any], target: str, *, name: str = "rule", allow: bool = True, **more: Any
    ) -> str:
        """A rule with one target, which may be started by it; the rule's ARN."""
        events = self.cloud.client("events")
        arn: str = events.put_rule(Name=name, EventPattern=json.dumps(pattern))["RuleArn"]
        events.put_targets(Rule=name, Targets=[{"Id": "target", "Arn": target, **more}])
        if allow:
            self.allow(target, arn)
        return arn

    def allow(self, function: str, rule: str) -> None:
        """Lets the rule start the function."""
        self.cloud.client("lambda").add_permission(
            FunctionName=function,
            StatementId="rule",
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
            SourceArn=rule,
        )

    def queue(self, name: str = "failures", *, rule: str | None = None) -> str:
        """A queue, open to ``rule`` if one is given; its ARN."""
        sqs = self.cloud.client("sqs")
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "events.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": arn,
                    "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
                }
            ],
        }
        attributes = {"Policy": json.dumps(policy)} if rule else {}
        sqs.create_queue(QueueName=name, Attributes=attributes)
        return arn

    def messages(self, name: str = "failures") -> list[dict[str, Any]]:
        """Takes the messages out of a queue, with their attributes."""
        sqs = self.cloud.client("sqs")
        answer = sqs.receive_message(
            QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"],
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
        )
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        return messages

    def lines(self, name: str = "fn", pattern: str = "") -> list[str]:
        """The log lines of a function."""
        answer = self.cloud.client("logs").filter_log_events(
            logGroupName=f"/aws/lambda/{name}", **({"filterPattern": pattern} if pattern else {})
        )
        return [event["message"] for event in answer["events"]]

    def starts(self, name: str = "fn") -> int:
        """How often a function was started."""
        return len(self.lines(name, '{ $.type = "platform.start" }'))

    def invoke(self, name: str = "fn", event: Any = None) -> tuple[Any, str]:
        """Invokes a function; its result, and the word for its error or ""."""
        answer = self.cloud.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event or {}))
        return json.loads(answer["Payload"].read()), answer.get("FunctionError", "")


def archive(code: str) -> bytes:
    """A function's archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("handler/__init__.py", "")
        packed.writestr("handler/entry.py", textwrap.dedent(code))
    return buffer.getvalue()


@pytest.fixture
def handmade(cloud: Cloud) -> Handmade:
    """Makes functions, rules and queues in ``cloud``."""
    return Handmade(cloud)
