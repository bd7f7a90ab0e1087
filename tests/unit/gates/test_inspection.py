"""What the gates ask ECR about an image, and what they make of the answers."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from handler.aws.ecr import Ecr
from handler.errors import MalformedAnswer, ScanFailed, ScanningOff, ScanOverdue, StaleRead
from handler.event import Trigger
from handler.gates.requirements import Requirements
from handler.report.outcome import Outcome
from handler.run import update
from tests.support.world import (
    REPOSITORY,
    Answer,
    Clients,
    Request,
    World,
    definition,
    digest,
    services,
    task,
    uri,
    with_options,
)

HIGH = Requirements(max_severity="HIGH")
ARM = Requirements(platform="linux/arm64")
INDEX = digest("b")


def descriptor(letter: str, architecture: str = "", **more: Any) -> dict[str, Any]:
    platform = {"platform": {"os": "linux", "architecture": architecture}} if architecture else {}
    return {"digest": digest(letter), **platform, **more}


def config(architecture: str) -> tuple[str, bytes]:
    """The config of a single image, with its digest."""
    content = json.dumps({"os": "linux", "architecture": architecture}).encode()
    return f"sha256:{hashlib.sha256(content).hexdigest()}", content


@dataclass
class Contents:
    """What the repository holds besides tags: manifests, configs, and scans, each a list of answers of which
    the last one stays: a status, or findings by severity of a scan that is over."""

    manifests: dict[str, dict[str, Any]] = field(default_factory=dict)
    configs: dict[str, bytes] = field(default_factory=dict)
    scans: dict[str, list[str | dict[str, int]]] = field(default_factory=dict)
    frequency: str = "SCAN_ON_PUSH"
    timed: bool = True
    asked: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, *children: dict[str, Any], **scans: Sequence[str | dict[str, int]]) -> Contents:
        """An index with these children; scans by the letter of a child."""
        found = {digest(letter): list(answers) for letter, answers in scans.items()}
        return cls(manifests={INDEX: {"manifests": list(children)}}, scans=found)

    def single(self, letter: str, architecture: str) -> Contents:
        """With a single image as well."""
        name, content = config(architecture)
        return replace(
            self,
            manifests={**self.manifests, digest(letter): {"config": {"digest": name}}},
            configs={**self.configs, name: content},
        )


class Client(Clients):
    """The model's client with what the gates ask for."""

    def __init__(self, ask: Any, contents: Contents) -> None:
        super().__init__(ask)
        self.contents = contents

    def describe_images(self, **query: Any) -> dict[str, Any]:
        answer = super().describe_images(**query)
        if not self.contents.timed:
            for details in answer["imageDetails"]:
                del details["imagePushedAt"]
        return answer

    def batch_get_image(self, **query: Any) -> dict[str, Any]:
        (image_id,) = query["imageIds"]
        self.contents.asked["manifest"] += 1
        return {"images": [{"imageManifest": json.dumps(self.contents.manifests[image_id["imageDigest"]])}]}

    def get_download_url_for_layer(self, **query: Any) -> dict[str, Any]:
        self.contents.asked["config"] += 1
        return {"downloadUrl": query["layerDigest"]}

    def describe_image_scan_findings(self, **query: Any) -> dict[str, Any]:
        self.contents.asked["scan"] += 1
        answers = self.contents.scans.get(query["imageId"]["imageDigest"])
        if not answers:
            raise ClientError({"Error": {"Code": "ScanNotFoundException", "Message": "none"}}, "Describe")
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, str):
            return {"imageScanStatus": {"status": answer}}
        return {
            "imageScanStatus": {"status": "COMPLETE"},
            "imageScanFindings": {"findingSeverityCounts": answer},
        }

    def batch_get_repository_scanning_configuration(self, **_: Any) -> dict[str, Any]:
        self.contents.asked["frequency"] += 1
        return {"scanningConfigurations": [{"scanFrequency": self.contents.frequency}]}


def run(
    contents: Contents, requirements: Requirements, *, trigger: Trigger | None = None, **properties: Any
) -> Outcome:
    """One run that would bring image ``b``, the index, to a definition with these container properties."""
    before = definition(uri("a"))
    before["containerProperties"] |= properties
    state = [World().with_tag("latest", "b", at=-60).registered(before)]

    def ask(request: Request) -> Answer:
        state[0], answer = state[0].answer(request)
        return answer

    plain = task(trigger=trigger)
    ecr = Ecr(Client(ask, contents), REPOSITORY, fetch=lambda url: contents.configs[url])
    job = with_options(plain, requires=requirements)
    return update(job, replace(services(ask), ecr=ecr)).outcomes[0]


AMD_AND_ARM = (descriptor("d", "amd64"), descriptor("e", "arm64"))


def test_without_a_gate_that_needs_it_nothing_is_looked_into() -> None:
    contents = Contents.of(*AMD_AND_ARM)
    assert run(contents, Requirements()).kind == "updated"
    assert contents.asked == {}


def test_platforms_are_read_from_the_index_alone_where_it_tells_them() -> None:
    contents = Contents.of(*AMD_AND_ARM)
    assert run(contents, ARM).kind == "updated"
    assert contents.asked == {"manifest": 1}


def test_where_an_index_does_not_tell_them_the_config_of_each_image_does() -> None:
    contents = Contents.of(descriptor("d"), descriptor("e", "amd64")).single("d", "arm64")
    assert run(contents, ARM).kind == "updated"
    assert contents.asked == {"manifest": 2, "config": 1}
    refused = run(replace(contents.single("d", "s390x")), ARM)
    assert (refused.gate, refused.kind) == ("platform", "skipped")
    assert "built for linux/amd64, linux/s390x, and can't run on linux/arm64" in refused.reason


