"""A job definition in a Pulumi program whose image is the updater's business.

The image that stands now is that of the newest ACTIVE revision, as the program's own AWS provider sees it.
The provider's data source finds that revision, but shows neither ``containerProperties`` nor
``ecsProperties``; reading it as a resource shows every shape. docs/infrastructure-code.md says what was
looked up where.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

import pulumi
import pulumi_aws as aws
from pydantic_core import PydanticCustomError

from components import checks
from components.problems import ConfigErrors, Problem, describe
from components.scope import aws_provider
from handler.document.containers import Container, containers_of, with_images
from handler.document.image import ImageReference, Repository

# The argument of aws.batch.JobDefinition -> the key of AWS Batch.
_SHAPES = {
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


def following_job_definition(
    resource_name: str,
    *,
    name: str,
    repository: pulumi.Input[str],
    opts: pulumi.ResourceOptions | None = None,
    **properties: Any,
) -> aws.batch.JobDefinition:
    """An ``aws.batch.JobDefinition`` that keeps the image that is deployed, and all of its revisions.

    ``repository`` is the URL of the ECR repository that the definition follows. ``properties`` are those of
    ``aws.batch.JobDefinition``; the one that holds the containers may be a dict, also with Outputs in it.
    The image that is written there counts until the first revision stands; afterwards each apply registers
    the image that the newest ACTIVE revision has, be it pushed, rolled back to or held. Raises ConfigErrors.

        definition = following_job_definition(
            "ocr",
            name="ocr-job",
            repository=repository.repository_url,
            type="container",
            platform_capabilities=["FARGATE"],
            container_properties={
                "image": pulumi.Output.concat(repository.repository_url, ":latest"),
                "resourceRequirements": [{"type": "MEMORY", "value": "2048"}, {"type": "VCPU", "value": "1"}],
                "executionRoleArn": execution_role.arn,
            },
        )
        # Submitters take definition.name or definition.arn_prefix, never definition.arn.
    """
    shape = _checked(name, properties)
    deployed = _deployed_revision(resource_name, name, opts)
    written = pulumi.Output.all(properties.pop(shape), repository, deployed).apply(
        lambda known: _kept(shape, *known)
    )
    return aws.batch.JobDefinition(
        resource_name,
        name=name,
        # A revision under a running pipeline, a rollback's aim and the record of a hold stay ACTIVE.
        deregister_on_new_revision=False,
        # Deleting deregisters every ACTIVE revision of the name, and would take the replacement along.
        opts=pulumi.ResourceOptions.merge(pulumi.ResourceOptions(delete_before_replace=True), opts),
        **{shape: written},
        **properties,
    )


def keep_images(document: dict[str, Any], deployed: dict[str, Any], repository: Repository) -> dict[str, Any]:
    """``document`` with the images of ``repository`` that ``deployed`` has; nothing else differs.

    Shapes: batch/latest/APIReference/API_RegisterJobDefinition.html. ``deployed`` is the newest ACTIVE
    revision, {} before the first. A container is recognised by its name, or by where it stands without one. A
    container that ``deployed`` lacks takes the image that the others share, and the one that is written if
    they share none. Images of other repositories stay as written: nobody but the code updates them.
    """
    kept = {
        _key(container): container.image
        for container in containers_of(deployed)
        if _is_of(repository, container)
    }
    images = set(kept.values())
    shared = images.pop() if len(images) == 1 else None

    def image_of(container: Container) -> str:
        if not _is_of(repository, container):
            return container.image
        return kept.get(_key(container)) or shared or container.image

    return with_images(document, image_of)


def _checked(name: str, properties: dict[str, Any]) -> str:
    """The one key that holds containers; raises ConfigErrors."""
    problems = []
    try:
        checks.job_definition(name)
    except PydanticCustomError as error:
        expected = str((error.context or {})["expected"])
        problems.append(Problem(key="name", found=describe(name), expected=expected))
    except TypeError:
        expected = "a plain string: it is looked up at once"
        problems.append(Problem(key="name", found=describe(name), expected=expected))
    shapes = [key for key in _SHAPES if properties.get(key) is not None]
    if len(shapes) != 1:
        found = " and ".join(shapes) or "none"
        problems.append(Problem(key=" | ".join(_SHAPES), found=found, expected="one of them"))
    if properties.pop("deregister_on_new_revision", False) is not False:
        problems.append(
            Problem(
                key="deregister_on_new_revision",
                found="another value than False",
                expected="False, which is set anyway",
                remedy="leave it out; keepRevisions limits the updater's own revisions",
            )
        )
    if problems:
        raise ConfigErrors(problems)
    return shapes[0]


def _kept(shape: str, written: Any, url: str, deployed: dict[str, Any]) -> Any:
    repository = Repository.of(ImageReference.parse(url))
    if repository is None:
        expected, remedy = "the URL of an ECR repository", "give the repository_url of aws.ecr.Repository"
        problem = Problem(key="repository", found=describe(url), expected=expected, remedy=remedy)
        raise ConfigErrors([problem])
    try:
        document = _document_of({shape: written})
    except ValueError as error:
        found = f"text that is no JSON: {error}"
        raise ConfigErrors([Problem(key=shape, found=found, expected="JSON")]) from None
    return _properties_of(keep_images(document, deployed, repository))[shape]


def _deployed_revision(
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
        additional_secret_outputs=[*_SHAPES, *_USERS],
    )
    revision = aws.batch.JobDefinition.get(f"{resource_name}-deployed", arn, options)
    shapes = {argument: _read(getattr(revision, argument)) for argument in _SHAPES}
    return pulumi.Output.unsecret(pulumi.Output.all(**shapes)).apply(
        lambda found: _document_of({key: value for key, value in found.items() if value})
    )


def _document_of(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of aws.batch.JobDefinition that hold containers, as AWS Batch writes them.

    Raises ValueError for text that is no JSON.
    """
    return {
        _SHAPES[argument]: _renamed(json.loads(value) if isinstance(value, str) else value, _EKS_KEYS)
        for argument, value in properties.items()
    }


def _properties_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of ``_document_of``: JSON, but for EKS, which has properties of its own in the provider."""
    back = {value: key for key, value in _EKS_KEYS.items()}
    return {
        argument: _renamed(document[key], back)
        if argument == "eks_properties"
        else json.dumps(document[key], sort_keys=True)
        for argument, key in _SHAPES.items()
        if key in document
    }


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A copy with other keys, at any depth."""
    if isinstance(value, dict):
        return {names.get(key, key): _renamed(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
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


def _key(container: Container) -> str:
    return container.name or container.path


def _is_of(repository: Repository, container: Container) -> bool:
    return repository.holds(ImageReference.parse(container.image))
