"""The function, the role that it runs under and the log group that it writes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.archive import HANDLER, RUNTIME
from components.archive_asset import handler_archive
from components.choices import LogLevel
from components.documents.iam import pair_policy, trust_policy
from components.inputs import CheckedInputs
from components.pair import Pair
from components.quotas import fitting
from components.scope import Scope, to_json

_SIX_HOURS = 6 * 3600  # the longest that Lambda keeps an event


@dataclass(frozen=True)
class Function:
    """The resources that others refer to."""

    function: aws.lambda_.Function
    role: aws.iam.Role
    policy: aws.iam.RolePolicy
    log_group: aws.cloudwatch.LogGroup


def function(scope: Scope, inputs: CheckedInputs, queue: aws.sqs.Queue) -> Function:
    """Creates the log group before the function, so that Lambda never creates one without retention."""
    log_group = aws.cloudwatch.LogGroup(
        scope.names.logical("logs"),
        name=scope.names.log_group,
        retention_in_days=inputs.plain.log_retention_days,
        tags=scope.tags,
        opts=scope.options(protect=scope.protect),
    )
    role = aws.iam.Role(
        scope.names.logical("role"),
        description=f"Runs {scope.names.base}",
        assume_role_policy=to_json(trust_policy()),
        permissions_boundary=inputs.plain.permissions_boundary,
        tags=scope.tags,
        # Reading a role shows the policies in it.
        opts=scope.options(fixed_name=False, secret_outputs=["inline_policies"]),
    )
    policy = aws.iam.RolePolicy(
        scope.names.logical("policy"),
        name=scope.names.base,
        role=role.name,
        policy=pulumi.Output.all(
            scope.place, inputs.repository, inputs.job_definitions, inputs.pass_roles
        ).apply(
            lambda known: to_json(
                pair_policy(known[0], scope.names, fitting(scope.names, _pair(inputs, *known[1:])))
            )
        ),
        opts=scope.options(),
    )
    created = aws.lambda_.Function(
        scope.names.logical("function"),
        name=scope.names.base,
        description=f"Gives job definitions a new revision when an image is pushed ({scope.names.pair})",
        code=handler_archive(),
        handler=HANDLER,
        runtime=RUNTIME,
        architectures=["arm64"],
        role=role.arn,
        timeout=inputs.plain.timeout_seconds,
        memory_size=inputs.plain.memory_mb,
        environment={
            # Without the roles to pass, which are often made with the rest, and then not known in a preview.
            "variables": pulumi.Output.all(inputs.repository, inputs.job_definitions).apply(
                lambda known: _pair(inputs, *known).settings(scope.names.pair).environment()
            ),
        },
        logging_config={
            "log_format": "JSON",
            # Lambda drops what lies below this level: INFO keeps metrics and uncaught errors.
            "application_log_level": "DEBUG" if inputs.plain.log_level is LogLevel.DEBUG else "INFO",
            "system_log_level": "INFO",
            "log_group": log_group.name,
        },
        tags=scope.tags,
        opts=scope.options(depends_on=[log_group, policy]),
    )
    aws.lambda_.FunctionEventInvokeConfig(
        scope.names.logical("invoke-config"),
        function_name=created.name,
        maximum_retry_attempts=2,
        maximum_event_age_in_seconds=_SIX_HOURS,
        destination_config={"on_failure": {"destination": queue.arn}},
        # Lambda checks that the role may send to the queue.
        opts=scope.options(depends_on=[policy]),
    )
    return Function(created, role, policy, log_group)


def _pair(
    inputs: CheckedInputs, repository: str, job_definitions: Sequence[str], pass_roles: Sequence[str] = ()
) -> Pair:
    """The pair once these values are known."""
    return inputs.plain.model_copy(
        update={
            "repository": repository,
            "job_definitions": tuple(job_definitions),
            "pass_roles": tuple(pass_roles),
        }
    )
