"""Image references: which of them name an image of the pair's repository."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.document.image import Image, ImageReference, Repository

REPOSITORY = Repository(account="123456789012", region="us-east-1", name="team/app")
HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    "reference",
    [
        f"{HOST}/team/app",
        f"{HOST}/team/app:v1",
        f"{HOST}/team/app@{DIGEST}",
        f"{HOST}/team/app:v1@{DIGEST}",
        "123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/team/app:v1",
        "123456789012.dkr-ecr.us-east-1.on.aws/team/app:v1",
        "123456789012.dkr-ecr-fips.us-east-1.on.aws/team/app",
    ],
)
def test_every_host_name_of_the_registry_names_the_repository(reference: str) -> None:
    assert REPOSITORY.holds(ImageReference.parse(reference))


def test_the_host_name_of_a_chinese_region_has_another_suffix() -> None:
    repository = Repository(account="123456789012", region="cn-north-1", name="app", partition="aws-cn")
    assert repository.uri == "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/app"
    assert repository.holds(ImageReference.parse(repository.uri + ":v1"))


@pytest.mark.parametrize(
    "reference",
    [
        "busybox",
        "team/app:v1",
        "public.ecr.aws/team/app:v1",
        "docker.io/team/app",
        f"{HOST}/team/app2",
        f"{HOST}/team/app/sub:v1",
        f"{HOST}/app",
        f"{HOST.replace('123456789012', '999999999999')}/team/app",
        f"{HOST.replace('us-east-1', 'eu-west-1')}/team/app",
        f"evil.{HOST}/team/app",
        f"{HOST}.evil.com/team/app",
        f"{HOST}:443/team/app",
        "",
        "@",
        ":",
    ],
)
def test_anything_else_is_from_elsewhere(reference: str) -> None:
    assert not REPOSITORY.holds(ImageReference.parse(reference))


@given(st.text(alphabet="ab./:@-", max_size=20))
def test_any_text_can_be_parsed(text: str) -> None:
    parsed = ImageReference.parse(text)
    assert len(parsed.base + parsed.tag + parsed.digest) <= len(text)


@pytest.mark.parametrize(
    ("reference", "host", "path", "tag", "digest"),
    [
        ("localhost:5000/app:v1", "localhost:5000", "app", "v1", ""),
        ("host.example/a/b:c@sha256:d", "host.example", "a/b", "c", "sha256:d"),
        ("busybox:1", "", "busybox", "1", ""),
        ("a/b", "", "a/b", "", ""),
    ],
)
def test_a_reference_has_these_parts(reference: str, host: str, path: str, tag: str, digest: str) -> None:
    parts = ImageReference(host=host, path=path, tag=tag, digest=digest)
    assert ImageReference.parse(reference) == parts
    assert parts.base == (f"{host}/{path}" if host else path)


def test_images_are_the_same_by_tag_and_digest_whenever_they_were_pushed() -> None:
    image = Image(tag="a", digest=DIGEST)
    assert image.same_as(Image(tag="a", digest=DIGEST))
    assert not image.same_as(Image(tag="b", digest=DIGEST))
    assert not image.same_as(Image(tag="a", digest="sha256:b"))
    assert not image.same_as(None)
