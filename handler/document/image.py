"""Images and the references to them that job definitions hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

_HOST = re.compile(
    r"(?P<account>\d{12})\.(?:dkr\.ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?"
    r"|dkr-ecr(?:-fips)?\.(?P<dual>[a-z0-9-]+)\.on\.(?:aws|amazonwebservices\.com\.cn))"
)


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image that ECR holds under a tag: ``digest`` is ``sha256:…``, of the index where there is one.

    ``unfit`` says why no job could run it, "" if one can.
    """

    tag: str
    digest: str
    pushed_at: datetime | None = None
    unfit: str = ""

    def same_as(self, other: Image | None) -> bool:
        """Whether both are the same image under the same tag."""
        return other is not None and (self.tag, self.digest) == (other.tag, other.digest)


@dataclass(frozen=True, kw_only=True)
class Repository:
    """One ECR repository: a registry (account and region) and a name that may contain ``/``.

    The host names of one registry are in AmazonECR/latest/userguide/Registries.html; the dual-stack
    ones in ecr-requests.html. All of them name the same images.
    """

    account: str
    region: str
    name: str
    partition: str = "aws"

    @classmethod
    def of(cls, reference: ImageReference) -> Repository | None:
        """The repository that holds what ``reference`` names; None if it is in no ECR registry."""
        host = _HOST.fullmatch(reference.host)
        if host is None:
            return None
        return cls(
            account=host["account"],
            region=host["region"] or host["dual"],
            name=reference.path,
            partition="aws-cn" if reference.host.endswith(".cn") else "aws",
        )

    @property
    def uri(self) -> str:
        """The reference without tag or digest, under the registry's usual host name."""
        suffix = "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"
        return f"{self.account}.dkr.ecr.{self.region}.{suffix}/{self.name}"

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:ecr:{self.region}:{self.account}:repository/{self.name}"

    def holds(self, reference: ImageReference) -> bool:
        """Whether ``reference`` names an image of this repository."""
        found = Repository.of(reference)
        return found is not None and replace(found, partition=self.partition) == self


@dataclass(frozen=True, kw_only=True)
class ImageReference:
    """``host/path:tag@digest``, where all but the path may be empty.

    >>> ImageReference.parse("123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app:v1").path
    'team/app'
    >>> ImageReference.parse("busybox").base
    'busybox'
    """

    host: str
    path: str
    tag: str
    digest: str

    @classmethod
    def parse(cls, text: str) -> ImageReference:
        """Takes any text: what is not a reference simply matches no repository."""
        name, _, digest = text.partition("@")
        head, slash, last = name.rpartition("/")
        last, _, tag = last.partition(":")
        host, _, path = (head + slash + last).partition("/")
        if not path or not ("." in host or ":" in host or host == "localhost"):
            host, path = "", head + slash + last
        return cls(host=host, path=path, tag=tag, digest=digest)

    @property
    def base(self) -> str:
        """The reference without tag and digest."""
        return f"{self.host}/{self.path}" if self.host else self.path
