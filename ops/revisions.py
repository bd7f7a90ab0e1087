"""Revisions of job definitions, whole, as AWS Batch has them; errors are in the operator's words."""

from __future__ import annotations

from collections.abc import Sequence

from handler.aws.batch import Batch
from handler.errors import AwsError
from handler.revision import Revision, RevisionLog
from ops.access import give_up
from ops.errors import UsageError


def active_revisions(name: str, batch: Batch) -> tuple[Revision, ...]:
    """The ACTIVE ones of a name, newest first. Raises OpsError when AWS can't be asked."""
    try:
        return RevisionLog.of(name, batch.active_revisions(name)).active
    except AwsError as error:
        give_up(error)


def numbered_revisions(name: str, numbers: Sequence[int], batch: Batch) -> tuple[Revision, ...]:
    """Those of these numbers, in any status. Raises UsageError for one that AWS Batch does not have."""
    try:
        found = {revision.number: revision for revision in batch.revisions(name, sorted(set(numbers)))}
    except AwsError as error:
        give_up(error)
    for number in numbers:
        if number not in found:
            raise UsageError(
                f"AWS Batch has no revision {number} of {name} (it forgets INACTIVE ones after 180 days)",
                remedy=f"`ecr-batch history {name} --inactive --all` lists those that there are",
            )
    return tuple(found[number] for number in numbers)
