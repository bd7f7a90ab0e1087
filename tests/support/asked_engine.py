"""What Pulumi's engine makes of stack_files' files: ``python -m tests.support.asked_engine`` records it.

Each pair of files is one `pulumi preview` of a program that does nothing, in a language host that notes which
configuration a program gets.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from tests.support.engine import PASSPHRASE
from tests.support.stack_files import RECORD, Files, all_files
from tools.engine.cli import pulumi_cli

_PATIENCE = 600  # seconds; only a hang takes as long
_AT_ONCE = 2


def ask(cli: Path, folder: Path, files: dict[str, Files]) -> dict[str, dict[str, Any]]:
    """The engine's answer to each pair of files, in the form of the record; ``folder`` is to be empty."""
    state = folder / "state"
    state.mkdir()
    with _listener() as (port, heard), ThreadPoolExecutor(_AT_ONCE) as pool:
        environment = {
            **os.environ,
            "PULUMI_BACKEND_URL": f"file://{state}",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_DEBUG_LANGUAGES": f"python:{port}",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "TZ": "UTC",  # a time with the offset of the machine's zone would get that zone's name
        }

        def one(number: int, name: str) -> tuple[str, dict[str, Any]]:
            stack = f"stack-{number}"
            project = folder / stack
            project.mkdir()
            (project / "Pulumi.yaml").write_bytes(_without_environment(files[name].project).encode())
            (project / f"Pulumi.{stack}.yaml").write_bytes(files[name].stack.encode())
            (project / "__main__.py").write_text("")
            code, said = _preview(cli, project, stack, environment, state)
            if code == 0:
                return name, {"values": heard[stack]}
            assert stack not in heard, f"{name}: refused after the program had run: {said}"
            return name, {"refused": _reason(said, folder)}

        return dict(pool.map(one, range(len(files)), files))


def _preview(
    cli: Path, project: Path, stack: str, environment: dict[str, str], state: Path
) -> tuple[int, str]:
    # A project that the engine refuses could have no stack, and each `stack init` costs a second.
    name = re.findall(r"^name: (.+)$", (project / "Pulumi.yaml").read_text(), re.MULTILINE)
    for each in name[:1]:
        known = state / ".pulumi" / "stacks" / each.strip("'")
        known.mkdir(parents=True, exist_ok=True)
        (known / f"{stack}.json").write_text(json.dumps({"version": 3, "checkpoint": {"stack": stack}}))
    done = subprocess.run(
        [cli, "preview", "--non-interactive", "--color=never", "--stack", stack, "-C", project],
        env=environment,
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def _without_environment(project: str) -> str:
    """The repository's Pulumi.yaml names a virtual environment, which no program here needs."""
    return re.sub(r"^ +virtualenv: .*\n", "", project, flags=re.MULTILINE)


def _reason(said: str, folder: Path) -> str:
    lines = [line for line in said.splitlines() if line.startswith("error: ")]
    assert lines, said
    reason = re.sub(rf"{re.escape(str(folder))}/stack-\d+/?", "", lines[-1].removeprefix("error: "))
    return re.sub(r"stack-\d+", "dev", reason)


class _Listener(language_pb2_grpc.LanguageRuntimeServicer):
    def __init__(self, heard: dict[str, dict[str, str]]) -> None:
        self._heard = heard

    def Handshake(self, _request: Any, _context: Any) -> Any:  # noqa: N802 - here and below, gRPC's names
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return plugin_pb2.PluginInfo()

    def GetRequiredPackages(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return language_pb2.GetRequiredPackagesResponse()

    def Run(self, request: Any, _context: Any) -> Any:  # noqa: N802
        self._heard[request.stack] = dict(request.config)
        return language_pb2.RunResponse()


@contextmanager
def _listener() -> Iterator[tuple[int, dict[str, dict[str, str]]]]:
    heard: dict[str, dict[str, str]] = {}
    with ThreadPoolExecutor() as pool:
        server = grpc.server(pool)
        language_pb2_grpc.add_LanguageRuntimeServicer_to_server(_Listener(heard), server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield port, heard
        finally:
            server.stop(grace=None).wait()


def main() -> None:
    """Writes the record."""
    with tempfile.TemporaryDirectory() as folder:
        answers = ask(pulumi_cli(), Path(folder), all_files())
    RECORD.write_text(json.dumps(answers, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
