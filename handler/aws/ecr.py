"""What ECR holds now."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore import xform_name
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, HTTPClientError
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from handler.aws.calls import call, pages, translated
from handler.clock import DOWNLOAD_SECONDS
from handler.document.image import Image, Repository
from handler.errors import AwsError, MalformedAnswer, RepositoryNotFound

# AmazonECR/latest/APIReference/API_DescribeImages.html, API_DescribeImageScanFindings.html
_PAGE = 1000
# One of these is in the answer once the findings are.
_FOUND = ("imageScanCompletedAt", "findingSeverityCounts")
_MANIFESTS = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
# What the manifest of an image that runs names as its config.
_IMAGE_CONFIGS = (
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.container.image.v1+json",
)


@dataclass(frozen=True, kw_only=True)
class Scan:
    """How far the scan of an image is: ``status`` is ECR's word, ``severities`` counts findings by theirs.

    ``found`` says whether ECR gives the findings. Its status runs ahead of them: an enhanced scan was seen
    COMPLETE with nothing but an empty list, and with findings seconds later (github.com/aws/aws-sdk, issue
    289).
    """

    status: str
    description: str
    severities: Mapping[str, int] = field(hash=False)
    found: bool


def download(url: str) -> bytes:
    """GETs a presigned ``url``, without credentials, with the proxies and certificates of botocore's clients.

    AmazonECR/latest/APIReference/API_GetDownloadUrlForLayer.html. Raises botocore's HTTPClientError.
    """
    request = AWSRequest(method="GET", url=url).prepare()
    answer = URLLib3Session(timeout=DOWNLOAD_SECONDS, proxies=get_environ_proxies(url)).send(request)
    if answer.status_code != 200:
        raise HTTPClientError(error=f"GET {url.partition('?')[0]} answered {answer.status_code}")
    content: bytes = answer.content
    return content


class Ecr:
    """Reads one repository through a botocore ECR client; ``fetch`` gets the bytes behind a URL.

    Every method raises AwsError, and RepositoryNotFound when the repository is not there.
    """

    def __init__(self, client: Any, repository: Repository, fetch: Callable[[str], bytes] = download) -> None:
        self._client = client
        self._repository = repository
        self._fetch = fetch

    def image(self, tag: str) -> Image | None:
        """The image that ``tag`` points at, or None if no image carries the tag."""
        answer = self._call("DescribeImages", absent="ImageNotFoundException", imageIds=[{"imageTag": tag}])
        return self._image(self._one("DescribeImages", answer, "imageDetails"), tag) if answer else None

    def images(self) -> Iterator[Image]:
        """Every tag of the repository with its image; a call for each 1,000 images."""
        for answer in self._pages("DescribeImages", filter={"tagStatus": "TAGGED"}):
            for details in answer.get("imageDetails", ()):
                for tag in details.get("imageTags", ()):
                    yield self._image(details, tag)

    def manifest(self, digest: str) -> str:
        """The text of the manifest with that digest.

        An entry of the answer names one tag: should there be one for each tag, all have the same manifest.
        """
        answer = self._call(
            "BatchGetImage", imageIds=[{"imageDigest": digest}], acceptedMediaTypes=list(_MANIFESTS)
        )
        match answer:
            case {"images": [{"imageManifest": str(text)}, *_]}:
                return text
            case {"failures": [{"failureCode": str(code), **more}, *_]}:
                raise AwsError(
                    f"ecr:BatchGetImage of {digest} in {self._where} failed: {code}: "
                    f"{more.get('failureReason')}",
                    remedy="repair what AWS says, or push the image again, with all of its parts",
                    action="ecr:BatchGetImage",
                    code=code,
                )
        raise self._malformed("BatchGetImage", answer)

    def blob(self, digest: str) -> bytes:
        """A layer or a config, checked against its digest. Raises MalformedAnswer when it has another."""
        operation = "GetDownloadUrlForLayer"
        answer = self._call(operation, layerDigest=digest)
        try:
            content = self._fetch(answer["downloadUrl"])
        except BotoCoreError as error:
            raise translated(error, f"ecr:{operation}", f"repository {self._repository.name}") from error
        if f"sha256:{hashlib.sha256(content).hexdigest()}" != digest:
            said = f"the download of blob {digest} of {self._where} has another digest"
            raise MalformedAnswer(said, action=f"ecr:{operation}")
        return content

    def scan(self, digest: str) -> Scan | None:
        """The scan of an image, or None if there is none."""
        severities: dict[str, int] = {}
        status: Mapping[str, Any] = {}
        found = False
        query = {"imageId": {"imageDigest": digest}}
        for answer in self._pages("DescribeImageScanFindings", absent="ScanNotFoundException", **query):
            status = answer.get("imageScanStatus", {})
            findings = answer.get("imageScanFindings", {})
            found = found or not findings.keys().isdisjoint(_FOUND)
            # The counts are of all pages; should they ever be of one only, the worst is still among them.
            for severity, count in _severities(findings).items():
                severities[severity] = max(count, severities.get(severity, 0))
        if not status:
            return None
        return Scan(
            status=str(status.get("status")),
            description=str(status.get("description", "")),
            severities=severities,
            found=found,
        )

    def scan_frequency(self) -> str:
        """``MANUAL``, ``SCAN_ON_PUSH`` or ``CONTINUOUS_SCAN``."""
        operation = "BatchGetRepositoryScanningConfiguration"
        answer = self._request(operation, repositoryNames=[self._repository.name])
        return str(self._one(operation, answer, "scanningConfigurations").get("scanFrequency"))

    @property
    def _where(self) -> str:
        repository = self._repository
        return f"repository {repository.name} in {repository.account}/{repository.region}"

    def _pages(self, operation: str, **query: Any) -> Iterator[Mapping[str, Any]]:
        return pages(lambda **page: self._call(operation, maxResults=_PAGE, **page), **query)

    def _call(self, operation: str, **query: Any) -> Mapping[str, Any]:
        """The answer about this repository; ``absent`` as for ``_request``."""
        whose = {"registryId": self._repository.account, "repositoryName": self._repository.name}
        return self._request(operation, **whose, **query)

    def _request(self, operation: str, *, absent: str = "", **query: Any) -> Mapping[str, Any]:
        """The answer; an empty one when ECR's error code is ``absent``."""
        method, where = getattr(self._client, xform_name(operation)), f"repository {self._repository.name}"
        try:
            answer: Mapping[str, Any] = call(method, f"ecr:{operation}", where, **query)
        except AwsError as error:
            if absent and error.code == absent:
                return {}
            if error.code == "RepositoryNotFoundException":
                raise RepositoryNotFound(
                    f"ECR has no {self._where}",
                    remedy="create it, or correct the pair's repository and run `pulumi up`",
                ) from error
            raise
        return answer

    def _one(self, operation: str, answer: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        """The one item that the answer is about."""
        match answer.get(key):
            case [dict() as found]:
                one: Mapping[str, Any] = found
                return one
        raise self._malformed(operation, answer)

    def _image(self, details: Mapping[str, Any], tag: str) -> Image:
        match details:
            case {"imageDigest": str(digest)}:
                pushed_at, unfit = details.get("imagePushedAt"), why_no_job_runs(details)
                return Image(tag=tag, digest=digest, pushed_at=pushed_at, unfit=unfit)
        raise self._malformed("DescribeImages", details)

    def _malformed(self, operation: str, answer: Mapping[str, Any]) -> MalformedAnswer:
        said = f"ecr:{operation} on {self._where} answered with something else: {str(answer)[:300]}"
        return MalformedAnswer(said, action=f"ecr:{operation}")


def why_no_job_runs(details: Mapping[str, Any]) -> str:
    """Why no job can run the image that DescribeImages gives ``details`` of; "" if one can.

    AmazonECR/latest/APIReference/API_ImageDetail.html
    """
    status = details.get("imageStatus", "ACTIVE")
    if status != "ACTIVE":
        return f"can't be pulled: ECR has it as {status}"
    if details.get("subjectManifestDigest"):
        return "stands beside another image: a signature, an attestation or an SBOM"
    artifact = details.get("artifactMediaType") or _IMAGE_CONFIGS[0]
    return "" if artifact in _IMAGE_CONFIGS else f"is no image but an artifact of type {artifact}"


def _severities(findings: Mapping[str, Any]) -> Mapping[str, int]:
    """ECR's own counts; where it gives none, those of what it lists."""
    listed = [*findings.get("findings", ()), *findings.get("enhancedFindings", ())]
    counts: Mapping[str, int] | None = findings.get("findingSeverityCounts")
    return Counter(str(item.get("severity")) for item in listed) if counts is None else counts
