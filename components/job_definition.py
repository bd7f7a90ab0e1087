"""A job definition in a Pulumi program whose image is the updater's business."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws
from pydantic_core import PydanticCustomError

from components import checks
from components.deployed_revision import SHAPES, deployed_revision, document_of, properties_of
from components.explain import describe
from components.kept_images import keep_images
from components.problems import ConfigErrors, Problem
from handler.document.image import ImageReference, Repository


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
    deployed = deployed_revision(resource_name, name, opts)
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


def _checked(name: str, properties: dict[str, Any]) -> str:
    """The one key that holds containers; raises ConfigErrors."""
    problems = []
    try:
        checks.job_definition(name)
    except PydanticCustomError as error:
        expected = str((error.context or {})["expected"])
        problems.append(Problem(key="name", found=describe(name), expected=expected))
    except TypeError:
        problems.append(
            Problem(key="name", found=describe(name), expected="a plain string: it is looked up at once")
        )
    shapes = [key for key in SHAPES if properties.get(key) is not None]
    if len(shapes) != 1:
        problems.append(
            Problem(key=" | ".join(SHAPES), found=" and ".join(shapes) or "none", expected="one of them")
        )
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
        raise ConfigErrors(
            [
                Problem(
                    key="repository",
                    found=describe(url),
                    expected="the URL of an ECR repository",
                    remedy="give the repository_url of aws.ecr.Repository",
                )
            ]
        )
    try:
        document = document_of({shape: written})
    except ValueError as error:
        raise ConfigErrors(
            [Problem(key=shape, found=f"text that is no JSON: {error}", expected="JSON")]
        ) from None
    return properties_of(keep_images(document, deployed, repository))[shape]
