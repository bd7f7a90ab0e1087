"""The revision of a job definition that stands now, as the program's own AWS provider sees it.

The provider's data source finds the newest ACTIVE revision, but shows neither ``containerProperties`` nor
``ecsProperties``; reading that revision as a resource shows every shape. docs/infrastructure-code.md says
what was looked up where.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

import pulumi
import pulumi_aws as aws

from components.claims import aws_provider

# The argument of aws.batch.JobDefinition -> the key of AWS Batch.
SHAPES = {
    "container_properties": "containerProperties",
    "ecs_properties": "ecsProperties",
    "node_properties": "nodeProperties",
    "eks_properties": "eksProperties",
}
# The provider's words for "no such revision" (internal/tfresource, internal/retry).
_NOTHING_FOUND = ("empty result", "couldn't find resource")
# What else of a revision is the users' own. Tags show up twice.
_USERS = ("parameters", "tags", "tags_all")
_EKS_KEYS = {"pod_properties": "podProperties", "init_containers": "initContainers"}


def deployed_revision(
    resource_name: str, name: str, opts: pulumi.ResourceOptions | None
) -> pulumi.Output[dict[str, Any]]:
    """The shape of the newest ACTIVE revision of ``name`` as a document; {} when there is none.

    Looked up by the provider, account and region of ``opts``, also in a preview. Whatever keeps the answer
    from being known is raised: taking it for "none" would put an old image back. Unknown in a preview where
    the provider's own configuration is. Never secret: the state holds the revision encrypted instead, since
    the code may keep secrets in it, and so that the image can be seen.
    """
    arn = _newest(name, opts)
    if arn is None:
        return pulumi.Output.from_input({})
    if not arn:
        return pulumi.Output.from_input(cast(dict[str, Any], pulumi.UNKNOWN))
    options = pulumi.ResourceOptions(
        parent=opts.parent if opts else None,
        provider=aws_provider(opts),
        additional_secret_outputs=[*SHAPES, *_USERS],
    )
    revision = aws.batch.JobDefinition.get(f"{resource_name}-deployed", arn, options)
    shapes = {argument: _read(getattr(revision, argument)) for argument in SHAPES}
    return pulumi.Output.unsecret(pulumi.Output.all(**shapes)).apply(
        lambda found: document_of({key: value for key, value in found.items() if value})
    )


def document_of(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of aws.batch.JobDefinition that hold containers, as AWS Batch writes them.

    Raises ValueError for text that is no JSON.
    """
    return {
        SHAPES[argument]: renamed(json.loads(value) if isinstance(value, str) else value, _EKS_KEYS)
        for argument, value in properties.items()
    }


def properties_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of ``document_of``: JSON, but for EKS, which has properties of its own in the provider."""
    back = {value: key for key, value in _EKS_KEYS.items()}
    return {
        argument: renamed(document[key], back)
        if argument == "eks_properties"
        else json.dumps(document[key], sort_keys=True)
        for argument, key in SHAPES.items()
        if key in document
    }


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A copy with other keys, at any depth."""
    if isinstance(value, dict):
        return {names.get(key, key): renamed(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    return value


def _read(output: pulumi.Output[Any]) -> pulumi.Output[Any]:
    """A property of a revision that was read, None where it has none.

    The provider leaves out what is empty, which the SDK takes for unknown in a preview. But whoever reads
    knows everything.
    """
    return output.apply(lambda value: None if value is pulumi.UNKNOWN else value, run_with_unknowns=True)


def _newest(name: str, opts: pulumi.ResourceOptions | None) -> str | None:
    """Its ARN, None when there is none; empty when the provider could not be asked yet."""
    invoke = pulumi.InvokeOptions(provider=aws_provider(opts), parent=opts.parent if opts else None)
    try:
        return aws.batch.get_job_definition(name=name, opts=invoke).arn or ""
    except Exception as error:  # Pulumi raises nothing narrower for what a provider answers
        if f"({name}/ACTIVE)" in str(error) and any(words in str(error) for words in _NOTHING_FOUND):
            return None
        raise
