"""The function: able to run, and the one that this checkout would deploy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from components.archive import HANDLER, RUNTIME
from ops.check.ask import Ask
from ops.check.expected import Expected
from ops.check.verdict import Finding, Good, Link, Verdict


@dataclass(frozen=True, kw_only=True)
class Function:
    """What GetFunction says. ``concurrency`` is reserved for it, None if nothing is.

    ``code_url`` is where its archive can be downloaded for the next minutes.
    """

    state: str
    state_reason: str
    last_update: str
    concurrency: int | None
    role: str
    runtime: str
    handler: str
    timeout: int
    memory: int
    environment: Mapping[str, str] = field(repr=False)
    code_url: str = field(repr=False)


def look_at_function(ask: Ask, name: str) -> Function | None:
    """The function, or None if there is none."""
    found = ask("lambda", "get_function", absent=["ResourceNotFoundException"], FunctionName=name)
    if found is None:
        return None
    configuration: Mapping[str, Any] = found["Configuration"]
    return Function(
        state=configuration.get("State", "Active"),
        state_reason=configuration.get("StateReason", ""),
        last_update=configuration.get("LastUpdateStatus", "Successful"),
        concurrency=(found.get("Concurrency") or {}).get("ReservedConcurrentExecutions"),
        role=configuration["Role"].rpartition("/")[2],
        runtime=configuration.get("Runtime", ""),
        handler=configuration.get("Handler", ""),
        timeout=configuration.get("Timeout", 0),
        memory=configuration.get("MemorySize", 0),
        environment=(configuration.get("Environment") or {}).get("Variables") or {},
        code_url=found["Code"]["Location"],
    )


def judge_function(function: Function | None, expected: Expected) -> Iterator[Verdict]:
    """Whether it can run, and whether it has the settings beside its environment."""
    name = expected.names.base
    problems = (
        [("there is no such Lambda function", expected.redeploy)]
        if function is None
        else [*_cannot_run(function, expected), *_other_settings(function, expected)]
    )
    for found, remedy in problems:
        yield Finding(link=Link.FUNCTION, subject=name, found=found, remedy=remedy)
    if not problems:
        yield Good(link=Link.FUNCTION, subject=name)


def _cannot_run(function: Function, expected: Expected) -> Iterator[tuple[str, str]]:
    """States: lambda/latest/dg/functions-states.html."""
    if function.state != "Active":
        reason = f" ({function.state_reason})" if function.state_reason else ""
        remedy = {
            "Pending": "wait a minute and check again",
            "Inactive": f"run {expected.tool('reconcile')}: being invoked wakes it up",
        }
        yield (
            f"it is {function.state}{reason}, not Active",
            remedy.get(function.state, expected.redeploy),
        )
    elif function.last_update == "Failed":
        yield "its last update failed", expected.redeploy
    if function.concurrency == 0:
        command = f"lambda delete-function-concurrency --function-name {expected.names.base}"
        yield "its reserved concurrency is 0, so it never runs", f"run {expected.aws(command)}"


def _other_settings(function: Function, expected: Expected) -> Iterator[tuple[str, str]]:
    drift = [
        f"{what} {deployed}, this checkout deploys {wanted}"
        for what, deployed, wanted in (
            ("runtime", function.runtime, RUNTIME),
            ("handler", function.handler, HANDLER),
            ("timeoutSeconds", function.timeout, expected.pair.timeout_seconds),
            ("memoryMb", function.memory, expected.pair.memory_mb),
        )
        if deployed != wanted
    ]
    if drift:
        yield f"it has {'; '.join(drift)}", expected.redeploy


def judge_environment(function: Function, expected: Expected) -> Iterator[Verdict]:
    """Which of its environment variables differ."""
    wanted, deployed = expected.settings.environment(), function.environment
    drift = [
        *(f"{key} is missing" for key in wanted if key not in deployed),
        *(
            f"{key} is {deployed[key]!r}, this checkout deploys {wanted[key]!r}"
            for key in wanted
            if key in deployed and deployed[key] != wanted[key]
        ),
        # Whatever somebody put there by hand may be a secret, so its value is not shown.
        *(f"{key} is set, this checkout does not set it" for key in deployed if key not in wanted),
    ]
    if drift:
        yield Finding(
            link=Link.ENVIRONMENT,
            subject=expected.names.base,
            found="; ".join(drift),
            remedy=expected.redeploy,
        )
    else:
        yield Good(link=Link.ENVIRONMENT, subject=expected.names.base)
