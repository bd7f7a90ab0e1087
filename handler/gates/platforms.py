"""The gate ``platform``: the image is built for what the job definition runs on."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from handler.document.containers import Container
from handler.gates.platform import Platform
from handler.gates.verdict import Refusal

GATE = "platform"


def required_platforms(containers: Iterable[Container], given: str) -> set[Platform]:
    """The platforms that an image for ``containers`` must have: the given one, else those that they name.

    Empty where nothing is given and no container's job definition says what it runs on.
    """
    if given:
        return {Platform.parse(given)}
    return {
        Platform.of_runtime(container.runtime) for container in containers if container.runtime is not None
    }


def refuse_platform(required: Iterable[Platform], built_for: Collection[Platform]) -> Refusal | None:
    """Refuses an image that does not run on every required platform."""
    missing = [item for item in sorted(required) if not any(map(item.runs, built_for))]
    if not missing:
        return None
    return Refusal(
        GATE,
        f"the image is built for {', '.join(map(str, sorted(built_for))) or 'no platform'}, and can't run on "
        f"{', '.join(map(str, missing))}",
    )
