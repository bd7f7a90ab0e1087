"""AWS as one scenario has it: answers what botocore is about to send, and keeps what was asked.

Batch is the strict store of the local cloud. ECR and EventBridge are no more than the calls that a run
makes.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.batch.api import BatchApi
from local.batch.store import BatchStore
from local.faults import Fault
from local.http import ApiError, Request, Response, error_response, json_response
from tests.replay.clock import START
from tests.replay.values import read, write

ACCOUNT, REGION, REPOSITORY = "123456789012", "eu-west-1", "team/app"
VARIABLES = {
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_DEFAULT_REGION": REGION,
}
BLOBS = "https://layers.example/"
_BATCH = {
    f"/v1/{name.lower()}": name
    for name in ("DescribeJobDefinitions", "RegisterJobDefinition", "DeregisterJobDefinition")
}
# JSON with the operation in a header, unless something else is said.
_PROTOCOLS = {"batch": "rest-json", "lambda": "rest-json", "iam": "query", "sns": "query", "sts": "query"}


def digest(letter: str) -> str:
    """``sha256:aaaa…``; what is a digest already stays."""
    return "sha256:" + letter * 64 if len(letter) == 1 else letter


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image in ECR: ``letter`` of its digest, pushed so many ``minutes`` before the run.

    ``details`` are further members of DescribeImages' answer, ``manifest`` the text (or the value) that
    BatchGetImage gives, ``scan`` what DescribeImageScanFindings answers.
    """

    letter: str
    tags: tuple[str, ...] = ()
    minutes: float | None = 60
    details: Mapping[str, Any] = field(default_factory=dict)
    manifest: Any = None
    scan: Mapping[str, Any] | None = None

    def described(self) -> dict[str, Any]:
        at = {} if self.minutes is None else {"imagePushedAt": START - 60 * self.minutes}
        return {"imageDigest": digest(self.letter), "imageTags": [*self.tags], **at, **self.details}


@dataclass(frozen=True, kw_only=True)
class On:
    """Something that happens at a call: from the ``nth`` of the action, for so many ``times``.

    With ``definition`` only calls about that job definition count. ``before`` and ``after`` the call takes
    effect the world may change; ``fault`` is a kind of ``local.faults``, ``answer`` a body that is given
    in place of the call's own.
    """

    action: str
    nth: int = 1
    times: int = 1
    definition: str = ""
    before: Callable[[World], None] = lambda _: None
    after: Callable[[World], None] = lambda _: None
    fault: str = ""
    answer: Any = None

    def concerns(self, action: str, definition: str, counted: Counter[tuple[str, str]]) -> bool:
        count = counted[action, self.definition]
        return (
            self.action == action
            and self.definition in ("", definition)
            and self.nth <= count < self.nth + self.times
        )


