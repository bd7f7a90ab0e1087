"""Which image the pair's policy selects from what ECR holds now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handler.clock import Clock
from handler.document.image import Image
from handler.errors import ImageNotFound
from handler.event import Trigger
from handler.policy import Left, Policy, Taken, judge, outranks
from handler.value import Value

if TYPE_CHECKING:
    from handler.aws.ecr import Ecr

_DOUBTS = 3


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Selection(Value):
    """``image`` is the selected image; where there is none, ``reason`` says why.

    ``tags`` are those of all candidates, of which the selected one is the highest.
    """

    image: Image | None
    reason: str = ""
    tags: frozenset[str] = frozenset()


def select(policy: Policy, ecr: Ecr, trigger: Trigger, clock: Clock) -> Selection:
    """The selection, without an image if there is none and nothing says that there should be (a reconcile).

    The event is evidence about its own tag: an answer that it contradicts may be a stale read, and so may a
    listing that contradicts itself. ECR is then asked a few times more and believed.

    Raises ImageNotFound when the event's tag stays unknown (Lambda's retry will see it), AwsError, or
    DeadlineNear.
    """
    clock.check("ask ECR for the selected image")
    found = _look(policy, ecr, trigger)
    for attempt in range(_DOUBTS):
        if not (found.torn or _is_doubtful(found, policy, trigger)):
            break
        clock.wait(attempt, base=0.5, step="ask ECR again")
        found = _look(policy, ecr, trigger)
    if found.told is None and _is_doubtful(found, policy, trigger):
        raise ImageNotFound(
            f"ECR has no image with the tag {trigger.tag}, although event {trigger.event_id} says that it "
            "was pushed",
            remedy="push the tag again, or wait for the retry if ECR lags",
        )
    return found.selection


@dataclass(frozen=True, eq=False, repr=False)
class _Found(Value):
    """One look at ECR; ``told`` is the image that the event's own tag points at.

    ``torn``: a tag stands on two images, since it moved between the pages of the listing, or they are of
    different age.
    """

    selection: Selection
    told: Image | None
    torn: bool = False


def _look(policy: Policy, ecr: Ecr, trigger: Trigger) -> _Found:
    """Keeps what is selected, not what is listed: a repository may hold many thousands of images."""
    best: tuple[Taken, Image] | None = None
    told: Image | None = None
    left: Left | None = None
    digests: dict[str, str] = {}
    torn = False
    for image in _images(policy, ecr):
        if image.tag == trigger.tag:
            told = image
        rank = judge(policy, image)
        if isinstance(rank, Left):
            left = rank
            continue
        torn = torn or digests.setdefault(image.tag, image.digest) != image.digest
        if best is None or best[0] < rank:
            best = (rank, image)
    if best is not None:
        return _Found(Selection(image=best[1], tags=frozenset(digests)), told, torn)
    return _Found(Selection(image=None, reason=_nothing(policy, left)), told)


def _images(policy: Policy, ecr: Ecr) -> Iterable[Image]:
    if policy.tag is None:
        return ecr.images()
    image = ecr.image(policy.tag)
    return [] if image is None else [image]


def _nothing(policy: Policy, left: Left | None) -> str:
    if policy.tag is None:
        return f"ECR has no image that {policy} selects"
    return f"the image with the tag {policy.tag} {left.reason}" if left else f"ECR has no image with {policy}"


def _is_doubtful(found: _Found, policy: Policy, trigger: Trigger) -> bool:
    """Whether ECR contradicts the event where that matters: the event's image would be selected."""
    told, image = found.told, found.selection.image
    # Every push of a multi-platform image brings some without a tag, which nobody selects.
    if not trigger.is_push or not trigger.tag or (told is not None and told.digest == trigger.digest):
        return False
    claimed = judge(policy, Image(tag=trigger.tag, digest=trigger.digest, pushed_at=trigger.at))
    if isinstance(claimed, Left) or (image is not None and outranks(judge(policy, image), claimed)):
        return False
    # A later push explains another digest; an earlier one may have been put back, or the read is stale.
    return told is None or told.pushed_at is None or trigger.at is None or told.pushed_at <= trigger.at
