"""``ecr-batch rollback`` at a terminal: it asks first, and what Ctrl-C does."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.ops.conftest import Tool
from tests.ops.revisions import HOLD, URI, sent


class Terminal:
    """A rollback that has just asked, on a terminal."""

    def __init__(self, tool: Tool) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            tool.command("-o", "json", "rollback", "ocr-job"),
            env=tool.environment,
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        os.close(theirs)
        self.shown = b""
        assert self.process.stderr is not None
        while not self.shown.endswith(b"[y/N]:"):
            self.shown += os.read(self.process.stderr.fileno(), 1) or pytest.fail(self.shown.decode())

    def answer(self, text: str) -> None:
        os.write(self._ours, f"{text}\n".encode())

    def end(self) -> tuple[int, str]:
        """The exit code and what was written to standard output."""
        out, _ = self.process.communicate(timeout=60)
        os.close(self._ours)
        return self.process.returncode, out.decode()


@pytest.fixture
def terminal(tool: Tool, two: tuple[str, str]) -> Iterator[Terminal]:
    opened = Terminal(tool)
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


def test_ctrl_c_instead_of_an_answer_interrupts(tool: Tool, terminal: Terminal) -> None:
    terminal.process.send_signal(signal.SIGINT)
    code, out = terminal.end()
    assert (code, out) == (130, "")
    assert max(tool.active("ocr-job")) == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_in_the_middle_ends_it_once_it_is_done(tool: Tool, terminal: Terminal, number: int) -> None:
    registered = len(sent(tool))
    tool.cloud.faults.add("batch:RegisterJobDefinition", "timeout-after", seconds=2)
    terminal.answer("y")
    while len(sent(tool)) == registered:
        assert terminal.process.poll() is None
        time.sleep(0.02)
    terminal.process.send_signal(number)
    code, out = terminal.end()
    assert (code, json.loads(out)["newRevision"]) == (130, 4)
    assert max(tool.active("ocr-job")) == 4
