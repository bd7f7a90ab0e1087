"""Never down by accident: an image that disappears from ECR is no reason to go back to a lower one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from handler import provenance
from handler.document.image import Image, ImageReference
from handler.policy import Left, outranks
from handler.revision import Revision
from handler.select import Selection
from handler.target import Target, owned


def carried_image(revision: Revision, reference: str) -> Image:
    """The image behind a reference of the repository that ``revision`` has, as far as it tells."""
    parsed, tags = ImageReference.parse(reference), revision.tags
    # Tags may have been copied along with another image: they tell of their own digest only.
    told = parsed.digest in ("", tags.get(provenance.IMAGE_DIGEST, parsed.digest))
    return Image(
        tag=parsed.tag or (tags.get(provenance.IMAGE_TAG, "") if told else ""),
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
    if target.policy.allow_downgrade or not target.owns(reference):
        return ""
    image = _remembered(carried_image(newest, reference), active)
    if not image.tag or image.tag in selection.tags or image.digest == selected.digest:
        return ""
    carried = target.policy.rank(image)
    if isinstance(carried, Left) or outranks(target.policy.rank(selected), carried):
        return ""
    return (
        f"stays on {image.tag}, which ECR no longer offers: {selected.tag} would be a step down; push a "
        "higher one, or set allowDowngrade in the pair's imagePolicy"
    )


def _remembered(image: Image, active: Sequence[Revision]) -> Image:
    """``image`` as the revisions that rolled it out tell of it: somebody else's on top may not.

    Its push is no later than its first roll-out. Later revisions with it brought a hold, or settings.
    """
    told = [each.tags for each in active if each.tags.get(provenance.IMAGE_DIGEST) == image.digest]
    tags = [tags[provenance.IMAGE_TAG] for tags in told if provenance.IMAGE_TAG in tags]
    moments = (_moment(tags.get(provenance.UPDATED_AT, "")) for tags in told)
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
