"""Gates that could not do what they are there for, because of another key of the pair."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from components.choices import Pin
from components.problems import Problem

if TYPE_CHECKING:
    from components.pair import Pair


def gate_problems(name: str, pair: Pair, key_of: Callable[[str], str]) -> list[Problem]:
    """``key_of`` gives the key under which the user writes a field."""
    gates = pair.requires
    if gates is None:
        return []
    requires = key_of("requires")
    problems = []
    if pair.pin is Pin.TAG:
        problems.append(
            Problem(
                pair=name,
                key=requires,
                found="gates, although pin is tag",
                expected="pin: digest with gates",
                remedy="remove pin: a revision that names a tag runs whatever it points at, gates or not",
            )
        )
    if gates.scan_timeout is not None and gates.max_severity is None:
        problems.append(
            Problem(
                pair=name,
                key=f"{requires}.{key_of('scan_timeout')}",
                found=f"{gates.scan_timeout} without {key_of('max_severity')}",
                expected="both or neither",
                remedy=f"add {key_of('max_severity')}, or remove {key_of('scan_timeout')}",
            )
        )
    reasons = {
        "min_age": "nothing else looks again once the image is old enough",
        "max_severity": "nothing else raises a scan that does not come",
    }
    if pair.reconcile is None:
        problems += [
            Problem(
                pair=name,
                key=f"{requires}.{key_of(gate)}",
                found=f"{getattr(gates, gate)} without {key_of('reconcile')}",
                expected=f"{key_of('reconcile')} as well: {reason}",
                remedy=f"add {key_of('reconcile')}: rate(1 hour)",
            )
            for gate, reason in reasons.items()
            if getattr(gates, gate) is not None
        ]
    return problems
