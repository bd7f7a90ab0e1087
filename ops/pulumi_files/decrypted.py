"""The values of a stack with encrypted ones among them, from the Pulumi CLI, which holds the keys."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ops.errors import ConfigurationError
from ops.files import checked_values

EXPORT = "pulumi config --json --show-secrets"

_REMEDY = f"give the values with --config FILE, a file with the output of `{EXPORT}`"
_PATIENCE = 120  # seconds: a backend may be far away, or wait for somebody to log in


def decrypted(root: Path, stack: str, keys: Sequence[str]) -> Mapping[str, dict[str, Any]]:
    """What the CLI prints for a stack of the project in ``root``, by full key; ``keys`` are encrypted.

    Raises ConfigurationError, which names them, when there is no CLI or it can't decrypt, and StackError.
    """
    what = f"encrypted values of stack {stack} ({', '.join(keys)})"
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        raise ConfigurationError(f"{what}, and no pulumi on the path to decrypt them", remedy=_REMEDY)
    command = [pulumi, *EXPORT.split()[1:], "--stack", stack, "--non-interactive"]
    try:
        done = subprocess.run(
            command,
            cwd=root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigurationError(f"{what}: `{EXPORT}` did not end: {error}", remedy=_REMEDY) from error
    if done.returncode:
        raise ConfigurationError(
            f"{what}: `{EXPORT}` says: {done.stderr.strip() or done.stdout.strip()}",
            remedy=f"set what it lacks, such as PULUMI_CONFIG_PASSPHRASE or PULUMI_BACKEND_URL; or {_REMEDY}",
        )
    try:
        printed = json.loads(done.stdout)
    except ValueError as error:
        raise ConfigurationError(f"{what}: `{EXPORT}` printed no JSON: {error}", remedy=_REMEDY) from error
    return checked_values(printed, name=f"`{EXPORT}`", remedy=_REMEDY)
