"""Which image the pair's policy selects from what ECR holds now, and whether a definition may go to it.

Never down by accident: an image that disappears from ECR is no reason to go back to a lower one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from handler import provenance
from handler.clock import DOUBTFUL_IMAGE, Clock
from handler.document.image import Image, ImageReference
from handler.errors import ImageNotFound
from handler.event import Trigger
from handler.policy import Left, Policy, Taken, judge, outranks
from handler.revision import Revision
from handler.target import Target, owned

if TYPE_CHECKING:
    # The planner, which asks no AWS, is used where there is no botocore.
    from handler.aws.ecr import Ecr


@dataclass(frozen=True, kw_only=True)
class Selection:
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
    for _ in clock.attempts(DOUBTFUL_IMAGE, "ask ECR again"):
        found = _look(policy, ecr, trigger)
        doubtful = _contradicts(found, policy, trigger)
        if not (found.inconsistent or doubtful):
            break
    if found.pushed is None and doubtful:
        raise ImageNotFound(
            f"ECR has no image with the tag {trigger.tag}, although event {trigger.event_id} says that it "
            "was pushed",
            remedy="push the tag again, or wait for the retry if ECR lags",
        )
    return found.selection


@dataclass(frozen=True)
class _Look:
    """One look at ECR; ``pushed`` is the image that the event's own tag points at.

    ``inconsistent``: a tag stands on two images, since it moved between the pages of the listing, or they are
    of different age.
    """

    selection: Selection
    pushed: Image | None
    inconsistent: bool = False


def _look(policy: Policy, ecr: Ecr, trigger: Trigger) -> _Look:
    """Keeps what is selected, not what is listed: a repository may hold many thousands of images."""
    best: tuple[Taken, Image] | None = None
    pushed: Image | None = None
    left: Left | None = None
    digests: dict[str, str] = {}
    inconsistent = False
    for image in _images(policy, ecr):
        if image.tag == trigger.tag:
            pushed = image
        rank = judge(policy, image)
        if isinstance(rank, Left):
            left = rank
            continue
        inconsistent = inconsistent or digests.setdefault(image.tag, image.digest) != image.digest
        if best is None or best[0] < rank:
            best = (rank, image)
    if best is not None:
        return _Look(Selection(image=best[1], tags=frozenset(digests)), pushed, inconsistent)
    return _Look(Selection(image=None, reason=_nothing(policy, left)), pushed)


def _images(policy: Policy, ecr: Ecr) -> Iterable[Image]:
    if policy.tag is None:
        return ecr.images()
    image = ecr.image(policy.tag)
    return [] if image is None else [image]


def _nothing(policy: Policy, left: Left | None) -> str:
    if policy.tag is None:
        return f"ECR has no image that {policy} selects"
    return f"the image with the tag {policy.tag} {left.reason}" if left else f"ECR has no image with {policy}"


def _contradicts(look: _Look, policy: Policy, trigger: Trigger) -> bool:
    """Whether ECR contradicts the event where that matters: the event's image would be selected."""
    pushed, image = look.pushed, look.selection.image
    # Every push of a multi-platform image brings some without a tag, which nobody selects.
    if not trigger.is_push or not trigger.tag or (pushed is not None and pushed.digest == trigger.digest):
        return False
    claimed = judge(policy, Image(tag=trigger.tag, digest=trigger.digest, pushed_at=trigger.at))
    if isinstance(claimed, Left) or (image is not None and outranks(judge(policy, image), claimed)):
        return False
    # A later push explains another digest; an earlier one may have been put back, or the read is stale.
    return pushed is None or pushed.pushed_at is None or trigger.at is None or pushed.pushed_at <= trigger.at


def carried_image(revision: Revision, reference: str) -> Image:
    """The image behind a reference of the repository that ``revision`` has, as far as it tells."""
    parsed, tags = ImageReference.parse(reference), revision.tags
    # Tags may have been copied along with another image: they tell of their own digest only.
    its_own = parsed.digest in ("", tags.get(provenance.IMAGE_DIGEST, parsed.digest))
    return Image(
        tag=parsed.tag or (tags.get(provenance.IMAGE_TAG, "") if its_own else ""),
        digest=parsed.digest or tags.get(provenance.IMAGE_DIGEST, ""),
    )


def step_down(active: Sequence[Revision], selection: Selection, target: Target) -> str:
    """Why the newest revision's image stays although another one is selected; "" if it need not.

    ``active`` are the ACTIVE revisions, newest first. An image that is among the candidates is no higher
    than the selected one. One that is not has been deleted, archived or re-tagged: what it ranked is told by
    its tag, or by when it was rolled out.
    """
    selected = selection.image
    assert selected is not None
    newest = active[0]
    reference = owned(newest, target)[0].image
    # A container that is to be adopted carries an image of elsewhere.
    if target.settings.policy.allow_downgrade or not target.owns(reference):
        return ""
    image = _remembered(carried_image(newest, reference), active)
    if not image.tag or image.tag in selection.tags or image.digest == selected.digest:
        return ""
    carried = target.settings.policy.rank(image)
    if isinstance(carried, Left) or outranks(target.settings.policy.rank(selected), carried):
        return ""
    return (
        f"stays on {image.tag}, which ECR no longer offers: {selected.tag} would be a step down; push a "
        "higher one, or set allowDowngrade in the pair's imagePolicy"
    )


def _remembered(image: Image, active: Sequence[Revision]) -> Image:
    """``image`` as the revisions that rolled it out tell of it: somebody else's on top may not.

    Its push is no later than its first roll-out. Later revisions with it brought a hold, or settings.
    """
    carriers = [each.tags for each in active if each.tags.get(provenance.IMAGE_DIGEST) == image.digest]
    tags = [tags[provenance.IMAGE_TAG] for tags in carriers if provenance.IMAGE_TAG in tags]
    moments = (_moment(tags.get(provenance.UPDATED_AT, "")) for tags in carriers)
    return replace(
        image,
        tag=image.tag or next(iter(tags), ""),
        pushed_at=min((moment for moment in moments if moment), default=None),
    )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    # Ours say their zone; anybody may have written this one.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
