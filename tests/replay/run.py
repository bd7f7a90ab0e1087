"""Plays a scenario on the function's entry and tells what anybody outside saw of it.

Runs in a process of its own, in which ``tests.replay.clock`` was installed before the function was imported.
"""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import botocore.session

from local.batch.store import BatchStore
from tests.replay.aws import REGION, World, blobs
from tests.replay.clock import CLOCK
from tests.replay.network import Network, Notes
from tests.replay.scenario import Scenario, job
from tests.replay.told import FUNCTION, Log, lambda_error, told


def load() -> None:
    """Has botocore and the strict store load what they load when they are first used."""
    session = botocore.session.Session()
    for service in ("batch", "ecr", "events"):
        session.create_client(service, region_name=REGION)
    BatchStore().register(job())


def warm_up(environment: Mapping[str, str]) -> None:
    """An invocation that makes the function's clients. It leaves no variable behind."""
    before = dict(os.environ)
    play(Scenario(), environment)
    os.environ.clear()
    os.environ.update(before)


def play(scenario: Scenario, environment: Mapping[str, str]) -> list[Any]:
    """What each invocation of the scenario did."""
    os.environ.update(environment)
    notes = Notes()
    world = World(
        images=list(scenario.images),
        happens=scenario.happens,
        page=scenario.page,
        blobs=blobs(scenario.blobs),
        frequency=scenario.frequency,
        repositories=scenario.repositories,
    )
    for document in scenario.revisions:
        world.batch.register(document)
    for change in scenario.before:
        change(world)
    Network(world, notes).install()
    CLOCK.told = lambda seconds: notes.add(["wait", round(seconds, 3)])
    from handler.entry import handle  # noqa: PLC0415 - after the clock; the parent has loaded it

    played: list[Any] = []
    for step in scenario.steps:
        if callable(step):
            step(world)
            continue
        for _ in range(scenario.attempts):
            played.append(_invoke(handle, step, scenario, notes))
            if "error" not in played[-1]:
                break
    return played


def _invoke(handle: Callable[..., Any], event: Any, scenario: Scenario, notes: Notes) -> dict[str, Any]:
    began = CLOCK.seconds
    context = SimpleNamespace(
        invoked_function_arn=scenario.arn,
        aws_request_id="request",
        function_name=FUNCTION,
        get_remaining_time_in_millis=lambda: round((scenario.seconds - CLOCK.seconds + began) * 1000),
    )
    log, printed, screen = Log(), io.StringIO(), sys.stdout
    logging.getLogger().addHandler(log)
    sys.stdout = printed
    try:
        ended = {"result": handle(event, context)}
    except Exception as error:  # noqa: BLE001 - Lambda takes any
        ended = {"error": lambda_error(error)}
    finally:
        sys.stdout = screen
        logging.getLogger().removeHandler(log)
    return told(log, notes.taken(), printed.getvalue(), ended)
