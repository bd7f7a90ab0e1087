"""The Pulumi CLI: the one on the path, else one built from its Go modules and kept for the next time."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

VERSION = "v3.274.1"
_HERE = Path(__file__).parent
_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_STAMP = f"-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={VERSION}"


class NoCliError(Exception):
    """There is no Pulumi CLI here and nothing to build one from; the text says what is missing."""


def pulumi_cli() -> Path:
    """Where the CLI is. Raises NoCliError, and CalledProcessError when the build fails.

    `go install` refuses the module, since it replaces one that it requires: so a module of ours requires it,
    with the same replacement. The first build takes three minutes on two cores.
    """
    found = shutil.which("pulumi")
    if found is not None:
        return Path(found)
    cached = _cache() / f"pulumi-{VERSION}"
    if not cached.exists():
        _build(cached)
    return cached


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ecr-batch-updater"


def _build(target: Path) -> None:
    go = shutil.which("go")
    if go is None:
        raise NoCliError("there is neither pulumi nor go on the path")
    target.parent.mkdir(parents=True, exist_ok=True)
    # Of several processes one builds, and the others wait for it.
    with (target.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if target.exists():
            return
        download = subprocess.run(
            [go, "mod", "download"], cwd=_HERE, capture_output=True, text=True, check=False
        )
        if download.returncode:
            raise NoCliError(f"there is no pulumi on the path, and no Go modules: {download.stderr.strip()}")
        print(
            f"Building Pulumi {VERSION} from its Go modules, once: some minutes", file=sys.stderr, flush=True
        )
        unfinished = target.with_suffix(".unfinished")
        subprocess.run([go, "build", "-ldflags", _STAMP, "-o", unfinished, _PACKAGE], cwd=_HERE, check=True)
        unfinished.rename(target)
