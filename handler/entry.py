"""The Lambda function's entry point: reads settings and event, runs, reports, raises."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from typing import Any

from handler.batch import Batch
from handler.clients import clients
from handler.clock import Clock
from handler.ecr import Ecr
from handler.errors import SettingsError, UpdateFailed
from handler.follow import Follow
from handler.image import Repository
from handler.outcome import Result, passed_over
from handler.report import report
from handler.retention import retire
from handler.services import Services
from handler.settings import Settings
from handler.target import Target
from handler.trigger import Trigger, read_event
from handler.update import Task, update


def handle(event: Any, context: Any) -> dict[str, Any]:
    """Runs for one event and returns the result (see ``handler.outcome.Result.fields``).

    Raises SettingsError or EventError before anything is called, and UpdateFailed when a definition was
    not brought to the selected image. Whatever it raises, Lambda retries and then sends to the failure
    queue.
    """
    settings = Settings.from_environment(os.environ)
    logging.getLogger().setLevel(settings.log_level)
    # At DEBUG botocore logs what it sends and receives: whole job definitions, and the session's token.
    logging.getLogger("botocore").setLevel(max(logging.INFO, logging.getLogger().level))
    repository = repository_of(settings.repository, context.invoked_function_arn)
    trigger = read_event(event, repository, settings.job_definitions, context.aws_request_id)
    result = _paused(settings) if settings.paused else _run(settings, repository, trigger, context)
    report(result, trigger, datetime.now(UTC))
    if result.failures:
        raise _summary(result)
    return result.fields()


def repository_of(name: str, function_arn: str) -> Repository:
    """The repository of that name in the function's own account and region."""
    match function_arn.split(":"):
        case ["arn", partition, "lambda", region, account, "function", *_]:
            return Repository(account=account, region=region, name=name, partition=partition)
    raise SettingsError(
        f"{function_arn!r} is not the ARN of a Lambda function", remedy="run the handler in AWS Lambda"
    )


def _run(settings: Settings, repository: Repository, trigger: Trigger, context: Any) -> Result:
    def remaining() -> float:
        milliseconds: int = context.get_remaining_time_in_millis()
        return milliseconds / 1000

    aws = clients(remaining())
    clock = Clock(remaining=remaining, reserve=aws.slowest_call)
    target = Target.of(settings, repository)
    task = Task(
        pair=settings.pair,
        definitions=trigger.definitions or settings.job_definitions,
        intent=Follow(target=target, trigger=trigger, requirements=settings.requires),
        event_id=trigger.event_id,
        dry_run=settings.dry_run or trigger.dry_run,
    )
    services = Services(
        batch=Batch(reader=aws.batch, writer=aws.batch_writer, clock=clock),
        ecr=Ecr(aws.ecr, repository),
        clock=clock,
    )
    result = update(task, services)
    if settings.keep_revisions is None or task.dry_run:
        return result
    return retire(result, settings.keep_revisions, target.owns, services)


def _paused(settings: Settings) -> Result:
    outcomes = tuple(passed_over(name, "paused") for name in settings.job_definitions)
    return Result(pair=settings.pair, dry_run=settings.dry_run, image=None, outcomes=outcomes)


def _summary(result: Result) -> UpdateFailed:
    failures = result.failures
    listed = "; ".join(f"{item.definition}: {type(item.error).__name__}: {item.reason}" for item in failures)
    return UpdateFailed(
        f"{len(failures)} of {len(result.outcomes)} job definition(s) of pair {result.pair} failed: {listed}"
    )
