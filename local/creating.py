"""What everything that creates a Pulumi resource in the local cloud shares."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from local.inputs import Inputs

if TYPE_CHECKING:
    from local.cloud import Cloud

State = tuple[str, dict[str, Any]]
"""The resource's id and its properties."""
Creator = Callable[["Cloud", str, Inputs], State]


def generated(name: str) -> str:
    """Pulumi appends seven random characters; here the same every time, so that a redeployment updates."""
    return f"{name}-{hashlib.sha256(name.encode()).hexdigest()[:7]}"


def unless(error: ClientError, *codes: str) -> None:
    """Raises ``error`` again unless it has one of ``codes``."""
    if error.response["Error"]["Code"] not in codes:
        raise error
