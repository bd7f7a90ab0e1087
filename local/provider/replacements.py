"""What an update of an argument does to its resource; stands in for the table of replacements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from local.provider.kinds import KINDS


def effect(
    token: str, path: str, _change: str = "changed", *, resources: Iterable[Mapping[str, Any]] = ()
) -> str:
    """``replace`` for what no call of AWS changes, and for another region; else ``update``."""
    del resources  # the table asks them
    top = re.split(r"[.\[]", path)[0]
    return "replace" if top in {*KINDS[token].fixed, "region"} else "update"
