"""The Lambda function's entry point: reads settings and event, runs, reports, raises."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from typing import Any

from handler import cold_start
from handler.aws.batch import Batch
from handler.aws.clients import clients
from handler.aws.ecr import Ecr
from handler.aws.events import Bus
from handler.clock import Clock
from handler.document.image import Repository
from handler.errors import NoticesLost, SettingsError, UpdateFailed
from handler.event import Trigger, read_event
from handler.intent import Follow, Services
from handler.report.log import report
from handler.report.notices import notices
from handler.report.outcome import Result, passed_over
from handler.retention import retire
from handler.run import Task, update
from handler.settings import Settings
from handler.target import Target

cold_start.load()


def handle(event: Any, context: Any) -> dict[str, Any]:
    """Runs for one event and returns the result (see ``handler.report.outcome.Result.fields``).

    Raises SettingsError or EventError before anything is called, UpdateFailed when a definition was not
    brought to the selected image, and NoticesLost when nothing but publishing failed. Whatever it raises,
    Lambda retries and then sends to the failure queue.
    """
    settings = Settings.from_environment(os.environ)
    logging.getLogger().setLevel(settings.log_level)
    # At DEBUG botocore logs what it sends and receives: whole job definitions, and the session's token.
    logging.getLogger("botocore").setLevel(max(logging.INFO, logging.getLogger().level))
    repository = repository_of(settings.repository, context.invoked_function_arn)
    trigger = read_event(event, repository, settings.job_definitions, context.aws_request_id)
    result = _paused(settings) if settings.paused else _run(settings, repository, trigger, context)
    report(result, trigger, datetime.now(UTC), context.function_name)
    unpublished = _publish(result, trigger, repository, context) if settings.notify else None
    if result.failures:
        if unpublished is not None:
            # Whoever reads the log passes over the summary, which repeats the failures.
            logging.getLogger().error("outcomes were not published", exc_info=unpublished)
        raise _summary(result, unpublished)
    if unpublished is not None:
        raise unpublished
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
    clock, aws = _clock(context), clients(_remaining(context))
    target = Target(settings=settings, repository=repository)
    task = Task(
        pair=settings.pair,
        definitions=trigger.definitions or settings.job_definitions,
        intent=Follow(target=target, trigger=trigger),
        event_id=trigger.event_id,
        dry_run=settings.dry_run or trigger.dry_run,
    )
    batch = Batch(reader=aws.batch, writer=aws.batch_writer, clock=clock)
    services = Services(batch=batch, ecr=Ecr(aws.ecr, repository), clock=clock)
    result = update(task, services)
    if settings.keep_revisions is None or task.dry_run:
        return result
    return retire(result, settings.keep_revisions, target.owns, services)


def _publish(result: Result, trigger: Trigger, repository: Repository, context: Any) -> NoticesLost | None:
    """Publishes, and returns the error of that: it must not hide those of the definitions."""
    news = notices(result, trigger, repository)
    if not news:
        return None
    try:
        # A run that ran out of time has kept back what its slowest call may take, and ought to say so.
        Bus(clients(_remaining(context)).events, _clock(context, share=1 / 4)).publish(news)
    except NoticesLost as error:
        return error
    return None


def _clock(context: Any, share: float = 1.0) -> Clock:
    """Keeps back that share of what the slowest call may take."""
    reserve = clients(_remaining(context)).slowest_call * share
    return Clock(remaining=lambda: _remaining(context), reserve=reserve)


def _remaining(context: Any) -> float:
    """The seconds until Lambda ends the function."""
    milliseconds: int = context.get_remaining_time_in_millis()
    return milliseconds / 1000


def _paused(settings: Settings) -> Result:
    outcomes = tuple(passed_over(name, "paused") for name in settings.job_definitions)
    return Result(pair=settings.pair, dry_run=settings.dry_run, image=None, outcomes=outcomes)


def _summary(result: Result, unpublished: NoticesLost | None) -> UpdateFailed:
    failures = result.failures
    listed = "; ".join(f"{item.definition}: {type(item.error).__name__}: {item.reason}" for item in failures)
    return UpdateFailed(
        f"{len(failures)} of {len(result.outcomes)} job definition(s) of pair {result.pair} failed: {listed}"
        + (f" Besides, {unpublished}" if unpublished else "")
    )
