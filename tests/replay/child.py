"""A process of its own for each piece of work, so that none sees what another one left behind."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any


def in_child(work: Callable[[], Any]) -> Any:
    """What ``work`` returns, as JSON carries it, from a copy of this process; raises RuntimeError."""
    read, write = os.pipe()
    process = os.fork()
    if process == 0:
        _work(work, write)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(process, 0)
    if status:
        raise RuntimeError("a child process failed; what it printed says why")
    return json.loads(answer)


def _work(work: Callable[[], Any], pipe: int) -> None:
    """Never returns: the copy must not go on with the work of its parent."""
    status = 1
    try:
        with os.fdopen(pipe, "w") as answer:
            json.dump(work(), answer)
        status = 0
    except BaseException:  # noqa: BLE001 - told by the status, whatever it is
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)
