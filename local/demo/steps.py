"""The steps of the demonstration, in order."""

from __future__ import annotations

import json

from botocore.exceptions import ClientError

from local.demo.gates import gates_hold_back
from local.demo.screen import unexpected
from local.demo.sidecar import sidecars_stay
from local.demo.stage import Stage, Step
from local.demo.versions import versions_roll_out
from local.functions.service import RETRY_WAITS
from local.seed import create_repository, push
from ops.differences import differences, flat


def push_rolls_out(stage: Stage) -> None:
    """(1) A push changes image, revision and provenance tags, and nothing else."""
    screen = stage.screen
    screen.title(f"1. An image is pushed as {stage.repository}:{stage.tag}")
    before = stage.newest()
    digest = push(stage.cloud, stage.repository, "second build", stage.tag)
    stage.cloud.settle()
    after = stage.newest()
    changed = differences(before, after)
    screen.changes(changed)
    kept = flat(before).keys() - changed.keys()
    screen.say(f"{len(kept)} further settings are as they were, among them environment, secrets and roles.")
    others = unexpected(changed, "containerProperties.image")
    screen.expect(after["revision"] == before["revision"] + 1, "there is one new revision")
    screen.expect(digest in after["containerProperties"]["image"], "it carries the image that was pushed")
    screen.expect(
        not others, f"nothing but image, revision and provenance tags changed {others or ''}".strip()
    )


def repeats_change_nothing(stage: Stage) -> None:
    """(2) The same event again, and the same push again: no new revision."""
    screen = stage.screen
    screen.title("2. The same event arrives again, and the same image is put again")
    registrations, runs = stage.registrations(), stage.runs()
    stage.cloud.events.publish(stage.cloud.events.last("aws.ecr"))
    stage.cloud.settle()
    screen.expect(stage.runs() == runs + 1, "the function ran for the repeated event")
    refusal = _refusal(stage)
    screen.expect(refusal == "ImageAlreadyExistsException", f"ECR refuses the repeated put: {refusal}")
    stage.cloud.settle()
    screen.expect(stage.registrations() == registrations, "there is no new revision")


def _refusal(stage: Stage) -> str:
    try:
        push(stage.cloud, stage.repository, "second build", stage.tag)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "nothing"


def others_do_not_start_it(stage: Stage) -> None:
    """(3) Pushes of another repository and another tag do not start the function."""
    screen = stage.screen
    screen.title("3. Another repository and another tag are pushed")
    registrations, runs = stage.registrations(), stage.runs()
    other = f"{stage.repository}-other"
    create_repository(stage.cloud, other)
    push(stage.cloud, other, "third build", stage.tag)
    push(stage.cloud, stage.repository, "third build", f"{stage.tag}-candidate")
    stage.cloud.settle()
    screen.expect(stage.runs() == runs, "the function did not start")
    screen.expect(stage.registrations() == registrations, "there is no new revision")


def failures_are_kept(stage: Stage) -> None:
    """(7) With the definition deregistered: the error, the retries, the message in the failure queue."""
    screen = stage.screen
    screen.title("7. Somebody deregisters the job definition, and an image is pushed")
    runs = stage.runs()
    batch = stage.cloud.client("batch")
    for revision in batch.describe_job_definitions(jobDefinitionName=stage.job_definition, status="ACTIVE")[
        "jobDefinitions"
    ]:
        batch.deregister_job_definition(jobDefinition=revision["jobDefinitionArn"])
    waits = ", then ".join(f"{wait:.0f} s" for wait in RETRY_WAITS)
    screen.say(f"Lambda tries again after {waits}; here that is {stage.cloud.work.time_factor:g} of it.")
    digest = push(stage.cloud, stage.repository, "fourth build", stage.tag)
    stage.cloud.settle()
    attempts = stage.runs() - runs
    screen.expect(attempts == 1 + len(RETRY_WAITS), f"the function was tried {attempts} times")
    errors = [json.loads(line) for line in stage.log_lines('{ $.level = "ERROR" }')]
    reasons = {str(error.get("reason") or error.get("errorMessage")) for error in errors}
    for reason in sorted(reasons):
        screen.say(f"log: {reason}")
    screen.expect(bool(reasons), "the log says what is wrong")
    failures = [json.loads(body) for body in stage.failures()]
    screen.expect(len(failures) == 1, f"the failure queue holds {len(failures)} message")
    for failure in failures:
        context, event = failure["requestContext"], failure["requestPayload"]
        screen.say(f"queue: {context['condition']} after {context['approximateInvokeCount']} attempts")
        screen.expect(event["detail"]["image-digest"] == digest, "it holds the event, for a later redrive")


def where_on_aws(stage: Stage) -> None:
    """(8) Where each of these things is on AWS."""
    outputs = stage.outputs
    stage.screen.title("8. Where to find each of these on AWS")
    stage.screen.places(
        (
            ("the rule, and what it matches", f"EventBridge: {outputs['ruleArn']}"),
            ("the function", f"Lambda: {outputs['functionArn']}"),
            ("its role and policy", f"IAM: {outputs['roleName']}, {outputs['policyName']}"),
            ("one log record per outcome", f"CloudWatch Logs: {outputs['logGroup']}"),
            ("events that failed", f"SQS: {outputs['functionArn'].rpartition(':')[2]}-dlq"),
            ("metrics", "CloudWatch: namespace EcrBatchUpdater, dimension Pair"),
            ("the dashboard", outputs["dashboardUrl"] or "none"),
            ("the revisions", f"AWS Batch: job definition {stage.job_definition}"),
        ),
    )


STEPS: tuple[Step, ...] = (
    push_rolls_out,
    repeats_change_nothing,
    others_do_not_start_it,
    sidecars_stay,
    versions_roll_out,
    gates_hold_back,
    failures_are_kept,
    where_on_aws,
)
