"""What the operator did through the tool, as the ``event-id`` tag of a revision tells it.

A function's revision bears the id of the event that started the run there; one of the tool bears the verb
and the caller instead, such as ``ecr-batch rollback by arn:aws:iam::123456789012:user/alice``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handler.provenance import tag_value

_EVENT_ID = re.compile(r"ecr-batch (?P<verb>[a-z]+) by (?P<caller>.*)")


@dataclass(frozen=True)
class Operation:
    """A verb of the tool, and the ARN of whoever called it."""

    verb: str
    caller: str

    @property
    def who(self) -> str:
        """The end of the ARN: a user's name, or that of a role's session."""
        return re.split("[:/]", self.caller)[-1]

    @property
    def event_id(self) -> str:
        """The operation as a tag may hold it.

        >>> Operation("hold", "arn:aws:iam::123456789012:user/alice,bob").event_id
        'ecr-batch hold by arn:aws:iam::123456789012:user/alice_bob'
        """
        return tag_value(f"ecr-batch {self.verb} by {self.caller}")


def operation_of(event_id: str) -> Operation | None:
    """What the tool did, if it was the tool.

    >>> operation_of("ecr-batch hold by arn:aws:iam::123456789012:user/alice")
    Operation(verb='hold', caller='arn:aws:iam::123456789012:user/alice')
    >>> operation_of("0b5167e3-5c4b-4f0c-b2f6-3f3f3f3f3f3f")
    """
    match = _EVENT_ID.fullmatch(event_id)
    return Operation(match["verb"], match["caller"]) if match else None
