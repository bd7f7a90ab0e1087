from __future__ import annotations

import json

import pytest

from local.seed import manifest
from ops.probe import MEDIA_TYPES, Manifest, Refused, is_mutable, probe_of

INDEX = '{"schemaVersion": 2, "manifests": [{"digest": "sha256:1", "size": 7}]}'


@pytest.mark.parametrize("text", [manifest("one"), INDEX, '{"layers": ["}"]}\n', "{}"])
@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_the_probe_says_the_same_under_another_digest(text: str, media_type: str) -> None:
    original = Manifest(text=text, media_type=media_type)
    probe = probe_of(original, 5)
    assert json.loads(probe.text) == json.loads(text)
    assert probe.media_type == media_type
    assert probe.digest != original.digest
    assert probe.text == probe.text.rstrip() + text[len(text.rstrip()) :]


def test_every_mark_gives_a_digest_of_its_own() -> None:
    original = Manifest(text="{}", media_type=MEDIA_TYPES[0])
    marks = [0, 1, 2, 3, 2**31, 2**32 - 1]
    assert len({probe_of(original, mark).digest for mark in marks}) == len(marks)


@pytest.mark.parametrize("mark", [0, 5, 2**32 - 1])
@pytest.mark.parametrize("text", [manifest("one"), INDEX, '{"layers": ["}"]}\n', "{}"])
def test_a_probe_is_not_taken_for_an_image(text: str, mark: int) -> None:
    probe = probe_of(Manifest(text=text, media_type=MEDIA_TYPES[0]), mark)
    with pytest.raises(Refused, match=f"the image {probe.digest} is the probe of another"):
        probe_of(probe, 5)


@pytest.mark.parametrize("indent", [3, 31, 32])
def test_an_indented_manifest_is_no_probe(indent: int) -> None:
    text = json.dumps(json.loads(INDEX), indent=indent)
    assert json.loads(probe_of(Manifest(text=text, media_type=MEDIA_TYPES[0]), 5).text) == json.loads(INDEX)


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        ("{}", "application/vnd.docker.distribution.manifest.v1+prettyjws"),
        ("{}", ""),
        ("no JSON", MEDIA_TYPES[0]),
        ("{} and more", MEDIA_TYPES[0]),
    ],
)
def test_a_manifest_that_would_be_damaged_is_refused(text: str, media_type: str) -> None:
    with pytest.raises(Refused, match="can't be changed harmlessly"):
        probe_of(Manifest(text=text, media_type=media_type), 1)


FILTER = [{"filterType": "WILDCARD", "filter": "latest*"}]


@pytest.mark.parametrize(
    ("mutability", "exclusions", "tag", "expected"),
    [
        ("MUTABLE", [], "latest", True),
        ("IMMUTABLE", [], "latest", False),
        ("IMMUTABLE_WITH_EXCLUSION", FILTER, "latest-arm", True),
        ("IMMUTABLE_WITH_EXCLUSION", FILTER, "v1-latest", False),
        ("MUTABLE_WITH_EXCLUSION", FILTER, "latest", False),
        ("MUTABLE_WITH_EXCLUSION", FILTER, "v1", True),
        ("MUTABLE_WITH_EXCLUSION", [{"filter": "v*.*"}], "v1x2", True),
        ("MUTABLE_WITH_EXCLUSION", [{"filter": "v*.*"}], "v1.2", False),
    ],
)
def test_exclusions_turn_the_rule_round_for_the_tags_that_they_match(
    mutability: str, exclusions: list[dict[str, str]], tag: str, expected: bool
) -> None:
    assert is_mutable(mutability, exclusions, tag) is expected
