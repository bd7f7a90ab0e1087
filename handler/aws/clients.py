"""The AWS clients, tuned so that the slowest call ends well before the function does.

Retry modes: boto3's guide "Retries" (standard mode repeats throttling, 5xx and lost connections with
backoff).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import botocore
from botocore.config import Config

from handler import cold_start
from handler.clock import CALL_ATTEMPTS, CallTimes
from handler.parallel import MOST_AT_ONCE


@dataclass(frozen=True)
class Clients:
    """One session's clients; ``batch_writer`` repeats nothing on its own.

    ``slowest_call`` is what a call with all its retries can take, in seconds.
    """

    batch: Any
    batch_writer: Any
    ecr: Any
    events: Any
    slowest_call: float


_made: list[Clients] = []


def clients(timeout: float) -> Clients:
    """The clients for a function with a timeout of that many seconds; made once a process."""
    if not _made:
        _made.append(make(cold_start.session(), timeout))
    return _made[0]


def make(session: Any, timeout: float) -> Clients:
    """New clients of a botocore session; ``timeout`` as for ``clients``."""
    times = CallTimes.within(timeout)

    def client(service: str, attempts: int = CALL_ATTEMPTS) -> Any:
        config = Config(
            connect_timeout=times.connect,
            read_timeout=times.read,
            retries={"mode": "standard", "total_max_attempts": attempts},
            max_pool_connections=MOST_AT_ONCE,
            # Tells CloudTrail who called. Putting the SDK's own together is a fifth of a call's CPU time.
            user_agent=f"ecr-batch-updater Botocore/{botocore.__version__}",
        )
        return session.create_client(service, config=config)

    return Clients(
        batch=client("batch"),
        batch_writer=client("batch", attempts=1),
        ecr=client("ecr"),
        events=client("events"),
        slowest_call=times.slowest,
    )