class NoAnswer(Exception):
    """The connection ends without one: ``kind`` is ``timeout``, ``reset`` or ``unreachable``."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)


@dataclass
class World:
    """What AWS holds. ``page`` is the most images of one page of a listing, ``forgotten`` the revisions that
    Batch has dropped for good."""

    images: list[Image]
    happens: tuple[On, ...] = ()
    batch: BatchStore = field(default_factory=lambda: BatchStore(region=REGION, account=ACCOUNT))
    page: int = 1000
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    frequency: str = "SCAN_ON_PUSH"
    repositories: tuple[str, ...] = (REPOSITORY,)
    forgotten: set[tuple[str, int]] = field(default_factory=set)
    counted: Counter[tuple[str, str]] = field(default_factory=Counter)

    def push(self, letter: str, *tags: str, minutes: float = 0) -> None:
        """Moves the tags to an image, which is new unless ECR has it."""
        known = next((each for each in self.images if each.letter == letter), None)
        self.untag(*tags)
        image = known or Image(letter=letter, minutes=minutes)
        rest = [each for each in self.images if each.letter != letter]
        self.images = [*rest, dataclasses.replace(image, tags=(*image.tags, *tags))]

    def untag(self, *tags: str) -> None:
        self.images = [
            dataclasses.replace(each, tags=tuple(tag for tag in each.tags if tag not in tags))
            for each in self.images
        ]

    def revision(self, name: str, number: int) -> dict[str, Any]:
        """A revision as DescribeJobDefinitions gives it."""
        found, _ = self.batch.describe(definitions=[f"{name}:{number}"])
        return found[0]

    def answer(self, action: str, definition: str, body: bytes) -> Response:
        """The answer to a call; raises NoAnswer."""
        self.counted[action, ""] += 1
        if definition:
            self.counted[action, definition] += 1
        happens = [each for each in self.happens if each.concerns(action, definition, self.counted)]
        faults = [Fault(each.fault) for each in happens if each.fault]
        answers = [each.answer for each in happens if each.answer is not None]
        service, _, operation = action.partition(":")
        request = Request(
            method="POST",
            path="/",
            query={},
            headers={},
            body=json.dumps(read(body)).encode() if body else b"",
            access_key="",
            region=REGION,
            service=service,
            operation=operation,
            protocol=_PROTOCOLS.get(service, "json"),
        )
        try:
            for each in happens:
                each.before(self)
            for fault in faults:
                if not fault.after_effect:
                    _spoil(fault, body)
            response = json_response(answers[0]) if answers else self.effect(request)
            for each in happens:
                each.after(self)
            for fault in faults:
                if fault.kind == "malformed":
                    return Response(status=200, body=b'{"cut off')
                if fault.after_effect:
                    _spoil(fault, body)
        except ApiError as error:
            return error_response(request, error)
        return response

    def effect(self, request: Request) -> Response:
        if request.service == "batch":
            return self._batch(request)
        match request.operation:
            case "GET":
                return self._download(request)
            case "PutEvents":
                entries = request.json()["Entries"]
                return json_response({"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in entries]})
            case "BatchGetRepositoryScanningConfiguration":
                return json_response({"scanningConfigurations": [{"scanFrequency": self.frequency}]})
        body = request.json()
        if body["repositoryName"] not in self.repositories:
            raise ApiError("RepositoryNotFoundException", f"no repository {body['repositoryName']}")
        return json_response(self.ecr(request.operation, body))

    def _batch(self, request: Request) -> Response:
        response = BatchApi(self.batch)(request)
        assert response is not None, f"nothing here answers {request.action}"
        answer = json.loads(response.body)
        if "jobDefinitions" in answer:
            answer["jobDefinitions"] = [
                each
                for each in answer["jobDefinitions"]
                if (each["jobDefinitionName"], each["revision"]) not in self.forgotten
            ]
        return Response(status=response.status, body=write(answer), headers=response.headers)

    def ecr(self, operation: str, body: Mapping[str, Any]) -> Any:
        match operation, body:
            case "DescribeImages", {"imageIds": [{"imageTag": tag}]}:
                found = [each for each in self.images if tag in each.tags]
                if not found:
                    raise ApiError("ImageNotFoundException", f"no image with the tag {tag}")
                return {"imageDetails": [each.described() for each in found]}
            case "DescribeImages", {"filter": {"tagStatus": "TAGGED"}}:
                return self.listed([each for each in self.images if each.tags], body)
            case "BatchGetImage", {"imageIds": [{"imageDigest": wanted}]}:
                return _manifest(self._image(wanted), wanted)
            case "GetDownloadUrlForLayer", {"layerDigest": wanted}:
                return {"downloadUrl": f"{BLOBS}{wanted}?X-Amz-Signature=s", "layerDigest": wanted}
            case "DescribeImageScanFindings", {"imageId": {"imageDigest": wanted}}:
                scan = self._image(wanted).scan
                if scan is None:
                    raise ApiError("ScanNotFoundException", f"no scan of {wanted}")
                return scan
        raise AssertionError(f"nothing here answers {operation} {body}")

    def listed(self, images: list[Image], body: Mapping[str, Any]) -> Any:
        size, start = min(self.page, body["maxResults"]), int(body.get("nextToken", 0))
        more = {"nextToken": str(start + size)} if start + size < len(images) else {}
        return {"imageDetails": [each.described() for each in images[start : start + size]], **more}

    def _image(self, wanted: str) -> Image:
        return next(each for each in self.images if digest(each.letter) == wanted)

    def _download(self, request: Request) -> Response:
        wanted = request.body.decode().strip('"').removeprefix(BLOBS).partition("?")[0]
        return Response(status=200, body=self.blobs.get(wanted, b"something else"))


def blobs(contents: Iterable[bytes]) -> dict[str, bytes]:
    """Contents by their digests."""
    return {f"sha256:{hashlib.sha256(content).hexdigest()}": content for content in contents}


def action_of(method: str, url: str, headers: Mapping[str, str]) -> str:
    """The action as IAM names it, or ``s3:GET`` for a download."""
    if method == "GET":
        return "s3:GET"
    target = headers.get("X-Amz-Target", "")
    if target:
        return ("events:" if target.startswith("AWSEvents.") else "ecr:") + target.rpartition(".")[2]
    return "batch:" + _BATCH["/" + url.split("/", 3)[3]]


def definition_of(body: Any) -> str:
    """The job definition that a call is about, "" where it is about none."""
    match body:
        case {"jobDefinitionName": str(name)}:
            return name
        case {"jobDefinitions": [str(first), *_]} | {"jobDefinition": str(first)}:
            return first.rpartition(":")[0]
    return ""


def _manifest(image: Image, wanted: str) -> Any:
    if image.manifest is None:
        code = {"failureCode": "ImageNotFound", "failureReason": "Requested image not found"}
        return {"images": [], "failures": [{"imageId": {"imageDigest": wanted}, **code}]}
    text = image.manifest if isinstance(image.manifest, str) else json.dumps(image.manifest)
    return {"images": [{"imageId": {"imageDigest": wanted}, "imageManifest": text}]}


def _spoil(fault: Fault, body: bytes) -> None:
    error = fault.error(body)
    if error is not None:
        raise error
    raise NoAnswer(fault.kind.removesuffix("-after"))