def test_an_index_within_an_index_counts_with_all_its_images() -> None:
    contents = Contents.of(descriptor("d"), d=[{}], e=[{}], f=[{"CRITICAL": 1}])
    contents.manifests[digest("d")] = {"manifests": [descriptor("e", "amd64"), descriptor("f", "arm64")]}
    assert run(contents, ARM).kind == "updated"
    assert run(contents, HIGH).gate == "maxSeverity"


@pytest.mark.parametrize("requirements", [ARM, HIGH])
def test_an_index_without_images_passes_no_gate(requirements: Requirements) -> None:
    attestation = descriptor("d", "unknown")
    outcome = run(Contents.of(attestation), requirements)
    assert isinstance(outcome.error, MalformedAnswer)
    assert "holds no image" in outcome.reason


def test_a_config_whose_bytes_are_not_those_of_its_digest_is_not_believed() -> None:
    contents = Contents().single("b", "arm64")
    contents.configs = dict.fromkeys(contents.configs, config("amd64")[1])
    outcome = run(contents, ARM)
    assert isinstance(outcome.error, MalformedAnswer)
    assert "has another digest" in outcome.reason


def test_what_cannot_run_there_is_not_asked_for_its_scan() -> None:
    contents = Contents.of(descriptor("d", "amd64"))
    outcome = run(contents, HIGH, runtimePlatform={"cpuArchitecture": "ARM64"})
    assert (outcome.gate, contents.asked["scan"]) == ("platform", 0)


@pytest.mark.parametrize(
    ("scans", "kind", "reason"),
    [
        ([{"HIGH": 9}], "updated", ""),
        ([{"CRITICAL": 1}], "skipped", "1 CRITICAL"),
        (["PENDING"], "skipped", f"waiting for the scan of {digest('d')}"),
        ([], "skipped", f"waiting for the scan of {digest('d')}"),
    ],
)
def test_every_image_of_an_index_must_have_been_scanned_without_bad_findings(
    scans: list[Any], kind: str, reason: str
) -> None:
    outcome = run(Contents.of(*AMD_AND_ARM, d=scans, e=[{"LOW": 1}]), HIGH)
    assert outcome.kind == kind
    assert reason in outcome.reason
    assert outcome.gate == ("" if kind == "updated" else "maxSeverity")


def test_bad_findings_of_one_image_refuse_before_the_scans_of_the_others_have_come() -> None:
    outcome = run(Contents.of(*AMD_AND_ARM, d=["PENDING"], e=[{"CRITICAL": 1}]), HIGH)
    assert "1 CRITICAL" in outcome.reason


@pytest.mark.parametrize(
    ("scans", "frequency", "error"),
    [
        ([], "MANUAL", ScanningOff),
        # Somebody has begun a scan by hand.
        (["IN_PROGRESS"], "MANUAL", None),
        ([{}], "MANUAL", None),
        ([], "CONTINUOUS_SCAN", None),
        (["FAILED"], "SCAN_ON_PUSH", ScanFailed),
    ],
)
def test_scanning_is_off_where_nobody_scans_and_ecr_does_not_either(
    scans: list[Any], frequency: str, error: type[Exception] | None
) -> None:
    contents = replace(Contents.of(descriptor("d", "amd64"), d=scans), frequency=frequency)
    outcome = run(contents, HIGH)
    assert type(outcome.error) is (error or type(None))
    assert contents.asked["frequency"] == (0 if scans else 1)


def test_a_scan_is_overdue_when_the_image_was_pushed_longer_ago_than_that() -> None:
    # Pushed a minute before START, which is now.
    for timeout, error in (("60s", None), ("59s", ScanOverdue)):
        late = Requirements(max_severity="HIGH", scan_timeout=timeout)
        outcome = run(Contents.of(descriptor("d", "amd64")), late)
        assert type(outcome.error) is (error or type(None)), timeout


def scan_event(letter: str) -> Trigger:
    return Trigger(event_id="scan", scanned=digest(letter))


def test_the_event_of_a_scan_is_evidence_that_ecr_must_have_it() -> None:
    contents = Contents.of(*AMD_AND_ARM, d=["PENDING", "PENDING", "PENDING", {}], e=[{}])
    assert run(contents, HIGH, trigger=scan_event("d")).kind == "updated"
    assert contents.asked["scan"] == 8


def test_a_scan_that_ecr_keeps_denying_is_raised_for_the_retry() -> None:
    contents = Contents.of(*AMD_AND_ARM, d=["PENDING"], e=[{}])
    outcome = run(contents, HIGH, trigger=scan_event("d"))
    assert isinstance(outcome.error, StaleRead)
    assert digest("d") in outcome.reason
    assert contents.asked["scan"] == 8


def test_the_event_of_another_images_scan_is_no_evidence() -> None:
    for letter in ("e", "f"):
        contents = Contents.of(*AMD_AND_ARM, d=["PENDING"], e=[{}])
        outcome = run(contents, HIGH, trigger=scan_event(letter))
        assert outcome.reason.endswith(f"waiting for the scan of {digest('d')}")
        assert contents.asked["scan"] == 2


def test_an_image_whose_time_of_push_is_unknown_passes_no_gate_about_time() -> None:
    for requirements in (Requirements(min_age="1s"), HIGH):
        contents = replace(Contents.of(descriptor("d", "amd64"), d=["PENDING"]), timed=False)
        outcome = run(contents, requirements)
        assert isinstance(outcome.error, MalformedAnswer)
        assert "does not say when" in outcome.reason
