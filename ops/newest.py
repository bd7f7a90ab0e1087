"""The newest ACTIVE revision of each job definition, whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from handler import provenance
from handler.canonical import same_settings
from handler.clock import Clock
from handler.containers import containers_of
from handler.errors import AwsError
from handler.revision import Revision
from handler.target import Target
from ops.access import batch_of
from ops.aws import Aws, in_operators_words


def newest_revisions(names: Iterable[str], aws: Aws) -> Mapping[str, Revision]:
    """By name; a definition without an ACTIVE revision is left out. Raises OpsError."""
    batch = batch_of(aws, Clock(remaining=lambda: float("inf")))
    found: dict[str, Revision] = {}
    for name in names:
        try:
            revisions = batch.active_revisions(name)
        except AwsError as error:
            raise in_operators_words(error) from error
        if revisions:
            found[name] = max(revisions, key=lambda revision: revision.number)
    return found


def difference(before: Revision, after: Revision, target: Target, *, same_images: bool) -> str:
    """What of a revision did not survive a rollout, "" if everything did.

    ``same_images`` says that the images are to be the same, too, and not only everything else.
    """
    where = f"revision {after.number} of {after.name} differs from {before.number}"
    if not same_settings(after, before, target.owns):
        return f"{where} in more than the image"
    if provenance.user_tags(after.tags) != provenance.user_tags(before.tags):
        return f"{where} in its tags"
    if same_images and containers_of(after.document) != containers_of(before.document):
        return f"{where} in its image"
    return ""
