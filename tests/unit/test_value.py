"""What values have in common, and the same step for many of them."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from handler.document.image import Image
from handler.parallel import each
from handler.value import Value
from tests.support.patience import PATIENCE


@dataclass(frozen=True, eq=False, repr=False)
class Other(Value):
    tag: str


def test_values_with_equal_fields_are_one_in_a_set_and_others_are_not() -> None:
    one, same, other = (Image(tag=tag, digest="sha256:1") for tag in ("a", "a", "b"))
    assert {one, same, other} == {one, other}
    assert hash(one) == hash(same)
    assert Other("a") == Other("a") != Other("b")


def test_values_of_two_kinds_are_never_equal() -> None:
    @dataclass(frozen=True, eq=False, repr=False)
    class Twin(Value):
        tag: str

    assert Other("a") != Twin("a")


def test_a_value_shows_its_fields() -> None:
    assert repr(Other("a")) == "Other(tag='a')"


def test_no_more_steps_run_at_once_than_are_asked_for() -> None:
    in_vain, meeting = threading.Barrier(3, timeout=0.2), threading.Barrier(3, timeout=PATIENCE)
    found = each(lambda _: in_vain.wait(), range(3), at_once=2)
    assert found.done == {}
    assert found.failed.keys() == {0, 1, 2}
    assert each(lambda _: meeting.wait(), range(3), at_once=3).failed == {}
