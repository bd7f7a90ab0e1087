"""The tags by which a revision says where it comes from.

Limits on tags: batch/latest/userguide/using-tags.html (50 tags, values of 256 characters from
letters, digits, space and ``+ - = . _ : / @``; keys starting ``aws:`` are AWS's own). A job's tags and
those that its definition propagates count together, and a job with more than 50 fails; so a
definition with ``propagateTags`` gets only the tags that the updater itself cannot do without.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

PREFIX = "ecr-batch-updater/"
PREVIOUS_REVISION = PREFIX + "previous-revision"
IMAGE_DIGEST = PREFIX + "image-digest"
IMAGE_TAG = PREFIX + "image-tag"
EVENT_ID = PREFIX + "event-id"
UPDATED_AT = PREFIX + "updated-at"
HOLD = PREFIX + "hold"
RELEASED = "released"

MOST_TAGS = 50
_LONGEST_VALUE = 256
# Where there is no room for all, the least telling first.
DROPPED_FIRST = (UPDATED_AT, EVENT_ID, IMAGE_TAG, IMAGE_DIGEST)


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What the tags of a new revision say. ``hold`` is a reason, ``released``, or "" for no tag."""

    previous_revision: int
    image_digest: str
    image_tag: str
    event_id: str
    updated_at: str
    hold: str = ""

    def tags(self) -> dict[str, str]:
        """All the tags, values reduced to what AWS allows in them; empty ones are left out."""
        values = {
            PREVIOUS_REVISION: str(self.previous_revision),
            HOLD: self.hold,
            IMAGE_DIGEST: self.image_digest,
            IMAGE_TAG: self.image_tag,
            EVENT_ID: self.event_id,
            UPDATED_AT: self.updated_at,
        }
        return {key: tag_value(value) for key, value in values.items() if value}


def tag_value(text: str) -> str:
    """``text`` reduced to the characters and the length that AWS allows in a tag value.

    >>> tag_value("bad image; see #42")
    'bad image_ see _42'
    """
    return re.sub(r"[^\w +\-=.:/@]", "_", text)[:_LONGEST_VALUE]


def user_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """The tags that somebody else set and that may be sent: neither ours nor AWS's own."""
    return {key: value for key, value in tags.items() if not key.startswith((PREFIX, "aws:"))}


def is_ours(tags: Mapping[str, str]) -> bool:
    """Whether a revision with these tags claims to have been registered by the updater."""
    return tags.get(PREVIOUS_REVISION, "").isdecimal()
