"""May it: every gate, what it lets through, refuses and can't tell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.replay.aws import ACCOUNT, REGION, REPOSITORY, Image, On, World, blobs, digest
from tests.replay.scenario import RECONCILE, Scenario, job, ours, passes, push

_EVERY_HOUR = {"reconcile": "rate(1 hour)"}
_ATTESTATION = {"vnd.docker.reference.type": "attestation-manifest"}


def _config(os: str = "linux", architecture: str = "amd64", **more: str) -> bytes:
    return json.dumps({"os": os, "architecture": architecture, **more}).encode()


def _single(config: bytes) -> dict[str, Any]:
    (digest_of_config,) = blobs([config])
    return {"schemaVersion": 2, "config": {"digest": digest_of_config}, "layers": []}


def _index(**platforms: str) -> dict[str, Any]:
    """``amd64="c"``: the child for that architecture."""
    return {
        "manifests": [
            {"digest": digest(letter), "platform": {"os": "linux", "architecture": architecture}}
            for architecture, letter in platforms.items()
        ]
    }


def _scan(status: str = "COMPLETE", found: Mapping[str, int] | None = None, **more: Any) -> dict[str, Any]:
    findings = {} if found is None else {"findingSeverityCounts": found}
    return {"imageScanStatus": {"status": status, **more}, "imageScanFindings": findings}


_AMD, _ARM = _config(), _config(architecture="arm64")
_ARM_JOB = job(":v1", runtimePlatform={"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"})


_CHILDREN = (
    Image(letter="c", scan=_scan(found={"HIGH": 1})),
    Image(letter="d", scan=_scan(found={"HIGH": 2, "LOW": 1})),
)


def _image(manifest: Any = None, **more: Any) -> Image:
    return Image(
        letter="b", tags=("latest",), **{"minutes": 5, "manifest": manifest or _single(_AMD), **more}
    )


def _severity(most: str, scan: Any, **more: Any) -> Scenario:
    requires = {"maxSeverity": most, **more.pop("requires", {})}
    return Scenario(
        pair={"requires": requires, **_EVERY_HOUR},
        images=(_image(scan=scan, **more.pop("image", {})), *_CHILDREN),
        **more,
    )


def _platform(requires: Mapping[str, str], manifest: Any, *children: Image, **more: Any) -> Scenario:
    return Scenario(
        pair={"requires": requires, **_EVERY_HOUR},
        images=(_image(manifest), *children),
        blobs=(_AMD, _ARM, _config("windows"), _config("linux", "arm", variant="v7"), b'{"os": 1}', b"no"),
        **more,
    )


def _age(least: str, **more: Any) -> Scenario:
    return Scenario(pair={"requires": {"minAge": least}, **_EVERY_HOUR}, **more)


def _scanned(source: str, **more: Any) -> dict[str, Any]:
    """The event of a scan that is over, basic or enhanced."""
    event = {"id": "scan-1", "account": ACCOUNT, "region": REGION, "time": "2026-01-01T11:59:59Z"}
    arn = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{REPOSITORY}"
    if source == "aws.ecr":
        detail = {"scan-status": "COMPLETE", "repository-name": REPOSITORY, "image-digest": digest("b")}
        return {**event, "source": source, "detail-type": "ECR Image Scan", "detail": {**detail, **more}}
    detail = {"scan-status": "INITIAL_SCAN_COMPLETE", "repository-name": arn, "image-digest": digest("b")}
    return {**event, "source": source, "detail-type": "Inspector2 Scan", "detail": {**detail, **more}}


def _scan_comes(world: World) -> None:
    world.images = [_image(scan=_scan(found={}))]


_NESTED = {
    "manifests": [
        {"digest": digest("c"), "platform": {"os": "linux", "architecture": "amd64"}},
        {"digest": digest("e"), "annotations": _ATTESTATION},
        {"digest": digest("f"), "artifactType": "application/vnd.amazon.soci.index.v1+json"},
        {"digest": digest("g"), "platform": {"os": "unknown", "architecture": "unknown"}},
        {"digest": digest("h")},
    ]
}
_INNER = Image(letter="h", manifest=_single(_ARM), scan=_scan(found={"CRITICAL": 1}))
_LISTED = {"imageScanFindings": {"enhancedFindings": [{"severity": "HIGH"}, {"severity": "HIGH"}]}}

SCENARIOS: dict[str, Scenario] = {
    "gate maxSeverity: findings as bad as is let through": _severity(
        "HIGH", _scan(found={"HIGH": 3, "LOW": 1})
    ),
    "gate maxSeverity: worse findings": _severity(
        "MEDIUM", _scan(found={"CRITICAL": 1, "HIGH": 2, "LOW": 9})
    ),
    "gate maxSeverity: nothing found": _severity("INFORMATIONAL", _scan(found={})),
    "gate maxSeverity: not rated, none, and an unknown word": _severity(
        "CRITICAL", _scan(found={"UNDEFINED": 4, "UNTRIAGED": 2, "HIGH": 0, "APOCALYPTIC": 1})
    ),
    "gate maxSeverity: enhanced, ACTIVE, with a list": _severity(
        "HIGH", {"imageScanStatus": {"status": "ACTIVE"}, **_LISTED}
    ),
    "gate maxSeverity: enhanced, a list with a time": _severity(
        "MEDIUM",
        {
            "imageScanStatus": {"status": "ACTIVE"},
            "imageScanFindings": {"imageScanCompletedAt": 1767268800, **_LISTED["imageScanFindings"]},
        },
    ),
    "gate maxSeverity: COMPLETE and no findings yet": _severity("HIGH", _scan()),
    "gate maxSeverity: in progress": _severity("HIGH", _scan("IN_PROGRESS")),
    "gate maxSeverity: pending": _severity("HIGH", _scan("PENDING")),
    "gate maxSeverity: no scan yet": _severity("HIGH", None),
    "gate maxSeverity: no scan, and none will come": _severity("HIGH", None, frequency="MANUAL"),
    "gate maxSeverity: overdue": _severity("HIGH", None, requires={"scanTimeout": "4m"}),
    "gate maxSeverity: overdue exactly now": _severity("HIGH", None, requires={"scanTimeout": "5m"}),
    "gate maxSeverity: overdue, and no time of the push": _severity("HIGH", None, image={"minutes": None}),
    "gate maxSeverity: failed": _severity("HIGH", _scan("FAILED", description="out of memory")),
    "gate maxSeverity: unsupported": _severity("HIGH", _scan("UNSUPPORTED_IMAGE")),
    "gate maxSeverity: the scans of an index": _severity(
        "HIGH", None, image={"manifest": _index(amd64="c", arm64="d")}
    ),
    "gate maxSeverity: pages of findings": _severity(
        "LOW",
        _scan(found={"LOW": 1}),
        happens=(
            On(
                action="ecr:DescribeImageScanFindings",
                answer={**_scan(found={"HIGH": 1}), "nextToken": "more"},
            ),
        ),
    ),
    "gate maxSeverity: on a reconcile": _severity("HIGH", _scan(found={"CRITICAL": 1}), steps=(RECONCILE,)),
    "gate maxSeverity: the event of a basic scan": _severity(
        "HIGH", _scan(found={"LOW": 1}), steps=(_scanned("aws.ecr"),)
    ),
    "gate maxSeverity: the event of an enhanced scan": _severity(
        "HIGH", _scan(found={"CRITICAL": 1}), steps=(_scanned("aws.inspector2"),)
    ),
    "gate maxSeverity: the event of a scan that shows late": _severity(
        "HIGH",
        _scan("IN_PROGRESS"),
        steps=(_scanned("aws.ecr"),),
        happens=(On(action="ecr:DescribeImageScanFindings", nth=3, before=_scan_comes),),
    ),
    "gate maxSeverity: the event of a scan that does not show": _severity(
        "HIGH", None, steps=(_scanned("aws.ecr"),)
    ),
    "gate maxSeverity: the event of another image's scan": _severity(
        "HIGH", None, steps=(_scanned("aws.ecr", **{"image-digest": digest("z")}),)
    ),
    "gate minAge: too young": _age("10m"),
    "gate minAge: of that age": _age("1m"),
    "gate minAge: days": _age("2d", images=(Image(letter="b", tags=("latest",), minutes=25 * 60 + 3),)),
    "gate minAge: pushed in the future": _age(
        "30s", images=(Image(letter="b", tags=("latest",), minutes=-1),)
    ),
    "gate minAge: no time of the push": _age(
        "10m", images=(Image(letter="b", tags=("latest",), minutes=None),)
    ),
    "gate platform: given, a single image": _platform({"platform": "linux/amd64"}, _single(_AMD)),
    "gate platform: given, of another architecture": _platform({"platform": "linux/arm64"}, _single(_AMD)),
    "gate platform: given, of another system": _platform(
        {"platform": "linux/amd64"}, _single(_config("windows"))
    ),
    "gate platform: given, a variant": _platform(
        {"platform": "linux/arm64"}, _single(_config("linux", "arm", variant="v7"))
    ),
    "gate platform: given, an index": _platform({"platform": "linux/arm64"}, _index(amd64="c", arm64="d")),
    "gate platform: given, an index without it": _platform(
        {"platform": "linux/arm64"}, _index(amd64="c", s390x="d")
    ),
    "gate platform: the job definition's own": _platform(
        {"maxSeverity": "CRITICAL"}, _index(amd64="c"), *_CHILDREN, revisions=(_ARM_JOB,)
    ),
    "gate platform: of two definitions one can run it": _platform(
        {"maxSeverity": "CRITICAL"},
        _index(amd64="c"),
        *_CHILDREN,
        revisions=(job(":v1", "plain"), {**_ARM_JOB, "jobDefinitionName": "arm"}),
    ),
    "gate platform: an index in an index, attestations and artifacts": _platform(
        {"platform": "linux/arm64"}, _NESTED, *_CHILDREN, _INNER
    ),
    "gate maxSeverity: an index in an index, attestations and artifacts": _platform(
        {"maxSeverity": "HIGH"}, _NESTED, *_CHILDREN, _INNER
    ),
    "gate platform: an index without images": _platform({"platform": "linux/arm64"}, {"manifests": []}),
    "gate platform: an entry without a digest": _platform(
        {"platform": "linux/arm64"}, {"manifests": [{"size": 1}]}
    ),
    "gate platform: no manifest at all": _platform({"platform": "linux/arm64"}, "<html>"),
    "gate platform: a manifest of something else": _platform(
        {"platform": "linux/arm64"}, {"schemaVersion": 1}
    ),
    "gate platform: a config without a system": _platform({"platform": "linux/arm64"}, _single(b'{"os": 1}')),
    "gate platform: a config that is no JSON": _platform({"platform": "linux/arm64"}, _single(b"no")),
    "gate platform: a download with another digest": _platform(
        {"platform": "linux/arm64"}, _single(b"elsewhere")
    ),
    "gate platform: ECR has no manifest": Scenario(
        pair={"requires": {"platform": "linux/arm64"}, **_EVERY_HOUR},
    ),
    "gates: all of them are passed": Scenario(
        pair={
            "requires": {
                "maxSeverity": "HIGH",
                "minAge": "1m",
                "platform": "linux/amd64",
                "scanTimeout": "2h",
            },
            **_EVERY_HOUR,
        },
        images=(_image(scan=_scan(found={"LOW": 1})),),
        blobs=(_AMD,),
    ),
    "gates: the one that refuses first is told": Scenario(
        pair={"requires": {"maxSeverity": "LOW", "minAge": "1h", "platform": "linux/arm64"}, **_EVERY_HOUR},
        images=(_image(scan=_scan(found={"HIGH": 1})),),
        blobs=(_AMD,),
    ),
    "gates: not asked where the image is there": _age("1h", revisions=(job("b"),)),
    "gates: not asked where settings are restored": _age(
        "1h", revisions=(job("b"), job("b", command=["x"]), ours(1, "b"))
    ),
    "gates: not asked where a held image is put back": _age(
        "1h", revisions=(job("a"), ours(1, "a", hold="broken"), job("c", command=["x"]))
    ),
    "gates: of two definitions one needs the image": _age("1h", revisions=(job("b", "one"), job("a", "two"))),
    "gates: a dry run asks them, too": Scenario(
        pair={"requires": {"minAge": "1h"}, "dryRun": True, **_EVERY_HOUR}, steps=(push(), RECONCILE)
    ),
    "gates: refused, and let through an hour later": _age("10m", steps=(RECONCILE, passes(3600), RECONCILE)),
}
