"""What to type so that Pulumi's own commands work on the local cloud."""

from __future__ import annotations

import shutil
from pathlib import Path

PASSPHRASE = "local"


def backend(project: Path) -> Path:
    """Where the engine keeps its states: in the project, where git ignores it, until it is removed."""
    return project / "build" / "pulumi"


def rehearsal(attach: str, project: Path, name: str, stack: str) -> list[str]:
    """The lines to export, and the commands that come next.

    ``attach`` is the value of PULUMI_DEBUG_PROVIDERS, ``name`` the project's; "" when no stack is meant. The
    folder of the backend is made, since the CLI does not.
    """
    folder = backend(project)
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        "The cloud is also Pulumi's provider aws. States stay in the folder, secrets under the passphrase:",
        f"export PULUMI_DEBUG_PROVIDERS={attach}",
        f"export PULUMI_BACKEND_URL=file://{folder}",
        f"export PULUMI_CONFIG_PASSPHRASE={PASSPHRASE}",
        "export PULUMI_SKIP_UPDATE_CHECK=true",
    ]
    if shutil.which("pulumi") is None:
        lines.append("alias pulumi='python -m tools.engine'    # there is no pulumi on the path")
    if not stack:
        return lines
    lines += ["", f"Then, in {project}:"]
    if (folder / ".pulumi" / "stacks" / name / f"{stack}.json").exists():
        lines.append(f"pulumi stack select {stack}")
        lines.append("pulumi up --refresh    # what the state names was in a cloud that has ended")
    else:
        lines.append(
            f"pulumi stack init {stack}    # it adds a line to Pulumi.{stack}.yaml, for this state only"
        )
        lines.append("pulumi up")
    return lines
