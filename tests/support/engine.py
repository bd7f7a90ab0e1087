"""A Pulumi project that the real CLI works on, with its state in a folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.patience import PATIENCE
from tests.support.recorder import ROOT

PASSPHRASE = "local"


@dataclass(frozen=True)
class Ran:
    """One run of the CLI. ``output`` is all that a person would have seen, ``stdout`` its answer alone."""

    code: int
    stdout: str
    output: str
    events: tuple[Mapping[str, Any], ...]

    def steps(self, *but: str) -> dict[str, str]:
        """URN -> what was (in a preview: would be) done to it last, unless that is in ``but``."""
        found = {}
        for event in self.events:
            metadata = (event.get("resourcePreEvent") or {}).get("metadata")
            if metadata:
                found[metadata["urn"]] = metadata["op"]
        return {urn: step for urn, step in found.items() if step not in but}

    def changes(self) -> dict[str, str]:
        """The last parts of the URNs of what did not stay the same, with the operation."""
        return {urn.rpartition("::")[2]: step for urn, step in self.steps("same", "read", "refresh").items()}

    def done(self) -> list[tuple[str, str]]:
        """Each operation that came to its end and the last part of its URN, in their order."""
        ended = [event["resOutputsEvent"]["metadata"] for event in self.events if "resOutputsEvent" in event]
        return [(each["op"], each["urn"].rpartition("::")[2]) for each in ended]


@dataclass(frozen=True)
class Project:
    """``folder`` holds Pulumi.yaml and the program; ``state`` becomes the backend."""

    folder: Path
    state: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def write(self, program: str, *, name: str = "project", **more: Any) -> None:
        """Makes the project from the text of its program; ``more`` are keys of Pulumi.yaml."""
        # JSON is YAML.
        description = {"name": name, "runtime": {"name": "python"}, **more}
        (self.folder / "Pulumi.yaml").write_text(json.dumps(description))
        (self.folder / "__main__.py").write_text(program)

    def variables(self) -> dict[str, str]:
        """The environment of every command."""
        return {
            **os.environ,
            "PULUMI_BACKEND_URL": f"file://{self.state}",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DEBUG_COMMANDS": "true",  # for --event-log
            **self.environment,
        }

    def pulumi(self, *arguments: str, check: bool = True) -> Ran:
        """Runs ``pulumi ARGUMENTS`` there; fails when it ends with another code than 0 unless told."""
        self.state.mkdir(exist_ok=True)
        log = self.state / "events.json"
        log.unlink(missing_ok=True)
        logged = ["--event-log", str(log)] if arguments[0] in _LOGGED else []
        process = subprocess.run(
            self._command(*arguments, *logged),
            cwd=ROOT,
            env=self.variables(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        output = process.stdout + process.stderr
        assert not check or process.returncode == 0, f"pulumi {' '.join(arguments)}\n{output}"
        lines = log.read_text().splitlines() if log.exists() else []
        return Ran(process.returncode, process.stdout, output, tuple(map(json.loads, lines)))

    def killed(self, when: threading.Event, *arguments: str) -> None:
        """Runs ``pulumi ARGUMENTS``, and kills it with all that it has started once ``when`` is set."""
        with subprocess.Popen(
            self._command(*arguments),
            cwd=ROOT,
            env=self.variables(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            came = when.wait(PATIENCE)
            os.killpg(process.pid, signal.SIGKILL)
        assert came, f"pulumi {' '.join(arguments)} never came that far"

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "tools.engine", "-C", str(self.folder), *arguments]

    def preview(self, *arguments: str, check: bool = True) -> Ran:
        """What an update would do."""
        return self.pulumi("preview", "--non-interactive", "--color=never", *arguments, check=check)

    def up(self, *arguments: str, check: bool = True) -> Ran:
        """An update without a question."""
        return self.pulumi("up", "--yes", "--non-interactive", "--color=never", *arguments, check=check)

    def destroy(self, *arguments: str, check: bool = True) -> Ran:
        """Removes everything of the stack."""
        return self.pulumi("destroy", "--yes", "--non-interactive", "--color=never", *arguments, check=check)

    def exported(self) -> list[dict[str, Any]]:
        """The resources in the state, secrets encrypted."""
        deployment = json.loads(self.pulumi("stack", "export").stdout)["deployment"]
        return list(deployment.get("resources") or [])


_LOGGED = frozenset({"preview", "up", "destroy", "refresh", "import"})
