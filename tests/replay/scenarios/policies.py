"""Which image: every kind of policy, what it takes and what it leaves, and never down by accident."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.replay.aws import Image, On, digest
from tests.replay.scenario import OURS, RECONCILE, Scenario, deregisters, job, ours, push, pushes, untags

_ARTIFACT = {"artifactMediaType": "application/vnd.cncf.helm.config.v1+json"}
_CONFIG = {"artifactMediaType": "application/vnd.oci.image.config.v1+json"}


def _images(*tags: str) -> tuple[Image, ...]:
    """An image a tag, the last one pushed last."""
    return tuple(
        Image(letter=letter, tags=(tag,), minutes=10 * (len(tags) - index))
        for index, (letter, tag) in enumerate(zip("cdefghijk", tags, strict=False))
    )


def _takes(policy: Mapping[str, Any], *tags: str, **more: Any) -> Scenario:
    return Scenario(pair={"imagePolicy": policy}, images=_images(*tags), **{"steps": (RECONCILE,), **more})


_VERSIONS = ("1.4.0", "v1.10.2", "1.9.0", "2.0.0", "1.11.0-rc.1", "latest", "1.10.2+build", "1.4")
_BUILDS = ("main-9", "main-100", "main-20", "main-x", "feature-500", "main-0100")
_DATES = ("release-2025-12-01", "release-2026-01-01", "release-2025-12-24", "release-")

SCENARIOS: dict[str, Scenario] = {
    f"policy {policy}": _takes(policy, *tags)
    for policy, tags in (
        ({"semver": ">=1.4 <2"}, _VERSIONS),
        ({"semver": "^1.9.0"}, _VERSIONS),
        ({"semver": "~1.9"}, _VERSIONS),
        ({"semver": "1.x || >=3"}, _VERSIONS),
        ({"semver": ">=1.11.0-rc.0 <1.12"}, _VERSIONS),
        ({"semver": "*", "ignore": ["2.*", "v*"]}, _VERSIONS),
        ({"semver": ">=3"}, _VERSIONS),
        ({"glob": "release-*"}, _DATES),
        ({"glob": "release-*", "order": "alphabetical"}, _DATES),
        ({"glob": "????", "order": "numeric"}, ("1000", "999", "2000", "v123")),
        ({"glob": "*", "ignore": ["*-rc*", "latest"]}, (*_VERSIONS[:6], "3-rc1")),
        ({"regex": "^main-([0-9]+)$", "order": "numeric"}, _BUILDS),
        ({"regex": "^main-([0-9]+)$"}, _BUILDS),
        ({"regex": "^main-([0-9]+)$", "order": "alphabetical"}, _BUILDS),
        ({"regex": "^(?:main|feature)-[0-9]+$", "order": "alphabetical"}, _BUILDS),
        ({"regex": "^(?:main-([0-9]+)|feature-[0-9]+)$", "order": "numeric"}, _BUILDS),
        (
            {"regex": "^6[.]([0-9]+)[.]([0-9]+)-alpine$", "order": "numeric"},
            ("6.2.9-alpine", "6.2.10-alpine"),
        ),
        (
            {"regex": "^6[.]([0-9]+)[.]([0-9]+)-alpine$", "order": "numeric"},
            ("6.2.10-alpine", "6.2.9-alpine"),
        ),
    )
} | {
    "policy: the tag v1": Scenario(
        pair={"imageTag": "v1"}, images=_images("v1", "latest"), steps=(RECONCILE,)
    ),
    "policy: no image has the tag": Scenario(images=(), steps=(RECONCILE,)),
    "policy: no image has the tag of the push": Scenario(images=()),
    "policy: the tag of the push comes late": Scenario(
        images=(), happens=(On(action="ecr:DescribeImages", nth=3, before=pushes("b", "latest")),)
    ),
    "policy: ECR shows the image before the push at first": Scenario(
        images=(Image(letter="a", tags=("latest",), minutes=100),),
        happens=(On(action="ecr:DescribeImages", nth=2, before=pushes("b", "latest")),),
    ),
    "policy: ECR insists on the image before the push": Scenario(
        images=(Image(letter="a", tags=("latest",), minutes=100),)
    ),
    "policy: a later push has moved the tag on": Scenario(
        images=(Image(letter="c", tags=("latest",), minutes=0),), steps=(push("b"),)
    ),
    "policy: a push of another tag": Scenario(steps=(push("c", "v7"),)),
    "policy: a push without a tag": Scenario(steps=(push("c", None), push("c", ""))),
    "policy: an image that is archived": Scenario(
        images=(Image(letter="b", tags=("latest",), details={"imageStatus": "ARCHIVED"}),)
    ),
    "policy: an artifact": Scenario(images=(Image(letter="b", tags=("latest",), details=_ARTIFACT),)),
    "policy: an artifact, on a reconcile": Scenario(
        images=(Image(letter="b", tags=("latest",), details=_ARTIFACT),), steps=(RECONCILE,)
    ),
    "policy: an image whose artifact type is that of images": Scenario(
        images=(Image(letter="b", tags=("latest",), details=_CONFIG),)
    ),
    "policy: a signature beside an image": Scenario(
        images=(Image(letter="b", tags=("latest",), details={"subjectManifestDigest": digest("a")}),)
    ),
    "policy: listed images that no job could run": Scenario(
        pair={"imagePolicy": {"glob": "*"}},
        images=(
            *_images("v1"),
            Image(letter="m", tags=("v2",), minutes=1, details=_ARTIFACT),
            Image(letter="n", tags=("v3",), minutes=1, details={"imageStatus": "ARCHIVED"}),
            Image(letter="o", tags=(f"sha256-{'a' * 64}.sig",), minutes=1),
            Image(letter="p", tags=("v5",), minutes=None),
        ),
        steps=(RECONCILE,),
    ),
    "policy: pages of two images": _takes({"semver": "*"}, *_VERSIONS, page=2),
    "policy: images with several tags": Scenario(
        pair={"imagePolicy": {"semver": "*"}},
        images=(Image(letter="c", tags=("1.0.0", "1", "latest")), Image(letter="d", tags=("1.1.0", "1.1"))),
        steps=(RECONCILE,),
    ),
    "policy: the tag moves between two pages": _takes(
        {"glob": "main-*"},
        "main-1",
        "main-2",
        page=1,
        happens=(On(action="ecr:DescribeImages", nth=2, before=pushes("z", "main-1")),),
    ),
    "policy: a tag stands on two images for good": Scenario(
        pair={"imagePolicy": {"glob": "main-*"}},
        images=(
            Image(letter="c", tags=("main-1",), minutes=9),
            Image(letter="d", tags=("main-1",), minutes=5),
        ),
        steps=(RECONCILE,),
    ),
    "policy: a push that the listing does not show yet": _takes(
        {"semver": "*"}, "1.0.0", steps=(push("b", "1.1.0"),)
    ),
    "policy: a push that the listing shows late": _takes(
        {"semver": "*"},
        "1.0.0",
        steps=(push("b", "1.1.0"),),
        happens=(On(action="ecr:DescribeImages", nth=3, before=pushes("b", "1.1.0")),),
    ),
    "policy: a push of a lower version that the listing does not show": _takes(
        {"semver": "*"}, "1.5.0", steps=(push("b", "1.1.0"),)
    ),
    "policy: a push that the policy leaves alone": _takes(
        {"semver": "*"}, "1.5.0", steps=(push("b", "dev"),)
    ),
    "policy: the image disappears, the lower one stays away": Scenario(
        pair={"imagePolicy": {"semver": "*"}},
        images=(Image(letter="c", tags=("1.0.0",)),),
        revisions=(job("c"), ours(1, "d", tags={f"{OURS}image-tag": "1.1.0"})),
        steps=(RECONCILE,),
    ),
    "policy: the image disappears, allowDowngrade": Scenario(
        pair={"imagePolicy": {"semver": "*", "allowDowngrade": True}},
        images=(Image(letter="c", tags=("1.0.0",)),),
        revisions=(job("c"), ours(1, "d", tags={f"{OURS}image-tag": "1.1.0"})),
        steps=(RECONCILE,),
    ),
    "policy: the image disappears, a higher one comes": Scenario(
        pair={"imagePolicy": {"semver": "*"}},
        images=(Image(letter="c", tags=("1.2.0",)),),
        revisions=(job("c"), ours(1, "d", tags={f"{OURS}image-tag": "1.1.0"})),
        steps=(RECONCILE,),
    ),
    "policy: the image disappears by time of push, the one before stays away": Scenario(
        pair={"imagePolicy": {"glob": "main-*"}},
        images=(Image(letter="c", tags=("main-1",), minutes=60 * 24 * 9),),
        revisions=(job("c"), ours(1, "d", tags={f"{OURS}image-tag": "main-2"})),
        steps=(RECONCILE,),
    ),
    "policy: the image disappears by time of push, a later one comes": Scenario(
        pair={"imagePolicy": {"glob": "main-*"}},
        images=(Image(letter="c", tags=("main-3",), minutes=5),),
        revisions=(job("c"), ours(1, "d", tags={f"{OURS}image-tag": "main-2"})),
        steps=(RECONCILE,),
    ),
    "policy: the image disappears under somebody else's settings": Scenario(
        pair={"imagePolicy": {"semver": "*"}},
        images=(Image(letter="c", tags=("1.0.0",)),),
        revisions=(job("c"), ours(1, "d", tags={f"{OURS}image-tag": "1.1.0"}), job("d", command=["else"])),
        steps=(RECONCILE,),
    ),
    "policy: the tag of the image is unreadable": Scenario(
        pair={"imagePolicy": {"glob": "main-*"}},
        images=(Image(letter="c", tags=("main-1",)),),
        revisions=(job("c"), ours(1, "d", tags={f"{OURS}image-tag": "main-2", f"{OURS}updated-at": "soon"})),
        steps=(RECONCILE,),
    ),
    "policy: the image is taken away between two runs": Scenario(
        pair={"imagePolicy": {"semver": "*"}},
        images=_images("1.0.0", "1.1.0"),
        steps=(
            RECONCILE,
            untags("1.1.0"),
            RECONCILE,
            pushes("z", "1.2.0"),
            RECONCILE,
            deregisters(1),
            RECONCILE,
        ),
    ),
    "policy: pin tag, and a tag that is written out": Scenario(
        pair={"imagePolicy": {"semver": "*"}, "pin": "tag"},
        images=_images("1.0.0", "1.1.0"),
        revisions=(job(":1.0.0"),),
        steps=(RECONCILE, untags("1.1.0"), RECONCILE),
    ),
    "policy: there is no such repository": Scenario(repositories=("another",)),
    "policy: there is no such repository to list": _takes({"semver": "*"}, repositories=("another",)),
}
