"""What ECR holds now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from handler.aws_errors import code_of, translated
from handler.errors import AwsError, MalformedAnswer, RepositoryNotFound
from handler.image import Image, Repository


class Ecr:
    """Reads one repository through a botocore ECR client."""

    def __init__(self, client: Any, repository: Repository) -> None:
        self._client = client
        self._repository = repository

    def image(self, tag: str) -> Image | None:
        """The image that ``tag`` points at, or None if no image that can be pulled carries the tag.

        Raises AwsError, RepositoryNotFound among them.
        """
        details = self._describe({"imageTag": tag})
        return self._image(details, tag) if details.get("imageStatus", "ACTIVE") == "ACTIVE" else None

    def _describe(self, image_id: Mapping[str, str]) -> Mapping[str, Any]:
        where = f"repository {self._repository.name} in {self._repository.account}/{self._repository.region}"
        try:
            answer = self._client.describe_images(
                registryId=self._repository.account,
                repositoryName=self._repository.name,
                imageIds=[dict(image_id)],
            )
        except ClientError as error:
            if code_of(error) == "ImageNotFoundException":
                return {"imageStatus": "ABSENT"}
            if code_of(error) == "RepositoryNotFoundException":
                raise RepositoryNotFound(
                    f"ECR has no {where}",
                    remedy="create it, or correct the pair's repository and run `pulumi up`",
                ) from error
            raise self._failed(error) from error
        except BotoCoreError as error:
            raise self._failed(error) from error
        match answer:
            case {"imageDetails": [{"imageDigest": str()} as details]}:
                found: Mapping[str, Any] = details
                return found
        raise MalformedAnswer(
            f"ecr:DescribeImages on {where} answered with something that is no image: {str(answer)[:200]}"
        )

    def _image(self, details: Mapping[str, Any], tag: str) -> Image:
        return Image(tag=tag, digest=details["imageDigest"], pushed_at=details.get("imagePushedAt"))

    def _failed(self, error: ClientError | BotoCoreError) -> AwsError:
        return translated(error, "ecr:DescribeImages", f"repository {self._repository.name}")
