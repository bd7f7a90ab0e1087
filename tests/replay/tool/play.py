"""Plays a situation on the tool's console script and tells what anybody outside saw of it.

Runs in a process of its own, in which ``tests.replay.clock`` was installed before the tool was imported.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TextIO

import botocore.loaders
import botocore.session
import yaml

from tests.ops.support import checkout
from tests.replay.aws import VARIABLES
from tests.replay.clock import CLOCK, START
from tests.replay.network import Notes
from tests.replay.tool.account import Account
from tests.replay.tool.deployed import Resource
from tests.replay.tool.network import ToolNetwork
from tests.replay.tool.situation import Situation

_PROJECT = "ecr-batch-updater"
_PROGRAM = "ecr-batch"
_DEFECT = re.compile(r"^Traceback \(most recent call last\):\n(?:.*\n)*?(\S.*\n)(?=\S|\Z)", re.MULTILINE)
# What is shown while one waits, from where the cursor goes until it is back: how often hangs on the machine.
_SHOWN = re.compile(r"\x1b\[\?25l.*?\x1b\[\?25h(?:\r\x1b\[1A\x1b\[2K)?", re.DOTALL)
_FRAME = re.compile(r"\S ([^\r\n\x1b]+)")


def load() -> None:
    """Imports the tool, and has the SDK's files read once."""
    os.environ.clear()
    CLOCK.adds_up = False
    botocore.session.create_loader = cache(botocore.loaders.create_loader)
    import boto3  # noqa: PLC0415 - after the clock

    import ops.cli  # noqa: F401, PLC0415 - as above

    session = boto3.Session("key", "secret", region_name="eu-west-1")
    for name in ("batch", "cloudwatch", "ecr", "events", "iam", "lambda", "logs", "sns", "sqs", "sts"):
        session.client(name)


def play(situation: Situation, resources: Sequence[Resource]) -> dict[str, Any]:
    """What the tool was asked, what it wrote, how it ended, and its calls."""
    CLOCK.seconds, notes = START, Notes(mixed=True)
    account = _account(situation, resources)
    ToolNetwork(account, notes).install()
    waits = iter(range(1, 1000))

    def waited(seconds: float) -> None:
        notes.add(["wait", round(seconds, 3)])
        if next(waits) == situation.interrupted:
            signal.raise_signal(signal.SIGINT)

    CLOCK.told = waited
    with tempfile.TemporaryDirectory() as made:
        directory = Path(made).resolve()
        _prepare(directory, situation)
        with _streams(situation) as (out, err):
            code = _run(situation)
        told = {
            "run": f"{_PROGRAM} {situation.words}",
            "ends": code,
            "out": _written(_same(out.getvalue(), directory)),
            "err": _lines(_same(err[0], directory)),
            "calls": notes.taken(),
        }
    return {name: value for name, value in told.items() if value != []}


def _account(situation: Situation, resources: Sequence[Resource]) -> Account:
    account = Account(
        images=list(situation.images),
        happens=situation.happens,
        repositories=situation.repositories,
        resources=[(kind, dict(inputs)) for kind, inputs in resources],
    )
    if situation.function is not None:
        account.function = situation.function
    for document in situation.revisions:
        account.batch.register(document)
    for change in situation.before:
        change(account)
    return account


def _prepare(directory: Path, situation: Situation) -> None:
    """The checkout, as the current directory, and the environment."""
    config = {key if ":" in key else f"{_PROJECT}:{key}": value for key, value in situation.stack.items()}
    text = yaml.safe_dump({"config": {"aws:region": "eu-west-1", **config}}, sort_keys=False)
    checkout(directory, dev=text)
    for name, content in situation.files.items():
        file = directory / name
        if content is None:
            file.unlink()
        else:
            file.parent.mkdir(exist_ok=True)
            file.write_text(content)
            file.chmod(0o755)
    variables = {
        **{name: value for name, value in VARIABLES.items() if name != "AWS_DEFAULT_REGION"},
        "AWS_EC2_METADATA_DISABLED": "true",
        "HOME": str(directory),
        "PATH": f"{directory}/bin:{os.defpath}",
        "TERM": "xterm-256color",
        "COLUMNS": str(situation.screen or 80),
        "LINES": "25",
        **situation.environment,
    }
    os.environ.clear()
    os.environ.update({name: value for name, value in variables.items() if value is not None})
    os.chdir(directory)


class _Written(io.StringIO):
    def __init__(self, text: str = "", *, terminal: bool) -> None:
        super().__init__(text)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


class _Errors(io.TextIOWrapper):
    terminal = False

    def isatty(self) -> bool:
        return self.terminal


@contextlib.contextmanager
def _streams(situation: Situation) -> Iterator[tuple[_Written, list[str]]]:
    """Standard output, and what was written to standard error once the block is over.

    Standard error is a file, since a handler of signals writes to its number.
    """
    before: tuple[TextIO, ...] = (sys.stdin, sys.stdout, sys.stderr)
    out, told, kept = _Written(terminal=bool(situation.screen)), [""], os.dup(2)
    typed = situation.types
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 2)
        errors = _Errors(io.FileIO(2, "w", closefd=False), errors="backslashreplace", write_through=True)
        errors.terminal = situation.progress
        given = situation.input if typed is None else typed
        sys.stdin, sys.stdout, sys.stderr = _Written(given, terminal=typed is not None), out, errors
        try:
            yield out, told
        finally:
            sys.stdin, sys.stdout, sys.stderr = before
            os.dup2(kept, 2)
            os.close(kept)
            file.seek(0)
            told[0] = file.read().decode()


def _run(situation: Situation) -> Any:
    """The exit code."""
    from ops.cli import main  # noqa: PLC0415 - after the clock

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv[:] = [_PROGRAM, *shlex.split(situation.words)]
    try:
        main()
    except SystemExit as end:
        return int(end.code) if isinstance(end.code, int) else end.code


def _written(text: str) -> Any:
    """One JSON document, JSON values a line each, or lines."""
    with contextlib.suppress(ValueError):
        document = json.loads(text)
        if text == json.dumps(document, indent=2, ensure_ascii=False) + "\n":
            return {"json": document}
    with contextlib.suppress(ValueError):
        values = [json.loads(line) for line in text.splitlines()]
        if values and text == "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in values):
            return {"json lines": values}
    return _lines(text)


def _same(text: str, directory: Path) -> str:
    """The text as it is on every machine and whatever the function's files are: a defect's traceback is its
    last line, a spinner one frame."""
    text = _DEFECT.sub(r"Traceback: \1", text.replace(str(directory), "$DIRECTORY"))
    text = _SHOWN.sub(lambda shown: f"<{', '.join(dict.fromkeys(_FRAME.findall(shown[0])))}>\n", text)
    return re.sub(r"\b\d+ files as in", "$N files as in", text)


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []
