"""Somebody else's rule of EventBridge that submits jobs."""

from __future__ import annotations

from local.cloud import Cloud

_ROLE = "arn:aws:iam::123456789012:role/batch-service"


def submit_nightly(cloud: Cloud, definition: str, bus: str = "default") -> None:
    """The rule ``nightly`` of that bus submits jobs of ``definition``, which may name a revision."""
    batch, events = cloud.client("batch"), cloud.client("events")
    if not batch.describe_job_queues()["jobQueues"]:
        cloud.client("iam").create_role(RoleName="batch-service", AssumeRolePolicyDocument="{}")
        environment = batch.create_compute_environment(
            computeEnvironmentName="own", type="UNMANAGED", serviceRole=_ROLE
        )["computeEnvironmentArn"]
        order = [{"order": 1, "computeEnvironment": environment}]
        batch.create_job_queue(
            jobQueueName="pages", state="ENABLED", priority=1, computeEnvironmentOrder=order
        )
    queue = batch.describe_job_queues()["jobQueues"][0]["jobQueueArn"]
    events.put_rule(Name="nightly", EventBusName=bus, EventPattern='{"source": ["app"]}')
    parameters = {"JobDefinition": definition, "JobName": "nightly"}
    target = {"Id": "job", "Arn": queue, "RoleArn": _ROLE, "BatchParameters": parameters}
    events.put_targets(Rule="nightly", EventBusName=bus, Targets=[target])
