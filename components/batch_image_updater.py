"""The component: everything that one pair needs, from the event to the alarm."""

# ruff: noqa: I002 - Pulumi's analyzer reads the annotations as they are, so they must not be strings.

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from components.args import BatchImageUpdaterArgs
from components.choices import Dashboard
from components.claims import aws_provider, claim
from components.documents.alarms import pair_alarms
from components.documents.dashboards import dashboard_body
from components.documents.overview import Shown
from components.explain import describe
from components.failure_queue import failure_queue
from components.function import function
from components.inputs import CheckedInputs, checked
from components.monitoring import create_alarms
from components.naming import Names, name_problems, overview_name
from components.pair import Pair, Spelling
from components.problems import ConfigErrors, Problem
from components.quotas import size_problems
from components.rules import trigger
from components.scope import Scope, all_tags, lookup_place, own_tags, to_json


class BatchImageUpdater(pulumi.ComponentResource):
    """Keeps AWS Batch job definitions on the image that was pushed last.

    Creates EventBridge rules, a Lambda function with its role and log group, a failure queue, alarms
    and a dashboard. Names start with `<project>-<stack>-<name>`. Raises ConfigErrors, before anything is
    registered, when the args cannot be used; what is known only later is checked once it is known.

        updater = BatchImageUpdater(
            "ocr",
            {
                "repository": repository.name,
                "job_definitions": ["ocr-job"],
                "pass_roles": [job_role.arn, execution_role.arn],
            },
        )
        pulumi.export("dashboard", updater.dashboard_url)
    """

    # How errors spell the keys. Whoever runs the component for programs in camelCase says so here.
    spelling = Spelling.ARGS

    function_arn: pulumi.Output[str]
    """The ARN of the function."""
    rule_arn: pulumi.Output[str]
    """The ARN of the rule by which pushes start it."""
    role_name: pulumi.Output[str]
    """The name of the function's role."""
    policy_name: pulumi.Output[str]
    """The name of the role's inline policy."""
    log_group: pulumi.Output[str]
    """The name of the log group."""
    queue_url: pulumi.Output[str]
    """The URL of the failure queue."""
    dashboard_name: pulumi.Output[str | None]
    """The name of the pair's dashboard, or of the stack's overview if the pair has none of its own."""
    dashboard_url: pulumi.Output[str | None]
    """Where the AWS console shows it."""

    def __init__(
        self, name: str, args: BatchImageUpdaterArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        inputs, protect = _checked(name, args, aws_provider(opts), self.spelling)
        super().__init__("ecr-batch-updater:index:BatchImageUpdater", name, {}, opts)
        project, stack = pulumi.get_project(), pulumi.get_stack()
        scope = Scope(
            parent=self,
            names=Names(project, stack, name),
            tags=all_tags(own_tags(project, stack, name), inputs.tags),
            place=lookup_place(self),
            protect=protect,
        )
        queue = failure_queue(scope)
        parts = function(scope, inputs, queue)
        rule = trigger(scope, inputs, parts, queue)
        pair = inputs.plain
        watched = pair_alarms(scope.names, pair)
        create_alarms(scope, inputs, watched)
        self.shown = Shown(scope.names, watched)
        self.dashboard_choice = pair.dashboard
        self.function_arn = parts.function.arn
        self.rule_arn = rule.arn
        self.role_name = parts.role.name
        self.policy_name = parts.policy.name
        self.log_group = parts.log_group.name
        self.queue_url = queue.url
        self.dashboard_name, self.dashboard_url = _dashboard(scope, self.shown, pair)
        self.register_outputs(self.outputs())

    def outputs(self) -> dict[str, pulumi.Output[Any]]:
        """The outputs under the names of the stack output `pairs`."""
        return {
            "functionArn": self.function_arn,
            "ruleArn": self.rule_arn,
            "roleName": self.role_name,
            "policyName": self.policy_name,
            "logGroup": self.log_group,
            "queueUrl": self.queue_url,
            "dashboardName": self.dashboard_name,
            "dashboardUrl": self.dashboard_url,
        }


def _checked(
    name: str, args: Mapping[str, Any], provider: pulumi.ProviderResource | None, spelling: Spelling
) -> tuple[CheckedInputs, bool]:
    own = dict(args)
    protect = own.pop("protect", False)
    problems = name_problems(
        pulumi.get_project(),
        pulumi.get_stack(),
        name,
        scheduled=own.get("reconcile") is not None,
        follows=own.get("follow_changes") is True,
    )
    if not isinstance(protect, bool):
        problems.append(Problem(pair=name, key="protect", found=describe(protect), expected="true or false"))
    try:
        inputs = checked(name, own, spelling)
    except ConfigErrors as error:
        raise ConfigErrors([*problems, *error.problems]) from None
    names = Names(pulumi.get_project(), pulumi.get_stack(), name)
    problems += size_problems(names, inputs.known, spelling=spelling)
    if problems:
        raise ConfigErrors(problems)
    definitions = args["job_definitions"]
    if isinstance(definitions, list | tuple):
        claim(name, [item for item in definitions if isinstance(item, str)], provider)
    return inputs, protect


def _dashboard(
    scope: Scope, shown: Shown, pair: Pair
) -> tuple[pulumi.Output[str | None], pulumi.Output[str | None]]:
    """Name and URL of where the pair is drawn."""
    match pair.dashboard:
        case Dashboard.NONE:
            return pulumi.Output.from_input(None), pulumi.Output.from_input(None)
        case Dashboard.OVERVIEW:
            name = overview_name(scope.names.project, scope.names.stack)
            return pulumi.Output.from_input(name), scope.place.apply(lambda place: place.dashboard_url(name))
    dashboard = aws.cloudwatch.Dashboard(
        scope.names.logical("dashboard"),
        dashboard_name=scope.names.base,
        dashboard_body=scope.place.apply(
            lambda place: to_json(
                dashboard_body(scope.names, place, shown.alarms, timeout_seconds=pair.timeout_seconds)
            )
        ),
        opts=scope.options(),
    )
    return dashboard.dashboard_name, scope.place.apply(lambda place: place.dashboard_url(scope.names.base))
