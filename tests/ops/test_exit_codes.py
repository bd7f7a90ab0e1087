from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import botocore.exceptions as sdk
import pytest
from typer.testing import CliRunner

from handler.aws.calls import translated
from ops.aws import Aws, in_operators_words
from ops.cli import app, exit_code_of
from ops.errors import CredentialsError, OpsError
from tests.support.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


def raising(error: BaseException) -> Callable[[], NoReturn]:
    def run() -> NoReturn:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SystemExit(None), 0),
        (SystemExit(1), 1),
        (OpsError("no region", remedy="set one"), 2),
        (ValueError("a defect"), 2),
        (SystemExit("text"), 2),
        (KeyboardInterrupt(), 130),
        (SystemExit(130), 130),
    ],
)
def test_each_end_has_its_exit_code(error: BaseException, code: int) -> None:
    assert exit_code_of(raising(error)) == code


ASKING = """
import sys, typer
from ops.cli import exit_code_of
app = typer.Typer()
app.command()(lambda: typer.confirm("Go on?"))
sys.exit(exit_code_of(app))
"""


@pytest.fixture
def asking() -> Iterator[subprocess.Popen[bytes]]:
    """A program that has just asked whether to go on."""
    command = [sys.executable, "-c", ASKING]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    ) as program:
        assert program.stdout is not None
        asked = b""
        while not asked.endswith(b"[y/N]:"):
            asked += program.stdout.read(1) or pytest.fail("it ended before it asked")
        yield program


def test_ctrl_c_at_a_prompt_interrupts(asking: subprocess.Popen[bytes]) -> None:
    asking.send_signal(signal.SIGINT)
    assert asking.stdin is not None
    # One that comes just before a read begins does not end that read: so it is with every Python program.
    asking.stdin.write(b"n\n")
    assert asking.wait(PATIENCE) == 130


def test_the_end_of_input_at_a_prompt_declines(asking: subprocess.Popen[bytes]) -> None:
    assert asking.stdin is not None
    asking.stdin.close()
    assert asking.wait(PATIENCE) == 1


def test_an_error_is_written_to_standard_error_with_its_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    exit_code_of(raising(OpsError("no region", remedy="set aws:region")))
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "ecr-batch: no region\nRemedy: set aws:region\n"


def test_a_defect_shows_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    exit_code_of(raising(ValueError("a defect")))
    assert "ValueError: a defect" in capsys.readouterr().err


def test_the_version_is_printed_without_a_stack() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, "ecr-batch 0.1.0\n")


def test_the_help_names_every_global_option_and_the_exit_codes() -> None:
    result = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    for option in (
        "-s",
        "--stack",
        "-p",
        "--pair",
        "-C",
        "--cwd",
        "--config",
        "--profile",
        "--region",
        "--endpoint-url",
        "-o",
        "--output",
        "Exit codes",
    ):
        assert option in result.stdout


@pytest.mark.parametrize("arguments", [[], ["no-such-verb"], ["-o", "xml", "status"], ["--nonsense"]])
def test_wrong_usage_could_not(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["ecr-batch", *arguments])
    assert exit_code_of(app) == 2


def test_a_profile_that_does_not_exist_is_a_credentials_error() -> None:
    with pytest.raises(CredentialsError, match="no-such-profile"):
        Aws(profile="no-such-profile")


def client_error(code: str) -> sdk.ClientError:
    return sdk.ClientError({"Error": {"Code": code, "Message": "why"}}, "DescribeJobDefinitions")


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (sdk.NoCredentialsError(), "CredentialsError", "no usable AWS credentials"),
        (client_error("ExpiredTokenException"), "CredentialsError", "refuses the credentials"),
        (client_error("AccessDeniedException"), "Denied", "your credentials don't allow"),
        (client_error("ServerException"), "AwsFailed", "AWS refused a call"),
        (sdk.EndpointConnectionError(endpoint_url="http://nowhere"), "AwsFailed", "can't be reached"),
        (sdk.ReadTimeoutError(endpoint_url="http://nowhere"), "AwsFailed", "can't be reached"),
    ],
)
def test_a_failed_call_is_told_in_the_operators_words(error: Exception, kind: str, words: str) -> None:
    told = in_operators_words(error)
    assert (type(told).__name__, bool(told.remedy)) == (kind, True)
    assert words in told.message


def test_a_denied_call_of_the_handlers_own_code_speaks_of_the_operator_not_of_the_function() -> None:
    denied = client_error("AccessDeniedException")
    error = translated(denied, "batch:DescribeJobDefinitions", "job definition ocr-job")
    error.__cause__ = denied
    told = str(in_operators_words(error))
    assert "your credentials don't allow batch:DescribeJobDefinitions" in told
    assert "function" not in told
