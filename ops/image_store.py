"""A repository's images as an operator changes them: manifests, tags, deletion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from handler.aws_errors import code_of
from ops.aws import in_operators_words
from ops.errors import AwsFailed
from ops.probe import MEDIA_TYPES, Manifest, is_mutable


class Images:
    """The repository ``name`` through a botocore ECR client. Every method raises OpsError."""

    def __init__(self, client: Any, name: str) -> None:
        self.name = name
        self._client = client

    def may_move(self, tag: str) -> bool:
        """Whether the repository lets a tag be moved to another image."""
        (found,) = self._asked("describe_repositories", repositoryNames=[self.name])["repositories"]
        exclusions = found.get("imageTagMutabilityExclusionFilters") or []
        return is_mutable(found["imageTagMutability"], exclusions, tag)

    def tagged(self, tag: str) -> Manifest | None:
        """The manifest that ``tag`` points at now."""
        return self._manifest({"imageTag": tag})

    def with_digest(self, digest: str) -> Manifest | None:
        """The manifest of that digest, tagged or not."""
        return self._manifest({"imageDigest": digest})

    def put(self, manifest: Manifest, tag: str) -> None:
        """Points ``tag`` at the manifest's image; nothing is done where it does so already."""
        try:
            self._client.put_image(
                repositoryName=self.name,
                imageManifest=manifest.text,
                imageManifestMediaType=manifest.media_type,
                imageTag=tag,
                # ECR refuses the manifest if its bytes changed on the way.
                imageDigest=manifest.digest,
            )
        except (ClientError, BotoCoreError) as error:
            if not (isinstance(error, ClientError) and code_of(error) == "ImageAlreadyExistsException"):
                raise in_operators_words(error) from error

    def delete(self, digest: str) -> None:
        """Deletes the image with that digest; nothing is done where there is none."""
        answer = self._asked(
            "batch_delete_image", repositoryName=self.name, imageIds=[{"imageDigest": digest}]
        )
        for failure in answer.get("failures", []):
            if failure.get("failureCode") != "ImageNotFound":
                raise AwsFailed(
                    f"ECR does not delete {digest} from {self.name}: {failure.get('failureReason')}",
                    remedy="the message says why; delete the image once that is repaired",
                )

    def _manifest(self, identity: Mapping[str, str]) -> Manifest | None:
        answer = self._asked(
            "batch_get_image",
            repositoryName=self.name,
            imageIds=[dict(identity)],
            acceptedMediaTypes=list(MEDIA_TYPES),
        )
        for image in answer.get("images", []):
            return Manifest(text=image["imageManifest"], media_type=image.get("imageManifestMediaType") or "")
        return None

    def _asked(self, operation: str, **arguments: Any) -> Any:
        try:
            return getattr(self._client, operation)(**arguments)
        except (ClientError, BotoCoreError) as error:
            raise in_operators_words(error) from error
