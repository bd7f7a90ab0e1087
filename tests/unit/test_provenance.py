"""Tags and limits: what of ours gives way, and when there is no way."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.document.raw import Document
from handler.errors import DefinitionTooLarge, TooManyTags
from handler.provenance import (
    EVENT_ID,
    HOLD,
    IMAGE_DIGEST,
    IMAGE_TAG,
    PREVIOUS_REVISION,
    UPDATED_AT,
    Provenance,
    tag_value,
)
from handler.request import MOST_BYTES, check_image_reference, fit, without

OURS = Provenance(
    previous_revision=7,
    image_digest="sha256:a",
    image_tag="v1",
    event_id="e-1",
    updated_at="now",
    hold="why not",
)


def sent(
    tags: dict[str, str], *, needed: Sequence[str] = (), **document: object
) -> tuple[dict[str, str], tuple[str, ...]]:
    whole: Document = {"jobDefinitionName": "job", "type": "container", "tags": tags, **document}
    fitted, warnings = fit(whole, OURS, needed=needed, omit=(), name="job")
    return fitted["tags"], warnings


def user(count: int) -> dict[str, str]:
    return {f"key-{number}": "value" for number in range(count)}


@pytest.mark.parametrize(
    ("count", "left_out"),
    [
        (44, set()),
        (45, {UPDATED_AT}),
        (46, {UPDATED_AT, EVENT_ID}),
        (47, {UPDATED_AT, EVENT_ID, IMAGE_TAG}),
        (48, {UPDATED_AT, EVENT_ID, IMAGE_TAG, IMAGE_DIGEST}),
    ],
)
def test_beyond_50_tags_ours_give_way_in_the_stated_order_with_a_warning(
    count: int, left_out: set[str]
) -> None:
    tags, warnings = sent(user(count))
    assert set(OURS.tags()) - tags.keys() == left_out
    assert user(count).items() <= tags.items()
    assert len(tags) <= 50
    assert all(any(key in warning for warning in warnings) for key in left_out)
    assert bool(warnings) == bool(left_out)


def test_hold_and_previous_revision_never_give_way() -> None:
    with pytest.raises(TooManyTags, match="remove 1 tag"):
        sent(user(49))


def test_the_digest_never_gives_way_when_the_image_is_pinned_by_tag() -> None:
    assert IMAGE_DIGEST in sent(user(47), needed=[IMAGE_DIGEST])[0]
    with pytest.raises(TooManyTags):
        sent(user(48), needed=[IMAGE_DIGEST])


@pytest.mark.parametrize("needed", [(), (IMAGE_DIGEST,), (IMAGE_TAG,), (IMAGE_TAG, UPDATED_AT)])
def test_a_definition_that_propagates_its_tags_gets_only_those_that_are_needed(
    needed: tuple[str, ...],
) -> None:
    tags, warnings = sent({"team": "ocr"}, needed=needed, propagateTags=True)
    assert tags.keys() == {"team", PREVIOUS_REVISION, HOLD, *needed}
    assert warnings == ()


def test_tags_of_aws_and_older_ones_of_ours_are_not_sent() -> None:
    tags, _ = sent(
        {
            "aws:cloudformation:stack-name": "x",
            PREVIOUS_REVISION: "3",
            "ecr-batch-updater/old": "y",
            "team": "ocr",
        }
    )
    assert tags == {"team": "ocr", **OURS.tags()}


def test_tags_of_aws_do_not_count_towards_the_limit() -> None:
    assert sent({**user(44), "aws:x": "1"})[1] == ()


@given(st.text())
def test_a_tag_value_holds_only_what_aws_allows(text: str) -> None:
    value = tag_value(text)
    assert len(value) <= 256
    assert all(character.isalnum() or character in " +-=._:/@" for character in value)


def test_a_definition_that_the_new_image_makes_too_large_is_an_error_with_its_size() -> None:
    with pytest.raises(DefinitionTooLarge, match=str(MOST_BYTES)):
        sent({}, parameters={"big": "x" * MOST_BYTES})


def test_our_tags_give_way_to_the_size_limit_too() -> None:
    room = MOST_BYTES - len(
        json.dumps({"jobDefinitionName": "job", "type": "container", "parameters": {"p": ""}})
    )
    tags, warnings = sent({}, parameters={"p": "x" * (room - 150)})
    assert {PREVIOUS_REVISION, HOLD} <= tags.keys()
    assert UPDATED_AT not in tags
    assert warnings != ()


def test_an_image_reference_of_255_characters_is_the_longest() -> None:
    check_image_reference("x" * 255, where="here")
    with pytest.raises(DefinitionTooLarge, match=r"here: .* has 256 characters"):
        check_image_reference("x" * 256, where="here")


def test_omitted_fields_are_left_out_at_any_depth_and_nothing_else_is() -> None:
    document = {"a": {"b": [{"c": 1, "d": 2}, {"c": 3}], "e": 5}, "f": None}
    assert without(document, ("a.b.c", "f", "absent.too")) == {"a": {"b": [{"d": 2}, {}], "e": 5}}
    assert document["a"] == {"b": [{"c": 1, "d": 2}, {"c": 3}], "e": 5}
