"""What a stack's pairs need around them before the first push: repositories, roles, job definitions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from local.seed_images import Index, manifest, push, push_image, push_index

if TYPE_CHECKING:
    from local.cloud import Cloud

__all__ = [
    "Index",
    "create_repository",
    "fargate_definition",
    "manifest",
    "multi_container_definition",
    "push",
    "push_image",
    "push_index",
    "seed_pair",
]

_TRUST = {"Version": "2012-10-17", "Statement": []}


def seed_pair(cloud: Cloud, *, repository: str, job_definitions: Iterable[str], roles: Iterable[str]) -> None:
    """Creates the repository, the roles, and a first revision of each job definition.

    ``roles`` are the ARNs of the job and the execution role, as in ``passRoles``; without any, the job
    definitions name none.
    """
    create_repository(cloud, repository)
    passed = list(roles)
    named = {"job_role": passed[0], "execution_role": passed[-1]} if passed else {}
    for role in passed:
        create_role(cloud, role.rpartition("/")[2])
    image = f"{cloud.account}.dkr.ecr.{cloud.region}.amazonaws.com/{repository}:first"
    for name in job_definitions:
        cloud.client("batch").register_job_definition(**fargate_definition(name, image=image, **named))


def create_repository(cloud: Cloud, name: str) -> None:
    """Creates an ECR repository unless it exists."""
    with _unless("RepositoryAlreadyExistsException"):
        cloud.client("ecr").create_repository(repositoryName=name)


def create_role(cloud: Cloud, name: str) -> None:
    """Creates a role unless it exists: the pairs of a stack often pass the same ones."""
    with _unless("EntityAlreadyExists"):
        cloud.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(_TRUST))


@contextmanager
def _unless(code: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] != code:
            raise


def fargate_definition(
    name: str, *, image: str, job_role: str | None = None, execution_role: str | None = None
) -> dict[str, Any]:
    """A registration with everything that a careless updater would lose.

    ``image`` is in a repository of ECR: where it is, the secret is, too.
    """
    account, _, _, region, *_ = image.split(".")
    roles = {"jobRoleArn": job_role, "executionRoleArn": execution_role}
    return {
        "jobDefinitionName": name,
        "type": "container",
        "platformCapabilities": ["FARGATE"],
        "parameters": {"language": "en"},
        "retryStrategy": {
            "attempts": 3,
            "evaluateOnExit": [
                {"onStatusReason": "Host EC2*", "action": "RETRY"},
                {"onReason": "*", "action": "EXIT"},
            ],
        },
        "timeout": {"attemptDurationSeconds": 3600},
        "propagateTags": False,
        "tags": {"team": "ocr", "cost-centre": "1234"},
        "containerProperties": {
            "image": image,
            "command": ["python", "-m", "ocr", "--language", "Ref::language"],
            **{key: role for key, role in roles.items() if role is not None},
            "environment": [
                {"name": "BUCKET", "value": "newsarchive-pages"},
                {"name": "LOG_LEVEL", "value": "INFO"},
            ],
            "secrets": [
                {
                    "name": "DATABASE_URL",
                    "valueFrom": f"arn:aws:secretsmanager:{region}:{account}:secret:ocr/database",
                }
            ],
            "resourceRequirements": [
                {"type": "VCPU", "value": "1"},
                {"type": "MEMORY", "value": "2048"},
            ],
            "networkConfiguration": {"assignPublicIp": "DISABLED"},
            "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/jobs/ocr"}},
            "fargatePlatformConfiguration": {"platformVersion": "LATEST"},
        },
    }


def multi_container_definition(
    name: str, *, image: str, sidecar: str, job_role: str, execution_role: str
) -> dict[str, Any]:
    """A registration of a job with a log router beside it, which comes from elsewhere."""
    size = [{"type": "VCPU", "value": "0.5"}, {"type": "MEMORY", "value": "1024"}]
    router = {
        "name": "log-router",
        "image": sidecar,
        "essential": False,
        "firelensConfiguration": {"type": "fluentbit"},
        "resourceRequirements": size,
    }
    worker = {
        "name": "ocr",
        "image": image,
        "essential": True,
        "command": ["python", "-m", "ocr"],
        "dependsOn": [{"containerName": "log-router", "condition": "START"}],
        "logConfiguration": {"logDriver": "awsfirelens", "options": {"Name": "cloudwatch"}},
        "resourceRequirements": size,
    }
    task = {
        "containers": [router, worker],
        "taskRoleArn": job_role,
        "executionRoleArn": execution_role,
        "platformVersion": "LATEST",
    }
    return {
        "jobDefinitionName": name,
        "type": "container",
        "platformCapabilities": ["FARGATE"],
        "ecsProperties": {"taskProperties": [task]},
        "retryStrategy": {"attempts": 2},
        "tags": {"team": "ocr"},
    }
