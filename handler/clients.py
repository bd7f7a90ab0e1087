"""The AWS clients, tuned so that the slowest call ends well before the function does.

botocore is used without boto3, whose import the function would pay for at every cold start. Retry modes:
boto3's guide "Retries" (standard mode repeats throttling, 5xx and lost connections with backoff).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config

from handler.parallel import MOST_AT_ONCE

_ATTEMPTS = 4


@dataclass(frozen=True)
class Clients:
    """One session's clients; ``batch_writer`` repeats nothing on its own.

    ``events`` makes its client when it is first called: most runs have nothing to publish.
    """

    batch: Any
    batch_writer: Any
    ecr: Any
    events: Callable[[], Any]
    slowest_call: float


_made: list[Clients] = []


def clients(timeout: float) -> Clients:
    """The clients for a function with a timeout of that many seconds; made once a process.

    ``slowest_call`` is what a call with all its retries can take, in seconds; of a timeout that is hardly
    longer, a third.
    """
    if not _made:
        _made.append(_make(timeout))
    return _made[0]


def _make(timeout: float) -> Clients:
    session = botocore.session.get_session()
    wait = min(10.0, max(1.0, timeout / 30))

    def client(service: str, attempts: int) -> Any:
        config = Config(
            connect_timeout=min(3.0, wait),
            read_timeout=wait,
            retries={"mode": "standard", "total_max_attempts": attempts},
            max_pool_connections=MOST_AT_ONCE,
        )
        return session.create_client(service, config=config)

    return Clients(
        batch=client("batch", _ATTEMPTS),
        batch_writer=client("batch", 1),
        ecr=client("ecr", _ATTEMPTS),
        events=cache(lambda: client("events", _ATTEMPTS)),
        slowest_call=min(_ATTEMPTS * wait + 2 ** (_ATTEMPTS - 1) - 1, timeout / 3),
    )
