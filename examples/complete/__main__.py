"""A whole small AWS Batch stack: what jobs run on, what they run, and what keeps their image new."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws

# The component's repository: this one. Copied elsewhere, this is the one line to change.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from components import BatchImageUpdater, following_job_definition

JOB = "complete-ocr"
# What has this name can't stand beside its replacement.
fixed = pulumi.ResourceOptions(delete_before_replace=True)
memory = pulumi.Config().require_int("memoryMb")


def trust(service: str) -> str:
    """Who may take on a role."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allow(*statements: dict[str, Any]) -> pulumi.Output[str]:
    """A policy document."""
    allowed = [{"Effect": "Allow", **statement} for statement in statements]
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": allowed})


# The images. A revision names its image by digest, and the image has lost its tag as soon as the next one is
# pushed: so what expires is counted, generously, and never a matter of days.
repository = aws.ecr.Repository("images", name=JOB, image_tag_mutability="MUTABLE", opts=fixed)
aws.ecr.LifecyclePolicy(
    "images",
    repository=repository.name,
    policy=json.dumps(
        {
            "rules": [
                {
                    "rulePriority": 1,
                    "description": "More images than revisions that anybody would roll back to",
                    "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 200},
                    "action": {"type": "expire"},
                }
            ]
        }
    ),
    opts=fixed,
)

# What the job may do, and what AWS needs to start it.
logs = aws.cloudwatch.LogGroup("logs", name=f"/jobs/{JOB}", retention_in_days=30, opts=fixed)
job_role = aws.iam.Role("job", assume_role_policy=trust("ecs-tasks.amazonaws.com"))
execution_role = aws.iam.Role("execution", assume_role_policy=trust("ecs-tasks.amazonaws.com"))
aws.iam.RolePolicy(
    "execution",
    name=f"{JOB}-execution",
    role=execution_role.name,
    policy=allow(
        {"Action": "ecr:GetAuthorizationToken", "Resource": "*"},
        {
            "Action": ["ecr:BatchGetImage", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer"],
            "Resource": repository.arn,
        },
        {
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": pulumi.Output.concat(logs.arn, ":*"),
        },
    ),
    opts=fixed,
)

# Where it runs.
vpc = aws.ec2.get_vpc(default=True)
environment = aws.batch.ComputeEnvironment(
    "fargate",
    type="MANAGED",
    compute_resources={
        "type": "FARGATE",
        "max_vcpus": 4,
        "subnets": aws.ec2.get_subnets(filters=[{"name": "vpc-id", "values": [vpc.id]}]).ids,
        "security_group_ids": [aws.ec2.get_security_group(name="default", vpc_id=vpc.id).id],
    },
)
queue = aws.batch.JobQueue(
    "queue",
    name=JOB,
    state="ENABLED",
    priority=1,
    compute_environment_orders=[{"order": 1, "compute_environment": environment.arn}],
    opts=fixed,
)

# What it runs. The image that is written here counts for the first revision alone.
definition = following_job_definition(
    "definition",
    name=JOB,
    repository=repository.repository_url,
    type="container",
    platform_capabilities=["FARGATE"],
    timeout={"attempt_duration_seconds": 3600},
    container_properties={
        "image": pulumi.Output.concat(repository.repository_url, ":latest"),
        "command": ["python", "-m", "ocr"],
        "jobRoleArn": job_role.arn,
        "executionRoleArn": execution_role.arn,
        "resourceRequirements": [
            {"type": "VCPU", "value": "1"},
            {"type": "MEMORY", "value": str(memory)},
        ],
        # A public address, since the default VPC has no other way to ECR.
        "networkConfiguration": {"assignPublicIp": "ENABLED"},
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {"awslogs-group": logs.name, "awslogs-stream-prefix": "ocr"},
        },
    },
)

# What keeps the image new. The schedule repairs what a push between the look-up and the apply left behind.
updater = BatchImageUpdater(
    "ocr",
    {
        "repository": repository.name,
        "job_definitions": [definition.name],
        "pass_roles": [job_role.arn, execution_role.arn],
        "reconcile": "rate(1 hour)",
    },
)

pulumi.export("repositoryUrl", repository.repository_url)
pulumi.export("jobQueue", queue.name)
# Without a revision, so that whoever submits takes the newest one.
pulumi.export("jobDefinition", definition.arn_prefix)
pulumi.export("updater", updater.outputs())
