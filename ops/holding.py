"""``ecr-batch hold`` and ``unhold``: what is done, and in which words."""

from __future__ import annotations

from dataclasses import replace

from handler.document.image import ImageReference
from handler.provenance import RELEASED, tag_value
from handler.report.outcome import Outcome, passed_over
from ops.access import Access
from ops.errors import UsageError
from ops.intents import Hold, Release
from ops.operate import carry_out, read
from ops.operator import Operation


def reason_of(given: str | None, *, default: str) -> str:
    """The reason as a tag may hold it. Raises UsageError for one that says nothing, or that ends a hold.

    >>> reason_of("bad model; see #42", default="")
    'bad model_ see _42'
    """
    reason = tag_value(default if given is None else given).strip()
    if not reason:
        raise UsageError("the reason is empty", remedy="say why, or leave --reason out")
    if reason == RELEASED:
        raise UsageError(
            f"{RELEASED!r} is the word that ends a hold", remedy="give another reason; `unhold` ends a hold"
        )
    return reason


def hold(name: str, reason: str, operation: Operation, reached: Access) -> Outcome:
    """Holds a definition unless it is on hold already. Raises OpsError or DefinitionError."""
    _, lineage = read(name, reached)
    if standing := lineage.hold_in_force:
        return passed_over(name, f"already on hold: {standing.reason}")
    return _with_doubts(carry_out(name, Hold(target=reached.target, reason=reason), operation, reached))


def _with_doubts(outcome: Outcome) -> Outcome:
    """Warns of an image that a hold can't keep."""
    image = outcome.new_image
    if image is None or ImageReference.parse(image).digest:
        return outcome
    doubt = (
        f"nothing tells which image {image} was when it was rolled out, so it is held by its tag, and a push "
        f"of that tag still changes what jobs run; `ecr-batch unhold {outcome.definition}` has the function "
        "write the selected image, which can be held then"
    )
    return replace(outcome, warnings=(*outcome.warnings, doubt))


def release(name: str, operation: Operation, reached: Access) -> Outcome:
    """Ends the hold of a definition that is on hold. Raises OpsError or DefinitionError."""
    _, lineage = read(name, reached)
    if lineage.hold_in_force is None:
        return passed_over(name, "not on hold")
    return carry_out(name, Release(target=reached.target), operation, reached)
