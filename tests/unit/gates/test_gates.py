"""Each gate by itself: what it lets through, what it refuses and in which words."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handler.aws.ecr import Scan, why_no_job_runs
from handler.document.containers import containers_of
from handler.errors import MalformedAnswer, RequirementError, ScanFailed, ScanOverdue
from handler.gates.admission import refuse_age
from handler.gates.platform import (
    Part,
    Platform,
    read_manifest,
    read_platform,
    refuse_platform,
    required_platforms,
)
from handler.gates.requirements import Requirements, Severity, duration
from handler.gates.scan import Scans, refuse_pending, refuse_severity

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize("most", list(Severity))
@pytest.mark.parametrize("worst", list(Severity))
def test_findings_up_to_the_severity_that_is_let_through_pass(most: Severity, worst: Severity) -> None:
    refused = refuse_severity({worst: 1}, most) is not None
    assert refused == (list(Severity).index(worst) > list(Severity).index(most))


def test_a_refusal_counts_what_is_too_bad_the_worst_first() -> None:
    refusal = refuse_severity({"LOW": 9, "HIGH": 2, "CRITICAL": 1, "MEDIUM": 3}, "MEDIUM")
    assert refusal is not None
    assert refusal.reason == "the scan found 1 CRITICAL, 2 HIGH; maxSeverity is MEDIUM"


def test_what_counts_nothing_or_nobody_rated_does_not_refuse_and_an_unknown_word_does() -> None:
    assert refuse_severity({"CRITICAL": 0, "UNDEFINED": 4, "UNTRIAGED": 2}, "INFORMATIONAL") is None
    refusal = refuse_severity({"APOCALYPTIC": 1}, "CRITICAL")
    assert refusal is not None
    assert "1 APOCALYPTIC" in refusal.reason


@pytest.mark.parametrize(
    ("age", "least", "words"),
    [
        (
            timedelta(minutes=3),
            "10m",
            "3 min ago; minAge is 10 min, so the first reconcile after 2026-11-24 12:07:00 UTC",
        ),
        (
            timedelta(seconds=-5),
            "30s",
            "0 s ago; minAge is 30 s, so the first reconcile after 2026-11-24 12:00:35 UTC",
        ),
        (
            timedelta(hours=25, minutes=3),
            "2d",
            "1 d 1 h ago; minAge is 2 d, so the first reconcile after 2026-11-25 10:57:00 UTC",
        ),
        (timedelta(minutes=10), "10m", ""),
        (timedelta(days=9), "1h", ""),
    ],
)
def test_an_image_must_be_old_enough(age: timedelta, least: str, words: str) -> None:
    refusal = refuse_age(NOON - age, NOON, duration(least))
    assert (refusal is None) == (words == "")
    assert refusal is None or words in refusal.reason


@pytest.mark.parametrize("text", ["0m", "10", "m", "1.5h", "10 m", "1w", "-1h", "1h30m", "9999999s"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    for wrong in ({"minAge": text}, {"scanTimeout": text}):
        with pytest.raises(RequirementError, match="no duration"):
            Requirements.parse(wrong)


@pytest.mark.parametrize(
    ("required", "built_for", "passes"),
    [
        ("linux/amd64", ["linux/amd64"], True),
        ("linux/arm64", ["linux/amd64", "linux/arm64/v8"], True),
        ("linux/arm64/v8", ["linux/arm64"], True),
        ("linux/arm64/v9", ["linux/arm64"], False),
        ("linux/arm/v6", ["linux/arm/v7"], False),
        ("linux/arm", ["linux/arm/v7"], True),
        ("linux/amd64", ["windows/amd64"], False),
        ("linux/amd64", [], False),
    ],
)
def test_an_image_must_be_built_for_the_platform(required: str, built_for: list[str], passes: bool) -> None:
    refusal = refuse_platform([Platform.parse(required)], [Platform.parse(text) for text in built_for])
    assert (refusal is None) == passes


def test_a_refusal_names_both_platforms() -> None:
    refusal = refuse_platform([Platform.parse("linux/arm64")], [Platform.parse("linux/amd64")])
    assert refusal is not None
    assert refusal.reason == "the image is built for linux/amd64, and can't run on linux/arm64"


def container(**properties: Any) -> dict[str, Any]:
    return {"containerProperties": {"image": "x", **properties}}


ARM = {"runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}}
WINDOWS = {"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}


@pytest.mark.parametrize(
    ("document", "given", "required"),
    [
        (container(), "", set()),
        (container(runtimePlatform={}), "", set()),
        (container(**ARM), "", {"linux/arm64"}),
        (container(**WINDOWS), "", {"windows/amd64"}),
        (container(runtimePlatform={"cpuArchitecture": "RISCV64"}), "", {"linux/riscv64"}),
        (container(**ARM), "linux/amd64", {"linux/amd64"}),
        (container(), "linux/amd64", {"linux/amd64"}),
        (
            {"ecsProperties": {"taskProperties": [{"containers": [{"image": "x"}, {"image": "y"}], **ARM}]}},
            "",
            {"linux/arm64"},
        ),
        (
            {
                "nodeProperties": {
                    "nodeRangeProperties": [
                        {"container": {"image": "x", **ARM}},
                        {"ecsProperties": {"taskProperties": [{"containers": [{"image": "x"}], **WINDOWS}]}},
                    ]
                }
            },
            "",
            {"linux/arm64", "windows/amd64"},
        ),
        ({"eksProperties": {"podProperties": {"containers": [{"image": "x"}]}}}, "", set()),
    ],
)
def test_the_platform_is_the_given_one_or_that_of_the_definition(
    document: dict[str, Any], given: str, required: set[str]
) -> None:
    assert set(map(str, required_platforms(containers_of(document), given))) == required


def scans(**statuses: str | None) -> Scans:
    return Scans(
        {
            name: None
            if status is None
            else Scan(status=status, description="why", severities={"LOW": 1}, found=True)
            for name, status in statuses.items()
        }
    )


def test_findings_are_those_of_all_the_images_that_were_scanned() -> None:
    assert scans(a="COMPLETE", b="ACTIVE", c="PENDING", d=None).findings() == {"LOW": 2}


@pytest.mark.parametrize(
    "status",
    ["FAILED", "UNSUPPORTED_IMAGE", "SCAN_ELIGIBILITY_EXPIRED", "FINDINGS_UNAVAILABLE", "NEW_WORD", "None"],
)
def test_a_scan_that_could_not_be_made_is_raised_with_what_aws_says(status: str) -> None:
    with pytest.raises(ScanFailed, match=f"ended as {status}: why"):
        scans(a="COMPLETE", b=status).findings()


@pytest.mark.parametrize("status", ["COMPLETE", "ACTIVE"])
def test_a_scan_that_ecr_calls_over_without_its_findings_is_waited_for(status: str) -> None:
    early = Scans({"a": Scan(status=status, description="", severities={}, found=False)})
    assert early.pending == ("a",)
    assert early.findings() == {}
    assert not early.unknown


@pytest.mark.parametrize("status", ["IN_PROGRESS", "PENDING", None])
def test_a_scan_that_has_not_come_is_waited_for_and_then_raised(status: str | None) -> None:
    waiting = scans(a="COMPLETE", b=status)

    def refuse(minutes: int) -> Any:
        pushed_at = NOON - timedelta(minutes=minutes)
        return refuse_pending(waiting, pushed_at=pushed_at, now=NOON, timeout=duration("1h"))

    assert refuse(60).reason == "waiting for the scan of b"
    with pytest.raises(ScanOverdue, match="no scan of b has come"):
        refuse(61)
    assert refuse_pending(scans(a="COMPLETE"), pushed_at=NOON, now=NOON, timeout=duration("1h")) is None


def descriptor(digest: str, os: str = "linux", architecture: str = "amd64", **more: Any) -> dict[str, Any]:
    return {"digest": digest, "platform": {"os": os, "architecture": architecture}, **more}


def test_the_children_of_an_index_are_its_images_and_nothing_else() -> None:
    index = {
        "manifests": [
            descriptor("sha256:a"),
            descriptor("sha256:b", architecture="arm64"),
            descriptor("sha256:c", os="unknown", architecture="unknown"),
            descriptor("sha256:d", annotations={"vnd.docker.reference.type": "attestation-manifest"}),
            descriptor("sha256:e", artifactType="application/vnd.amazon.soci.index.v2+json"),
            {"digest": "sha256:f"},
        ]
    }
    assert read_manifest(json.dumps(index), "sha256:i") == (
        Part(digest="sha256:a", platform=Platform("linux", "amd64")),
        Part(digest="sha256:b", platform=Platform("linux", "arm64")),
        Part(digest="sha256:f"),
    )


def test_the_manifest_of_one_image_is_one_part_with_its_config() -> None:
    text = '{"config": {"digest": "sha256:c"}}'
    assert read_manifest(text, "sha256:a") == (Part(digest="sha256:a", config="sha256:c"),)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"config": {}}', '{"manifests": 1}', '{"manifests": [{"platform": {}}]}']
)
def test_what_is_no_manifest_is_raised(text: str) -> None:
    with pytest.raises(MalformedAnswer, match=r"^the manifest sha256:a "):
        read_manifest(text, "sha256:a")


@pytest.mark.parametrize(
    "config", [b"", b"{}", b'{"os": "linux"}', b'{"os": 1, "architecture": "x"}', b"\xff"]
)
def test_a_config_without_a_platform_is_raised(config: bytes) -> None:
    with pytest.raises(MalformedAnswer, match=r"^the config of sha256:a "):
        read_platform(config, "sha256:a")


@pytest.mark.parametrize(
    ("details", "why"),
    [
        ({}, ""),
        ({"imageStatus": "ACTIVE", "artifactMediaType": "application/vnd.oci.image.config.v1+json"}, ""),
        ({"artifactMediaType": "application/vnd.docker.container.image.v1+json"}, ""),
        ({"imageStatus": "ARCHIVED"}, "can't be pulled: ECR has it as ARCHIVED"),
        ({"imageStatus": "ACTIVATING"}, "can't be pulled: ECR has it as ACTIVATING"),
        ({"artifactMediaType": "application/vnd.cncf.helm.config.v1+json"}, "an artifact of type"),
        ({"subjectManifestDigest": "sha256:a"}, "stands beside another image"),
    ],
)
def test_what_no_job_can_run_is_unfit(details: dict[str, Any], why: str) -> None:
    assert why in why_no_job_runs(details)
    assert bool(why_no_job_runs(details)) == bool(why)


@pytest.mark.parametrize(
    "text", ["linux/x86_64", "linux/aarch64", "linux/amd46", "darwin/arm64", "linux/386"]
)
def test_a_platform_on_which_no_job_runs_is_refused(text: str) -> None:
    with pytest.raises(RequirementError, match="AWS Batch runs no job"):
        Requirements.parse({"platform": text})


@pytest.mark.parametrize(
    "specification", [{"maxSeverity": "BAD"}, {"platform": "arm"}, {"minAge": 10}, {"maxseverity": "HIGH"}]
)
def test_what_is_no_requirement_is_refused(specification: dict[str, Any]) -> None:
    with pytest.raises(RequirementError):
        Requirements.parse(specification)


def test_of_requirements_only_what_is_no_default_is_written() -> None:
    given = {"maxSeverity": "LOW", "minAge": "1d"}
    assert Requirements.parse({**given, "scanTimeout": "1h"}).specification() == given
