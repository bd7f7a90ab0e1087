"""``ecr-batch reconcile``: has the deployed functions look, without an event, and tells what they did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handler.parallel import each
from ops.aws import Aws
from ops.context import Context
from ops.errors import Exit, OpsError
from ops.invoke import FunctionFailed, invoke

_AT_ONCE = 10
# What the function raises when it ran to its end, but could not bring every definition to its image.
_RAN = "UpdateFailed"


@dataclass(frozen=True, kw_only=True)
class Call:
    """One function to be called; no ``definitions`` means all of the pair's. ``timeout`` is in seconds."""

    pair: str
    function: str
    timeout: float
    definitions: tuple[str, ...] = ()
    dry_run: bool = False

    @property
    def event(self) -> dict[str, Any]:
        """What the function gets."""
        chosen = {"jobDefinitions": list(self.definitions)} if self.definitions else {}
        return {"action": "reconcile", **chosen, **({"dryRun": True} if self.dry_run else {})}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of a call: ``result`` as the function returned it, or why there is none."""

    call: Call
    result: Mapping[str, Any] | None = None
    error: OpsError | None = None

    @property
    def outcomes(self) -> Sequence[Mapping[str, Any]]:
        """One a definition, with the fields of ``handler.outcome.Outcome``."""
        return self.result["outcomes"] if self.result else ()

    @property
    def passed_over(self) -> Sequence[Mapping[str, Any]]:
        """The outcomes of definitions that the function did not look at: paused, or no image."""
        return [item for item in self.outcomes if item["previousRevision"] is None]

    @property
    def exit(self) -> Exit:
        """OK when every definition was looked after, NO when one was not, CANNOT without a run."""
        if self.error is not None:
            ran = isinstance(self.error, FunctionFailed) and self.error.kind == _RAN
            return Exit.NO if ran else Exit.CANNOT
        return Exit.NO if self.passed_over else Exit.OK

    def fields(self) -> dict[str, Any]:
        """The answer as JSON."""
        return {
            "pair": self.call.pair,
            "function": self.call.function,
            "result": self.result,
            "error": str(self.error) if self.error else None,
        }


def calls(context: Context, definitions: Iterable[str], *, dry_run: bool) -> tuple[Call, ...]:
    """The calls for ``definitions``, or for all of the chosen pairs. Raises UsageError."""
    chosen: dict[str, list[str]] = {}
    for name in dict.fromkeys(definitions):
        chosen.setdefault(context.pair_of(name).pair, []).append(name)
    return tuple(
        Call(
            pair=pair,
            function=context.names(pair).base,
            timeout=context.stack.config.pairs[pair].timeout_seconds,
            definitions=tuple(chosen.get(pair, ())),
            dry_run=dry_run,
        )
        for pair in chosen or context.pairs
    )


def reconcile(calls: Sequence[Call], aws: Aws) -> tuple[Answer, ...]:
    """Makes the calls, several at once; one that fails does not stop the others."""
    answers = each(
        lambda call: invoke(call.function, call.event, aws, timeout=call.timeout), calls, at_once=_AT_ONCE
    )
    return tuple(_answer(call, answers.done.get(call), answers.failed.get(call)) for call in calls)


def _answer(call: Call, result: Any, error: Exception | None) -> Answer:
    if error is None or isinstance(error, OpsError):
        return Answer(call=call, result=result, error=error)
    raise error
