"""The component: everything that one pair needs, from the event to the alarm."""

# ruff: noqa: I002 - Pulumi's analyzer reads the annotations as they are, so they must not be strings.

from collections.abc import Mapping
from typing import Any, cast

import pulumi
from pydantic.alias_generators import to_camel

from components.args import BatchImageUpdaterArgs
from components.documents.alarms import pair_alarms
from components.documents.dashboards import Shown
from components.function import create_failure_queue, create_function
from components.inputs import CheckedInputs, checked, claim
from components.monitoring import create_alarms, create_dashboard
from components.naming import Names, name_problems
from components.pair import Pair
from components.problems import ConfigErrors, Problem, Spelling, describe
from components.quotas import size_problems
from components.rules import create_rules
from components.scope import Scope, all_tags, aws_provider, lookup_place, own_tags


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
        names = Names(pulumi.get_project(), pulumi.get_stack(), name)
        inputs, protect = _checked(names, args, aws_provider(opts), self.spelling)
        super().__init__("ecr-batch-updater:index:BatchImageUpdater", name, {}, opts)
        scope = Scope(
            parent=self,
            names=names,
            tags=all_tags(own_tags(names.project, names.stack, name), inputs.tags),
            place=lookup_place(self),
            protect=protect,
        )
        queue = create_failure_queue(scope)
        parts = create_function(scope, inputs, queue)
        rule = create_rules(scope, inputs, parts, queue)
        self.shown = Shown(names, pair_alarms(names, inputs.plain.rules))
        self.dashboard_choice = inputs.plain.dashboard
        create_alarms(scope, inputs, self.shown.alarms)
        self.function_arn = parts.function.arn
        self.rule_arn = rule.arn
        self.role_name = parts.role.name
        self.policy_name = parts.policy.name
        self.log_group = parts.log_group.name
        self.queue_url = queue.url
        self.dashboard_name, self.dashboard_url = create_dashboard(scope, inputs, self.shown)
        self.register_outputs(self.outputs())

    def outputs(self) -> dict[str, pulumi.Output[Any]]:
        """The outputs under the names of the stack output `pairs`."""
        return {to_camel(name): getattr(self, name) for name in BatchImageUpdater.__annotations__}


def args_of(
    pair: Pair, *, topic: pulumi.Output[str] | None = None, protect: bool = False
) -> BatchImageUpdaterArgs:
    """The args of a pair from the stack configuration; its alarms notify ``topic`` as well."""
    args = pair.model_dump(exclude_unset=True)
    if topic is not None:
        args["alarm_topics"] = [*pair.alarm_topics, topic]
    return cast(BatchImageUpdaterArgs, args | {"protect": protect})


def _checked(
    names: Names, args: Mapping[str, Any], provider: pulumi.ProviderResource | None, spelling: Spelling
) -> tuple[CheckedInputs, bool]:
    """The inputs, and whether the component is protected; raises ConfigErrors."""
    own = dict(args)
    protect = own.pop("protect", False)
    problems = name_problems(
        names.project,
        names.stack,
        names.pair,
        scheduled=own.get("reconcile") is not None,
        follows=own.get("follow_changes") is True,
    )
    if not isinstance(protect, bool):
        problems.append(
            Problem(pair=names.pair, key="protect", found=describe(protect), expected="true or false")
        )
    try:
        inputs = checked(names.pair, own, spelling)
    except ConfigErrors as error:
        raise ConfigErrors([*problems, *error.problems]) from None
    problems += size_problems(names, inputs.known, spelling=spelling)
    if problems:
        raise ConfigErrors(problems)
    definitions = args["job_definitions"]
    if isinstance(definitions, list | tuple):
        claim(names.pair, [item for item in definitions if isinstance(item, str)], provider)
    return inputs, protect
