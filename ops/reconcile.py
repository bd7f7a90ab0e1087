"""``ecr-batch reconcile``: has the deployed functions look, without an event, and tells what they did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handler.parallel import each
from ops.aws import Aws
from ops.context import Context
from ops.errors import Exit, OpsError
from ops.function import Answer, Function

_AT_ONCE = 10
# What the function raises when it ran to its end, but could not bring every definition to its image.
_RAN = "UpdateFailed"


@dataclass(frozen=True, kw_only=True)
class Call:
    """One function to be called; no ``definitions`` means all of the pair's. ``timeout`` is in seconds."""

    pair: str
    function: str
    timeout: int
    definitions: tuple[str, ...] = ()
    dry_run: bool = False

    @property
    def event(self) -> dict[str, Any]:
        """What the function gets."""
        chosen = {"jobDefinitions": list(self.definitions)} if self.definitions else {}
        return {"action": "reconcile", **chosen, **({"dryRun": True} if self.dry_run else {})}


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came of a call: the function's answer, or why it could not be called."""

    call: Call
    answer: Answer | None = None
    failure: OpsError | None = None

    @property
    def outcomes(self) -> Sequence[Mapping[str, Any]]:
        """One a definition, as ``handler.report.outcome.Outcome.fields``; none where the function raised."""
        return self.answer.result.get("outcomes", ()) if self.answer else ()

    @property
    def passed_over(self) -> Sequence[Mapping[str, Any]]:
        """The outcomes of definitions that the function did not look at: paused, or no image."""
        return [item for item in self.outcomes if item["previousRevision"] is None]

    @property
    def error(self) -> str:
        """Why not every definition was looked after; "" if all were."""
        if self.failure is not None:
            return str(self.failure)
        if self.answer is None or not self.answer.error:
            return ""
        if self._ran:
            return (
                f"function {self.call.function} failed: {self.answer.error}\n"
                f"Remedy: do what each reason says; `ecr-batch --pair {self.call.pair} monitor --since 10m` "
                "shows what became of the other job definitions"
            )
        return (
            f"function {self.call.function} failed: {self.answer.error}\n"
            f"Remedy: `aws logs tail /aws/lambda/{self.call.function} --since 30m` tells more; if the "
            "stack's configuration has changed since it was deployed, run `pulumi up`"
        )

    @property
    def exit(self) -> Exit:
        """OK when every definition was looked after, NO when one was not, CANNOT without a run."""
        if self.error:
            return Exit.NO if self._ran else Exit.CANNOT
        return Exit.NO if self.passed_over else Exit.OK

    @property
    def _ran(self) -> bool:
        return self.answer is not None and self.answer.raised == _RAN

    def fields(self) -> dict[str, Any]:
        """The reply as JSON."""
        return {
            "pair": self.call.pair,
            "function": self.call.function,
            "result": (self.answer.result or None) if self.answer else None,
            "error": self.error or None,
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


def reconcile(calls: Sequence[Call], aws: Aws) -> tuple[Reply, ...]:
    """Makes the calls, several at once; one that fails does not stop the others."""

    def make(call: Call) -> Answer:
        return Function(aws, call.function, timeout=call.timeout).call(call.event)

    made = each(make, calls, at_once=_AT_ONCE)
    return tuple(_reply(call, made.done.get(call), made.failed.get(call)) for call in calls)


def _reply(call: Call, answer: Answer | None, failure: Exception | None) -> Reply:
    if failure is None or isinstance(failure, OpsError):
        return Reply(call=call, answer=answer, failure=failure)
    raise failure
