"""The function, its role, its log group, and the queue for what failed."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.archive import HANDLER, RUNTIME, archive_files
from components.documents.iam import function_policy, trust_policy
from components.inputs import CheckedInputs
from components.quotas import fitting
from components.scope import Scope, to_json
from handler.clock import FUNCTION_AGE, FUNCTION_RETRIES
from handler.settings import LogLevel

_FOURTEEN_DAYS = 14 * 24 * 3600  # the longest that SQS keeps a message


@dataclass(frozen=True)
class Function:
    """The resources that others refer to."""

    function: aws.lambda_.Function
    role: aws.iam.Role
    policy: aws.iam.RolePolicy
    log_group: aws.cloudwatch.LogGroup


def create_failure_queue(scope: Scope) -> aws.sqs.Queue:
    """The queue for events that could not be delivered or processed.

    Encrypted by SQS itself: EventBridge cannot write under the key that AWS manages for SQS.
    """
    return aws.sqs.Queue(
        scope.names.logical("dlq"),
        name=scope.names.queue,
        message_retention_seconds=_FOURTEEN_DAYS,
        sqs_managed_sse_enabled=True,
        tags=scope.tags,
        opts=scope.options(protect=scope.protect),
    )


def create_function(scope: Scope, inputs: CheckedInputs, queue: aws.sqs.Queue) -> Function:
    """Creates the log group before the function, so that Lambda never creates one without retention."""
    names, plain = scope.names, inputs.plain
    log_group = aws.cloudwatch.LogGroup(
        names.logical("logs"),
        name=names.log_group,
        retention_in_days=plain.log_retention_days,
        tags=scope.tags,
        opts=scope.options(protect=scope.protect),
    )
    role = aws.iam.Role(
        names.logical("role"),
        description=f"Runs {names.base}",
        assume_role_policy=to_json(trust_policy()),
        permissions_boundary=plain.permissions_boundary,
        tags=scope.tags,
        # Reading a role shows the policies in it.
        opts=scope.options(fixed_name=False, secret_outputs=["inline_policies"]),
    )
    policy = aws.iam.RolePolicy(
        names.logical("policy"),
        name=names.base,
        role=role.name,
        policy=pulumi.Output.all(
            scope.place, inputs.pair("repository", "job_definitions", "pass_roles")
        ).apply(lambda known: to_json(function_policy(known[0], names, fitting(names, known[1])))),
        opts=scope.options(),
    )
    created = aws.lambda_.Function(
        names.logical("function"),
        name=names.base,
        description=f"Gives job definitions a new revision when an image is pushed ({names.pair})",
        # Each file with its absolute path, so that the working directory does not matter.
        code=pulumi.AssetArchive(
            {name: pulumi.FileAsset(str(file)) for name, file in archive_files().items()}
        ),
        handler=HANDLER,
        runtime=RUNTIME,
        architectures=["arm64"],
        role=role.arn,
        timeout=plain.timeout_seconds,
        memory_size=plain.memory_mb,
        environment={
            # Without the roles to pass, which are often made with the rest, and then not known in a preview.
            "variables": inputs.pair("repository", "job_definitions").apply(
                lambda pair: pair.settings(names.pair).environment()
            ),
        },
        logging_config={
            "log_format": "JSON",
            # Lambda drops what lies below this level: INFO keeps metrics and uncaught errors.
            "application_log_level": "DEBUG" if plain.log_level is LogLevel.DEBUG else "INFO",
            "system_log_level": "INFO",
            "log_group": log_group.name,
        },
        tags=scope.tags,
        opts=scope.options(depends_on=[log_group, policy]),
    )
    aws.lambda_.FunctionEventInvokeConfig(
        names.logical("invoke-config"),
        function_name=created.name,
        maximum_retry_attempts=FUNCTION_RETRIES,
        maximum_event_age_in_seconds=FUNCTION_AGE,
        destination_config={"on_failure": {"destination": queue.arn}},
        # Lambda checks that the role may send to the queue.
        opts=scope.options(depends_on=[policy]),
    )
    return Function(created, role, policy, log_group)
