"""Whether waiting can make a definition current: for ``status --wait``, in CI after a push."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from handler.settings import Settings
from ops.status import Row, State

# Somebody has to do something first. A definition in any other state is brought to its image by the function.
_HOPELESS = {
    State.HELD,
    State.KEPT,
    State.FOREIGN,
    State.MISSING,
    State.INACTIVE,
    State.NO_REPOSITORY,
    State.BLOCKED,
}


@dataclass(frozen=True)
class Verdict:
    """``hopeless`` maps definitions that can't become current by waiting to why; ``pending`` may yet."""

    hopeless: Mapping[str, str]
    pending: Mapping[str, str]

    @property
    def is_over(self) -> bool:
        """Whether there is nothing to wait for."""
        return bool(self.hopeless) or not self.pending


def judge(rows: Iterable[Row], pairs: Mapping[str, Settings]) -> Verdict:
    """Sorts the rows that are not current; ``pairs`` are the settings by the pair's name."""
    hopeless: dict[str, str] = {}
    pending: dict[str, str] = {}
    for row in rows:
        if row.state is State.CURRENT:
            continue
        settings = pairs[row.pair]
        if row.state in _HOPELESS:
            hopeless[row.definition] = f"{row.state.value}: {row.reason}"
        elif settings.paused or settings.dry_run:
            key = "paused" if settings.paused else "dryRun"
            hopeless[row.definition] = f"{row.state.value}, and the pair has {key}: true"
        else:
            pending[row.definition] = f"{row.state.value}: {row.reason}"
    return Verdict(hopeless, pending)
