"""Configurations and layers: bytes by digest, and uploads that are under way."""

from __future__ import annotations

import uuid

from local.ecr.manifests import digest_of


class UploadRefused(Exception):
    """An upload breaks ECR's rules; ``code`` is the name of ECR's exception."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        super().__init__(reason)


class Blobs:
    """The blobs of one repository."""

    def __init__(self) -> None:
        self._blobs: dict[str, bytes] = {}
        self._uploads: dict[str, bytearray] = {}

    def get(self, digest: str) -> bytes | None:
        """The bytes with that digest."""
        return self._blobs.get(digest)

    def begin(self) -> str:
        """Begins an upload and returns its ID."""
        upload = str(uuid.uuid4())
        self._uploads[upload] = bytearray()
        return upload

    def add(self, upload: str, first: int, last: int, data: bytes) -> int:
        """Appends the bytes ``first`` to ``last``, and returns the last byte's position.

        Raises UploadRefused unless they follow what is there.
        """
        received = self._upload(upload)
        if first != len(received) or last != first + len(data) - 1:
            raise UploadRefused(
                "InvalidLayerPartException",
                f"bytes {first} to {last} with {len(data)} bytes do not follow the {len(received)} received",
            )
        received += data
        return len(received) - 1

    def complete(self, upload: str, digests: list[str]) -> str:
        """Ends an upload and returns the digest of its bytes; raises UploadRefused, as for another digest."""
        data = bytes(self._upload(upload))
        digest = digest_of(data)
        if not data:
            raise UploadRefused("EmptyUploadException", "no part was uploaded")
        if digest not in digests:
            raise UploadRefused("InvalidLayerException", f"the bytes have the digest {digest}, not {digests}")
        if digest in self._blobs:
            raise UploadRefused("LayerAlreadyExistsException", f"the layer {digest} is there already")
        del self._uploads[upload]
        self._blobs[digest] = data
        return digest

    def _upload(self, upload: str) -> bytearray:
        if upload not in self._uploads:
            raise UploadRefused("UploadNotFoundException", "there is no such upload")
        return self._uploads[upload]
