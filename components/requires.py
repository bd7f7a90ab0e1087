"""The key ``requires`` of a pair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, Field

from components import checks
from components.choices import Pin, Severity
from components.frozen import FrozenModel
from components.problems import Problem
from handler.gates.requirements import Requirements

_Duration = Annotated[str, AfterValidator(checks.duration)]


class Requires(FrozenModel):
    """The gates that the selected image must pass."""

    max_severity: Annotated[Severity, Field(strict=False)] | None = Field(
        None, description="one of INFORMATIONAL, LOW, MEDIUM, HIGH, CRITICAL"
    )
    scan_timeout: _Duration | None = Field(None, description="a duration with its unit, such as 1h")
    min_age: _Duration | None = Field(None, description="a duration with its unit, such as 10m")
    platform: Annotated[str, AfterValidator(checks.platform)] | None = Field(
        None, description="a platform such as linux/arm64"
    )

    def requirements(self) -> Requirements:
        """What the function checks."""
        return Requirements.parse(self.model_dump(by_alias=True, mode="json", exclude_none=True))


def gate_problems(
    name: str,
    gates: Requires | None,
    *,
    pin: Pin,
    reconcile: str | None,
    key_of: Callable[[str], str],
) -> list[Problem]:
    """Why the gates could not do what they are there for, because of another key of the pair ``name``.

    ``key_of`` gives the key under which the user writes a field.
    """
    if gates is None:
        return []
    requires = key_of("requires")
    problems = []
    if pin is Pin.TAG:
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
    if reconcile is None:
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
