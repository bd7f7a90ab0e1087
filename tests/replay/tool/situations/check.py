"""``ecr-batch check``: every link good, each of them broken, and what can't be looked at."""

from __future__ import annotations

import json
from typing import Any

from tests.replay.aws import Image, On
from tests.replay.scenario import job
from tests.replay.tool.changes import (
    BASE,
    QUEUE,
    answers,
    expired,
    fault,
    has,
    is_so,
    lacks,
    presses_ctrl_c,
    queued,
)
from tests.replay.tool.situation import (
    BEHIND,
    CURRENT,
    FOREIGN,
    HELD,
    NEWER,
    OLDER,
    PAIR,
    ROLES,
    STACK,
    TWO,
    Change,
    Situation,
    stack,
)

_GOOD, _GOOD_JSON = "ecr-batch check: all good", "ecr-batch check: all good, as JSON"
_SCHEDULE = f"{BASE}-reconcile"
_FUNCTION = {"name": BASE}
_ERRORS = f"{BASE}-errors"
_ELSEWHERE = "arn:aws:sqs:eu-west-1:123456789012:elsewhere"
_WAITS = Image(letter="b", tags=("latest",), minutes=30)


def _as_json(**how: Any) -> Situation:
    return Situation(words="-o json check", like=_GOOD_JSON, **how)


def _variables(**changes: str | None) -> Change:
    def change(account: Any) -> None:
        (function,) = account.of("Function")
        variables = {**function["environment"]["variables"], **changes}
        kept = {name: value for name, value in variables.items() if value is not None}
        function["environment"] = {"variables": kept}

    return change


def _passes(*roles: str) -> Change:
    def change(account: Any) -> None:
        (policy,) = account.of("RolePolicy")
        document = json.loads(policy["policy"])
        for statement in document["Statement"]:
            if statement["Sid"] == "PassJobRoles":
                statement["Resource"] = list(roles)
        policy["policy"] = json.dumps(document)

    return change


# What differs from a stack in which all is good -> the account.
_BROKEN: dict[str, tuple[Change, ...]] = {
    "no rule": (lacks("EventRule", name=BASE),),
    "the rule is disabled": (has("EventRule", {"name": BASE}, state="DISABLED"),),
    "the rule's pattern lets no push through": (
        has("EventRule", {"name": BASE}, eventPattern='{"source": ["x"]}'),
    ),
    "the rule's pattern is another one": (
        has("EventRule", {"name": BASE}, eventPattern='{"source": ["aws.ecr"]}'),
    ),
    "another schedule": (has("EventRule", {"name": _SCHEDULE}, scheduleExpression="rate(2 hours)"),),
    "no target": (lacks("EventTarget", rule=BASE),),
    "another target": (has("EventTarget", {"rule": BASE}, arn=_ELSEWHERE),),
    "the target changes the event": (has("EventTarget", {"rule": BASE}, input="{}"),),
    "no dead letters": (has("EventTarget", {"rule": BASE}, deadLetterConfig=None),),
    "dead letters elsewhere": (has("EventTarget", {"rule": BASE}, deadLetterConfig={"arn": _ELSEWHERE}),),
    "no permission": (lacks("Permission", statementId="RuleInvokesFunction"),),
    "no function": (lacks("Function"),),
    "the function has failed": (has("Function", _FUNCTION, state="Failed"),),
    "the function sleeps": (has("Function", _FUNCTION, state="Inactive"),),
    "the function may never run": (has("Function", _FUNCTION, reservedConcurrentExecutions=0),),
    "the function's settings": (has("Function", _FUNCTION, timeout=3, memorySize=128, runtime="python3.12"),),
    "the environment": (_variables(IMAGE_PIN="tag", PAIR_NAME=None, BY_HAND="secret"),),
    "the code": (is_so(archive={"handler/entry.py": "", "handler/extra.py": ""}),),
    "failed events are lost": (lacks("FunctionEventInvokeConfig"),),
    "no log group": (lacks("LogGroup"),),
    "another retention of the log": (has("LogGroup", {}, retentionInDays=1),),
    "no queue": (lacks("Queue"),),
    "the queue is closed": (lacks("QueuePolicy"),),
    "events wait in the queue": (queued("one"), queued("two", held=True)),
    "no alarm": (lacks("MetricAlarm", name=_ERRORS),),
    "alarms without action": (has("MetricAlarm", {}, alarmActions=[]),),
    "an alarm is disabled": (has("MetricAlarm", {"name": _ERRORS}, actionsEnabled=False),),
    "an alarm fires": (is_so(alarms={_ERRORS: "ALARM"}),),
    "no topic": (lacks("Topic"),),
    "nobody is subscribed": (lacks("TopicSubscription"),),
    "a subscription waits": (is_so(subscribed="PendingConfirmation"),),
    "the role has no policy": (lacks("RolePolicy"),),
    "the function may not pass a role": (_passes(ROLES["jobRoleArn"]),),
    "a rule submits one revision": (is_so(rules=[("default", "nightly", "job:1"), ("own", "daily", "job")]),),
    "a lifecycle rule deletes by age": (is_so(lifecycle=[expired(1)]),),
    "no repository": (is_so(repositories=()),),
    "nothing is deployed": (is_so(resources=[]),),
}
_ACTIONS = (
    "batch:DescribeJobDefinitions",
    "batch:DescribeJobQueues",
    "cloudwatch:DescribeAlarms",
    "ecr:DescribeImages",
    "ecr:GetLifecyclePolicy",
    "events:DescribeRule",
    "iam:GetRolePolicy",
    "lambda:GetFunction",
    "logs:DescribeLogGroups",
    "sns:ListSubscriptionsByTopic",
    "sqs:GetQueueUrl",
)

