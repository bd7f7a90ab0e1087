"""Image scanning: begun by a push, ended by whoever tests, reported by ECR and as events."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Protocol

from local.ecr.images import ARCHIVED, Image
from local.ecr.pages import page
from local.ecr.repository import Registry, Repository
from local.ecr.scan_settings import MANUAL, read_rules, repository_settings
from local.ecr.scans import BASIC, ENHANCED, Scan, begun, ended, finding
from local.http import ApiError, Request, Response, json_response

_DAY = 86400


class Emit(Protocol):
    """EventBridge.emit."""

    def __call__(
        self, source: str, detail_type: str, detail: dict[str, Any], resources: list[str] | None = None
    ) -> object:
        """Puts an event on the default bus."""


class Scanning:
    """Answers ECR's operations on scans, in front of the rest of ECR."""

    def __init__(self, registry: Registry, *, emit: Emit, region: str) -> None:
        self._registry = registry
        self._emit = emit
        self._region = region

    def __call__(self, request: Request) -> Response | None:
        """The answer to ``request``, or None when it is not about scans; raises ApiError."""
        match request.operation:
            case "BatchGetRepositoryScanningConfiguration":
                return json_response(self._configurations(request.json()))
            case "DescribeImageScanFindings":
                return json_response(self._describe(request.json()))
            case "PutRegistryScanningConfiguration":
                configuration = read_rules(request.json())
                self._registry.backend.registry_scanning_configuration = configuration
                return json_response({"registryScanningConfiguration": configuration})
            case "StartImageScan":
                return json_response(self._start(request.json()))
        return None

    @property
    def enhanced(self) -> bool:
        """Whether the registry's scans are Amazon Inspector's."""
        return bool(self._rules()["scanType"] == ENHANCED)

    def pushed(self, repository: Repository, image: Image) -> None:
        """Begins a scan of an image that was pushed, where scanning is on and ECR can scan it."""
        settings = repository_settings(self._rules(), self._registry.configured(repository.name))
        if settings["scanFrequency"] != MANUAL and image.manifest.is_image and image.scan is None:
            image.scan = begun(self._rules()["scanType"])

    def finish(
        self,
        repository_name: str,
        digest: str,
        severities: Mapping[str, int] | None = None,
        *,
        status: str | None = None,
        description: str = "",
    ) -> None:
        """Ends the scan of an image, by default with success, and emits the event.

        An enhanced scan that ends otherwise emits none. A scan that has ended can end again with other
        findings. Raises ApiError when there is no such image, LookupError when no scan of it has begun,
        ValueError for a severity or a status that ECR does not have.

        >>> cloud.scans.finish("team/app", digest, {"CRITICAL": 1, "LOW": 4})  # doctest: +SKIP
        """
        repository = self._registry.named({"repositoryName": repository_name})
        image = repository.image({"imageDigest": digest})
        if image.scan is None:
            raise LookupError(
                f"no scan of {digest} in {repository_name} has begun: turn scanning on before the push, or "
                "call StartImageScan; an index is never scanned, its images are"
            )
        image.scan = ended(
            image.scan.kind, severities or {}, status=status, description=description, now=int(time.time())
        )
        self._announce(repository, image, image.scan)

    def _rules(self) -> Mapping[str, Any]:
        rules: Mapping[str, Any] = self._registry.backend.registry_scanning_configuration
        return rules

    def _announce(self, repository: Repository, image: Image, scan: Scan) -> None:
        """AmazonECR/latest/userguide/ecr-eventbridge.html and image-scanning-enhanced-events.html."""
        about = {"image-digest": image.digest, "image-tags": list(image.tags)}
        if scan.kind == BASIC:
            detail = {
                "scan-status": "COMPLETE" if scan.succeeded else "FAILED",
                "repository-name": repository.name,
                "finding-severity-counts": dict(scan.severities),
                **about,
            }
            self._emit("aws.ecr", "ECR Image Scan", detail)
        elif scan.succeeded:
            arn = self._registry.configured(repository.name).arn
            counts = {**scan.severities, "TOTAL": sum(scan.severities.values())}
            detail = {
                "scan-status": "INITIAL_SCAN_COMPLETE",
                "repository-name": arn,
                "finding-severity-counts": counts,
                **about,
            }
            self._emit("aws.inspector2", "Inspector2 Scan", detail, [arn])

    def _configurations(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """AmazonECR/latest/APIReference/API_BatchGetRepositoryScanningConfiguration.html."""
        known = self._registry.backend.repositories
        names = body.get("repositoryNames") or []
        missing = {"failureCode": "REPOSITORY_NOT_FOUND", "failureReason": "REPOSITORY_NOT_FOUND"}
        return {
            "scanningConfigurations": [
                repository_settings(self._rules(), known[name]) for name in names if name in known
            ],
            "failures": [{"repositoryName": name, **missing} for name in names if name not in known],
        }

    def _describe(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """AmazonECR/latest/APIReference/API_DescribeImageScanFindings.html."""
        repository, image = self._image(body)
        if image.scan is None:
            raise ApiError(
                "ScanNotFoundException",
                f"Image scan does not exist for the image with '{image.digest}' in the repository with name "
                f"'{repository.name}' in the registry with id '{self._registry.account}'",
            )
        answer = self._status(repository, image, image.scan, body)
        if image.scan.ended_at is None or not (image.scan.succeeded or image.scan.severities):
            return answer
        found, more = page(body, enumerate(image.scan.findings()))
        entries = [
            finding(image.scan, *each, account=self._registry.account, region=self._region) for each in found
        ]
        findings = {
            "imageScanCompletedAt": image.scan.ended_at,
            "vulnerabilitySourceUpdatedAt": image.scan.ended_at,
            "findingSeverityCounts": dict(image.scan.severities),
            "findings" if image.scan.kind == BASIC else "enhancedFindings": entries,
        }
        return {**answer, "imageScanFindings": findings, **more}

    def _start(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """AmazonECR/latest/APIReference/API_StartImageScan.html: basic scanning alone, once in 24 hours."""
        repository, image = self._image(body)
        if self.enhanced:
            raise ApiError("ValidationException", "This feature is disabled")
        if image.status == ARCHIVED:
            raise ApiError("ImageArchivedException", f"The image '{image.digest}' is archived")
        if not image.manifest.is_image:
            raise ApiError(
                "UnsupportedImageTypeException",
                f"The image '{image.digest}' is of a type that is not scanned",
            )
        recent = image.scan is not None and (image.scan.ended_at or time.time()) > time.time() - _DAY
        if recent:
            raise ApiError(
                "LimitExceededException", "The scan quota per image has been exceeded. Wait and try again."
            )
        image.scan = begun(BASIC)
        return self._status(repository, image, image.scan, body)

    def _image(self, body: Mapping[str, Any]) -> tuple[Repository, Image]:
        repository = self._registry.named(body)
        return repository, repository.image(body.get("imageId") or {})

    def _status(
        self, repository: Repository, image: Image, scan: Scan, body: Mapping[str, Any]
    ) -> dict[str, Any]:
        tag = body["imageId"].get("imageTag")
        return {
            "registryId": self._registry.account,
            "repositoryName": repository.name,
            "imageId": {"imageDigest": image.digest, **({"imageTag": tag} if tag else {})},
            "imageScanStatus": {"status": scan.status, "description": scan.description},
        }
