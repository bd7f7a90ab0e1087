"""``ecr-batch rollback`` at a terminal: it asks first, and what Ctrl-C does."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from collections.abc import Callable, Iterator

import pytest

from ops.verbs.operation import NOTICE
from tests.ops.conftest import Tool
from tests.ops.revisions import HOLD, URI
from tests.ops.warm import tool as warm
from tests.support.patience import PATIENCE, until

Command = Callable[..., list[str]]


class Terminal:
    """A rollback that has just asked, on a terminal."""

    def __init__(self, tool: Tool, command: Command) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            command(*tool.options, "-o", "json", "rollback", "ocr-job"),
            env=tool.environment,
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        os.close(theirs)
        self.shown = b""
        self.read("[y/N]:")

    def read(self, end: str) -> None:
        """Waits until ``end`` has been written to standard error."""
        assert self.process.stderr is not None
        while not self.shown.endswith(end.encode()):
            self.shown += os.read(self.process.stderr.fileno(), 1) or pytest.fail(self.shown.decode())

    def answer(self, text: str) -> None:
        os.write(self._ours, f"{text}\n".encode())

    def end(self) -> tuple[int, str]:
        """The exit code and what was written to standard output."""
        out, _ = self.process.communicate(timeout=PATIENCE)
        os.close(self._ours)
        return self.process.returncode, out.decode()


@pytest.fixture
def terminal(tool: Tool, two: tuple[str, str], request: pytest.FixtureRequest) -> Iterator[Terminal]:
    opened = Terminal(tool, getattr(request, "param", warm.tool))
    yield opened
    opened.process.kill()
    opened.process.wait()


def test_it_asks_first_and_shows_what_would_change(
    tool: Tool, two: tuple[str, str], terminal: Terminal
) -> None:
    good, bad = two
    shown = terminal.shown.decode()
    assert f"containerProperties.image: {URI}/backend@{bad} -> {URI}/backend@{good}" in shown
    assert f"tags.{HOLD}: - -> rolled back to revision 2 by " in shown
    assert "ecr-batch unhold ocr-job" in shown
    terminal.answer("y")
    code, out = terminal.end()
    assert (code, json.loads(out)["newRevision"]) == (0, 4)
    assert max(tool.active("ocr-job")) == 4


def test_a_no_declines(tool: Tool, terminal: Terminal) -> None:
    terminal.answer("n")
    code, out = terminal.end()
    assert (code, json.loads(out)["reason"]) == (1, "declined")
    assert max(tool.active("ocr-job")) == 3


@pytest.mark.parametrize("terminal", [warm.cold], indirect=True)
def test_ctrl_c_instead_of_an_answer_interrupts(tool: Tool, terminal: Terminal) -> None:
    terminal.process.send_signal(signal.SIGINT)
    # One that comes just before a read begins does not end that read: so it is with every Python program.
    terminal.answer("n")
    code, out = terminal.end()
    assert (code, out) == (130, "")
    assert max(tool.active("ocr-job")) == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_in_the_middle_ends_it_once_it_is_done(tool: Tool, terminal: Terminal, number: int) -> None:
    tool.cloud.faults.add("batch:RegisterJobDefinition", "timeout-after")
    terminal.answer("y")
    until(lambda: tool.cloud.faults.held == 1, "it has registered, and waits for the answer")
    terminal.process.send_signal(number)
    terminal.read(f"{NOTICE}\n")
    tool.cloud.faults.release()
    code, out = terminal.end()
    assert (code, json.loads(out)["newRevision"]) == (130, 4)
    assert max(tool.active("ocr-job")) == 4
