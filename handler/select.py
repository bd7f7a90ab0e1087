"""Which image the pair's policy selects from what ECR holds now."""

from __future__ import annotations

from dataclasses import dataclass

from handler.clock import Clock
from handler.ecr import Ecr
from handler.errors import ImageNotFound
from handler.image import Image
from handler.policy import Policy
from handler.trigger import Trigger

_DOUBTS = 3


@dataclass(frozen=True, kw_only=True)
class Selection:
    """``image`` is the selected image; where there is none, ``reason`` says why."""

    image: Image | None
    reason: str = ""


def select(policy: Policy, ecr: Ecr, trigger: Trigger, clock: Clock) -> Selection:
    """The selection, without an image if there is none and nothing says that there should be (a reconcile).

    The event is evidence about its own tag: an answer that it contradicts may be a stale read, so ECR is
    asked a few times more and then believed.

    Raises ImageNotFound when the event's tag stays unknown (Lambda's retry will see it), AwsError, or
    DeadlineNear.
    """
    clock.check("ask ECR for the selected image")
    image = ecr.image(policy.tag)
    for attempt in range(_DOUBTS):
        if not _is_doubtful(image, policy.tag, trigger):
            break
        clock.wait(attempt, base=0.5, step="ask ECR again")
        image = ecr.image(policy.tag)
    if image is None and trigger.is_push and trigger.tag == policy.tag:
        raise ImageNotFound(
            f"ECR has no image with the tag {policy.tag}, although event {trigger.event_id} says that it was "
            "pushed",
            remedy="push the tag again, or wait for the retry if ECR lags",
        )
    if image is None:
        return Selection(image=None, reason=f"ECR has no image with the tag {policy.tag}")
    return Selection(image=image)


def _is_doubtful(image: Image | None, tag: str, trigger: Trigger) -> bool:
    if not trigger.is_push or trigger.tag != tag:
        return False
    if image is None:
        return True
    if image.digest == trigger.digest:
        return False
    # A later push explains another digest; an earlier one may have been put back, or the read is stale.
    return image.pushed_at is None or trigger.at is None or image.pushed_at <= trigger.at
