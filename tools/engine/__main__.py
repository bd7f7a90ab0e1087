"""``python -m tools.engine ARG …`` is ``pulumi ARG …``, on a machine that may have no Pulumi.

Without an argument it makes sure that there is a CLI, and prints where.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.engine.cli import NoCliError, pulumi_cli
from tools.engine.host import language_host


def main(arguments: list[str]) -> int:
    """Runs the CLI with ``arguments``; its exit code, or 2 when there is none."""
    try:
        cli = pulumi_cli()
    except NoCliError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if not arguments:
        print(cli)
        return 0
    return run(cli, arguments)


def run(cli: Path, arguments: list[str]) -> int:
    """Runs a CLI, with a language host for Python where it has none; its exit code."""
    if has_python(cli):
        return subprocess.run([cli, *arguments], check=False).returncode
    with language_host() as port:
        environment = {**os.environ, "PULUMI_DEBUG_LANGUAGES": f"python:{port}"}
        return subprocess.run([cli, *arguments], check=False, env=environment).returncode


def has_python(cli: Path) -> bool:
    """Whether the installation brings a language host for Python."""
    name = "pulumi-language-python"
    return shutil.which(name) is not None or (cli.resolve().parent / name).exists()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