SITUATIONS: dict[str, Situation] = {
    _GOOD: Situation(words="check"),
    _GOOD_JSON: Situation(words="-o json check"),
    **{f"ecr-batch check: {name}": _as_json(before=changes) for name, changes in _BROKEN.items()},
    **{
        f"ecr-batch check: denied {action}": _as_json(happens=(fault("access-denied", action),))
        for action in _ACTIONS
    },
}
SITUATIONS |= {
    f"ecr-batch check: {name}": situation
    for name, situation in {
        "findings as a table": Situation(
            words="check",
            like=_GOOD,
            before=(_BROKEN["the rule is disabled"][0], _BROKEN["no log group"][0]),
        ),
        "findings on a terminal": Situation(words="check", screen=60, before=_BROKEN["no alarm"]),
        "denied, as a table": Situation(
            words="check", like=_GOOD, happens=(fault("access-denied", "sqs:GetQueueUrl"),)
        ),
        "two pairs": _as_json(stack=TWO),
        "one of two pairs": Situation(words="-p ocr check", like=_GOOD, stack=TWO),
        "behind for long": _as_json(revisions=BEHIND, images=(OLDER, _WAITS)),
        "behind, rolling out": _as_json(revisions=BEHIND),
        "paused and behind": _as_json(stack=stack(paused=True), revisions=BEHIND, images=(OLDER, _WAITS)),
        "dry run and behind": _as_json(stack=stack(dryRun=True), revisions=BEHIND, images=(OLDER, _WAITS)),
        "paused in the file alone": _as_json(stack=stack(paused=True), deployed=STACK),
        "on hold": _as_json(revisions=HELD, images=(OLDER, _WAITS)),
        "foreign": _as_json(revisions=FOREIGN),
        "no such definition": _as_json(stack=stack(jobDefinitions=["job", "other"])),
        "no selected image": _as_json(images=(OLDER,)),
        "the newest revision's image is gone": _as_json(images=(OLDER, Image(letter="c", tags=("latest",)))),
        "older revisions' images are gone": _as_json(images=(NEWER,)),
        "a role that is not configured": _as_json(
            revisions=(job("b", jobRoleArn="arn:aws:iam::999999999999:role/x", executionRoleArn="other"),)
        ),
        "tags that are propagated": _as_json(
            revisions=({**job("b", tags={f"t{n}": "x" for n in range(40)}, **ROLES), "propagateTags": True},)
        ),
        "too many revisions": _as_json(revisions=(*(job("a", **ROLES) for _ in range(101)), CURRENT[1])),
        "a lifecycle rule that counts": _as_json(
            stack=stack(keepRevisions=5),
            before=(
                is_so(
                    lifecycle=[
                        {
                            "rulePriority": 2,
                            "selection": {
                                "tagStatus": "any",
                                "countType": "imageCountMoreThan",
                                "countNumber": 2,
                            },
                            "action": {"type": "expire"},
                        }
                    ]
                ),
            ),
        ),
        "a scan gate": _as_json(stack=stack(requires={"maxSeverity": "HIGH"})),
        "a scan gate, its rule is gone": _as_json(
            stack=stack(requires={"maxSeverity": "HIGH"}),
            before=(lacks("EventRule", name=f"{BASE}-scans"),),
        ),
        "a topic of another account": _as_json(
            stack=stack(alarmTopics=["arn:aws:sns:eu-west-1:999999999999:team"])
        ),
        "another region": Situation(words="-o json --region us-east-1 check"),
        "another account": Situation(
            words="check", stack={**STACK, "aws:allowedAccountIds": ["999999999999"]}
        ),
        "the archive can't be had": _as_json(happens=(fault("timeout", "s3:GET"),)),
        "a call fails for good": _as_json(happens=(fault("server-error", "lambda:GetFunction"),)),
        "a call fails once": _as_json(happens=(fault("server-error", "lambda:GetFunction", times=1),)),
        "a malformed answer": _as_json(happens=(answers("events:ListTargetsByRule", {}),)),
        "interrupted": Situation(
            words="check", happens=(On(action="batch:DescribeJobQueues", before=presses_ctrl_c),)
        ),
        "the queue of another name": _as_json(before=(has("Queue", {"name": QUEUE}, name="other"),)),
        "a pair of another repository": _as_json(
            stack={**STACK, "pairs": {"ocr": {**PAIR, "repository": "press"}}}, deployed=STACK
        ),
    }.items()
}
