"""Which image is selected from what ECR answers, and when an answer is doubted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from handler.document.image import Image
from handler.errors import ImageNotFound
from handler.event import Trigger
from handler.policy import parse
from handler.select import Selection, select
from tests.support.images import image
from tests.support.world import push, reconcile, still_clock

SEMVER = parse({"semver": ">=1.0"})


@dataclass
class Shelf:
    """An ECR that answers with one list of images after the other, then with the last one for ever."""

    answers: Sequence[Sequence[Image]]
    asked: list[str] = field(default_factory=list)

    def _next(self, what: str) -> Sequence[Image]:
        self.asked.append(what)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]

    def images(self) -> Any:
        return iter(self._next("all"))

    def image(self, tag: str) -> Image | None:
        return next((each for each in self._next(tag) if each.tag == tag), None)


def chosen(policy: Any, trigger: Trigger, *answers: Sequence[Image]) -> tuple[Selection, Shelf]:
    shelf = Shelf(answers)
    return select(policy, shelf, trigger, still_clock()), shelf  # type: ignore[arg-type]


def test_a_tag_is_looked_up_alone_and_a_policy_lists_the_repository() -> None:
    for policy, asked in ((parse({"tag": "latest"}), ["latest"]), (SEMVER, ["all"])):
        assert chosen(policy, reconcile(), [image("latest"), image("1.0.0")])[1].asked == asked


def test_the_selection_tells_the_tags_of_all_candidates() -> None:
    selection, _ = chosen(SEMVER, reconcile(), [image("1.0.0"), image("1.2.0"), image("main")])
    assert selection.image == image("1.2.0")
    assert selection.tags == {"1.0.0", "1.2.0"}


@pytest.mark.parametrize(
    ("specification", "images", "reason"),
    [
        ({"tag": "latest"}, [], "ECR has no image with the tag latest"),
        (
            {"tag": "latest"},
            [image("latest", unfit="can't be pulled: ECR has it as ARCHIVED")],
            "the image with the tag latest can't be pulled: ECR has it as ARCHIVED",
        ),
        ({"semver": "2.x"}, [image("1.0.0")], "ECR has no image that semver '2.x' selects"),
        ({"glob": "v*"}, [], "ECR has no image that glob 'v*' selects"),
    ],
)
def test_without_a_candidate_a_reconcile_selects_nothing_and_says_why(
    specification: dict[str, Any], images: list[Image], reason: str
) -> None:
    selection, _ = chosen(parse(specification), reconcile(), images)
    assert (selection.image, selection.reason) == (None, reason)


def event(tag: str, digest: str = "sha256:pushed", at: int = 60) -> Trigger:
    return Trigger(event_id="push-1", at=push("a", at=at).at, tag=tag, digest=digest)


OLD, NEW = image("1.0.0"), image("1.1.0", minute=1, digest="sha256:pushed")


def test_a_listing_that_lacks_the_pushed_version_is_asked_for_again() -> None:
    selection, shelf = chosen(SEMVER, event("1.1.0"), [OLD], [OLD], [OLD, NEW])
    assert (selection.image, len(shelf.asked)) == (NEW, 3)


def test_a_pushed_version_that_stays_unknown_is_raised_for_the_retry() -> None:
    with pytest.raises(ImageNotFound, match=r"no image with the tag 1\.1\.0"):
        chosen(SEMVER, event("1.1.0"), [OLD])


def test_a_pushed_version_that_would_not_be_selected_is_no_reason_for_doubt() -> None:
    higher = image("2.0.0")
    for tag in ("1.1.0", "main", "latest"):
        selection, shelf = chosen(SEMVER, event(tag), [higher])
        assert (selection.image, len(shelf.asked)) == (higher, 1)


def test_another_image_under_the_pushed_tag_is_doubted_unless_it_was_pushed_later() -> None:
    before, later = image("1.1.0", digest="sha256:old"), image("1.1.0", minute=2, digest="sha256:newer")
    assert len(chosen(SEMVER, event("1.1.0"), [before])[1].asked) == 4
    assert len(chosen(SEMVER, event("1.1.0"), [later])[1].asked) == 1


def test_by_time_of_push_the_pushed_image_counts_from_its_event() -> None:
    policy = parse({"glob": "*"})
    selection, shelf = chosen(
        policy, event("b"), [image("a")], [image("a"), image("b", minute=1, digest="sha256:pushed")]
    )
    assert (selection.image and selection.image.tag, len(shelf.asked)) == ("b", 2)


def test_an_artifact_under_a_matching_tag_is_neither_selected_nor_doubted() -> None:
    chart = image("9.0.0", digest="sha256:pushed", unfit="is no image but an artifact of type chart")
    selection, shelf = chosen(SEMVER, event("9.0.0"), [OLD, chart])
    assert (selection.image, len(shelf.asked)) == (OLD, 1)


@pytest.mark.parametrize("trigger", [reconcile(), event("1.1.0")])
@pytest.mark.parametrize("first", [0, 1])
def test_a_listing_in_which_a_tag_stands_on_two_images_is_asked_for_again(
    trigger: Trigger, first: int
) -> None:
    torn = [image("1.1.0", digest="sha256:old"), NEW]
    selection, shelf = chosen(SEMVER, trigger, [torn[first], torn[1 - first]], [OLD, NEW])
    assert (selection.image, len(shelf.asked)) == (NEW, 2)


def test_an_image_that_two_pages_list_alike_is_no_reason_for_doubt() -> None:
    assert len(chosen(SEMVER, reconcile(), [OLD, NEW, OLD])[1].asked) == 1


def test_a_push_without_a_tag_is_no_evidence_even_where_any_tag_would_do() -> None:
    selection, shelf = chosen(parse({"glob": "*"}), event(""), [OLD])
    assert (selection.image, len(shelf.asked)) == (OLD, 1)
