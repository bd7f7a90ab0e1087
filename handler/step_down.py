"""Never down by accident: an image that disappears from ECR is no reason to go back to a lower one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from handler import provenance
from handler.image import Image, ImageReference
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


def step_down(newest: Revision, selection: Selection, target: Target) -> str:
    """Why the newest revision's image stays although another one is selected; "" if it need not.

    An image that is among the candidates is no higher than the selected one. One that is not has been
    deleted, archived or re-tagged: what it ranked is told by its tag, or by when it was rolled out.
    """
    selected = selection.image
    assert selected is not None
    if target.policy.allow_downgrade:
        return ""
    reference = owned(newest, target)[0].image
    image = carried_image(newest, reference)
    # A container that is to be adopted carries an image of elsewhere.
    if not target.owns(reference) or not image.tag or image.tag in selection.tags:
        return ""
    since = _moment(newest.tags.get(provenance.UPDATED_AT, ""))
    carried = target.policy.rank(replace(image, pushed_at=since))
    if isinstance(carried, Left) or outranks(target.policy.rank(selected), carried):
        return ""
    return (
        f"stays on {image.tag}, which ECR no longer offers: {selected.tag} would be a step down; push a "
        "higher one, or set allowDowngrade in the pair's imagePolicy"
    )


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
