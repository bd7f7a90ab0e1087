"""Whether ECR still holds what a reference names, asked with the operator's credentials."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from handler.aws.calls import code_of
from handler.document.image import ImageReference, Repository
from ops.aws import Aws, in_operators_words


class Registry:
    """Looks images of one repository up."""

    def __init__(self, aws: Aws, repository: Repository) -> None:
        self._client = aws.client("ecr")
        self._repository = repository

    def digest(self, reference: ImageReference) -> str | None:
        """The digest of the image that ``reference`` names now; None if no job could pull it.

        An image whose imageStatus is not ACTIVE is archived (AmazonECR/latest/APIReference/
        API_ImageDetail.html). Raises OpsError when ECR can't be asked.
        """
        wanted = (
            {"imageDigest": reference.digest} if reference.digest else {"imageTag": reference.tag or "latest"}
        )
        try:
            answer: Any = self._client.describe_images(
                registryId=self._repository.account,
                repositoryName=self._repository.name,
                imageIds=[wanted],
            )
        except ClientError as error:
            if code_of(error) == "ImageNotFoundException":
                return None
            raise in_operators_words(error) from error
        except BotoCoreError as error:
            raise in_operators_words(error) from error
        details = answer["imageDetails"][0]
        return str(details["imageDigest"]) if details.get("imageStatus", "ACTIVE") == "ACTIVE" else None
