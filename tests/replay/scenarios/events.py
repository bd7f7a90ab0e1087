"""What starts the function and what does not: every event, every setting, every refusal."""

from __future__ import annotations

from typing import Any

from tests.replay.aws import ACCOUNT, REGION, REPOSITORY, digest
from tests.replay.scenario import ARN, RECONCILE, Scenario, job, push

_TWO = (job("a", "one"), job("a", "two"))
_ENVELOPE = {"id": "event-1", "account": ACCOUNT, "region": REGION, "time": "2026-01-01T11:59:59Z"}
_CHANGED = {
    **_ENVELOPE,
    "source": "aws.batch",
    "detail-type": "AWS API Call via CloudTrail",
    "detail": {"eventName": "RegisterJobDefinition", "requestParameters": {"jobDefinitionName": "two"}},
}
_TICK = {**_ENVELOPE, "source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
_REPLICATED = {
    **push(),
    "detail-type": "ECR Replication Action",
    "detail": {**push()["detail"], "action-type": "REPLICATE", "source-account": "999999999999"},
}
_SCAN = {
    **_ENVELOPE,
    "source": "aws.ecr",
    "detail-type": "ECR Image Scan",
    "detail": {"scan-status": "COMPLETE", "repository-name": REPOSITORY, "image-digest": digest("b")},
}


def _detail(event: dict[str, Any], **detail: Any) -> dict[str, Any]:
    return {**event, "detail": {**event["detail"], **detail}}


_EVENTS: dict[str, Any] = {
    "a push": push(),
    "a push with media types": push(**{"manifest-media-type": "m", "artifact-media-type": "a"}),
    "a push without a zone in its time": {**push(), "time": "2026-01-01T11:59:59"},
    "a push of later": {**push(), "time": "2026-01-01T12:01:00Z"},
    "a push without a digest": _detail(push(), **{"image-digest": None}),
    "a replication": _REPLICATED,
    "a scan": _SCAN,
    "a tick": _TICK,
    "a tick without an id": {key: value for key, value in _TICK.items() if key != "id"},
    "a change": _CHANGED,
    "reconcile": RECONCILE,
    "reconcile of one": {**RECONCILE, "jobDefinitions": ["two"]},
    "reconcile of one twice": {**RECONCILE, "jobDefinitions": ["two", "two"]},
    "reconcile of all": {**RECONCILE, "jobDefinitions": ["two", "one"]},
    "reconcile, dry run": {**RECONCILE, "dryRun": True},
    "reconcile, no dry run": {**RECONCILE, "dryRun": False},
    "refused: a push to another repository": _detail(push(), **{"repository-name": "other"}),
    "refused: a push in another account": {**push(), "account": "999999999999"},
    "refused: a push in another region": {**push(), "region": "us-east-1"},
    "refused: a deletion": _detail(push(), **{"action-type": "DELETE"}),
    "refused: a change of storage class": _detail(push(), **{"action-type": "UPDATE_STORAGE_CLASS"}),
    "refused: a push that failed": _detail(push(), result="FAILURE"),
    "refused: a push with a number as tag": _detail(push(), **{"image-tag": 7}),
    "refused: a push without an id": {**push(), "id": ""},
    "refused: a push without a time": {**push(), "time": None},
    "refused: a push with another time": {**push(), "time": "yesterday"},
    "refused: a push without a detail": {**push(), "detail": None},
    "refused: a push as replication": {**_REPLICATED, "detail": push()["detail"]},
    "refused: a scan of another repository": _detail(_SCAN, **{"repository-name": "other"}),
    "refused: a scan without a digest": _detail(_SCAN, **{"image-digest": ""}),
    "refused: an enhanced scan by name": {
        **_SCAN,
        "source": "aws.inspector2",
        "detail-type": "Inspector2 Scan",
    },
    "refused: a change of another definition": _detail(
        _CHANGED, requestParameters={"jobDefinitionName": "x"}
    ),
    "refused: a change without parameters": _detail(_CHANGED, requestParameters=None),
    "refused: another call": _detail(_CHANGED, eventName="DeregisterJobDefinition"),
    "refused: reconcile with an unknown key": {**RECONCILE, "force": True, "all": 1},
    "refused: reconcile with another dry run": {**RECONCILE, "dryRun": "yes"},
    "refused: reconcile of none": {**RECONCILE, "jobDefinitions": []},
    "refused: reconcile of another": {**RECONCILE, "jobDefinitions": ["three"]},
    "refused: reconcile of a text": {**RECONCILE, "jobDefinitions": "one"},
    "refused: another action": {"action": "rollback"},
    "refused: a pull-through": {**push(), "detail-type": "ECR Pull Through Cache Action"},
    "refused: another source": {**push(), "source": "my.app"},
    "refused: a text": "push",
    "refused: nothing": None,
    "refused: a list": [push()],
    "refused: something long": {"key": "value" * 100},
}

SCENARIOS: dict[str, Scenario] = {
    f"event: {name}": Scenario(revisions=_TWO, steps=(event,)) for name, event in _EVENTS.items()
}

_VARIABLES: tuple[tuple[str, str | None], ...] = (
    ("PAIR_NAME", None),
    ("ECR_REPOSITORY_NAME", ""),
    ("BATCH_JOB_DEFINITION_NAMES", None),
    ("BATCH_JOB_DEFINITION_NAMES", "one,,two"),
    ("BATCH_JOB_DEFINITION_NAMES", "one,one"),
    ("IMAGE_POLICY", None),
    ("IMAGE_POLICY", "latest"),
    ("IMAGE_POLICY", "[]"),
    ("IMAGE_POLICY", '{"tag":"-x"}'),
    ("IMAGE_POLICY", '{"semver":">=2 <1"}'),
    ("IMAGE_POLICY", '{"semver":"1","order":"numeric"}'),
    ("IMAGE_POLICY", '{"tag":"a","glob":"b"}'),
    ("IMAGE_POLICY", '{"regex":"("}'),
    ("IMAGE_PIN", "sha"),
    ("IMAGE_PIN", None),
    ("LOG_LEVEL", "LOUD"),
    ("LOG_LEVEL", None),
    ("PAUSED", "yes"),
    ("DRY_RUN", ""),
    ("NOTIFY", "no"),
    ("OMIT_FIELDS", "a"),
    ("OMIT_FIELDS", "[1]"),
    ("ADOPT", '["job"]'),
    ("ADOPT", '{"job":"*"}'),
    ("KEEP_REVISIONS", "0"),
    ("KEEP_REVISIONS", "x"),
    ("REQUIRES", "[]"),
    ("REQUIRES", '{"maxSeverity":"AWFUL"}'),
    ("REQUIRES", '{"minAge":"soon"}'),
    ("REQUIRES", '{"platform":"linux"}'),
    ("REQUIRES", '{"age":"1h"}'),
)
SCENARIOS |= {
    f"setting {name} {'missing' if value is None else repr(value)}": Scenario(
        environment={name: value}, steps=(RECONCILE,)
    )
    for name, value in _VARIABLES
}
SCENARIOS |= {
    f"function {arn}": Scenario(arn=arn, steps=(RECONCILE,))
    for arn in ("", "arn:aws:iam::123456789012:role/x", ARN.replace("lambda", "sqs"), f"{ARN}:live")
}
