"""The way in which tests run the tool is no other than to start it: it only needs less time."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ops.support import checkout, environment
from tests.ops.warm.tool import tool
from tests.support.patience import PATIENCE

WAITING = ("policy", "try", "--policy", "{glob: '*'}", "--list", "-")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("status", "--no-such-option"),
        ("-s", "prod", "history", "job"),
        ("-o", "json", *WAITING),
    ],
)
def test_a_warm_run_ends_and_writes_as_one_that_was_started(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    def ended(command: list[str]) -> tuple[int, str, str]:
        done = subprocess.run(
            command,
            cwd=checkout(tmp_path),
            env=environment(COLUMNS="70"),
            input="v1\nv2 né\n",
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    assert ended(tool(*arguments)) == ended([sys.executable, "-m", "ops.cli", *arguments])


@pytest.fixture
def waiting() -> Iterator[subprocess.Popen[bytes]]:
    """A run that reads its standard input, which does not end."""
    command = tool(*WAITING)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin is not None
        # More than a pipe holds, so that the tool has begun to read when all is written.
        running.stdin.write(b"# nothing\n" * 10_000)
        running.stdin.flush()
        yield running
        running.kill()


# Ctrl-C as well, where the tool does not read (test_monitor.py, test_status_follow.py): one that comes just
# before a read begins does not end that read, as in every Python program.
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_the_tool_ends_its_run(waiting: subprocess.Popen[bytes], number: int) -> None:
    waiting.send_signal(number)
    assert waiting.wait(PATIENCE) == -number


def test_no_tool_outlives_a_run_that_is_killed(waiting: subprocess.Popen[bytes]) -> None:
    assert waiting.stdout is not None
    waiting.kill()
    # Ends once nobody holds the other end any more.
    assert waiting.stdout.read() == b""
