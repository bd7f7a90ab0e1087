"""Runs a program that may import nothing of what ``requirements.txt`` does not bring.

``python tests/support/program_only.py PATH [ARG …]`` runs PATH as ``python PATH`` would: the environment that
`pulumi install`, the workflows and `pulumi package add` make has those distributions alone, while the tests
have many more.
"""

from __future__ import annotations

import re
import runpy
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_OURS = "ecr-batch-updater"


def brought(requirements: str) -> set[str]:
    """The normalised names of the distributions that a lock file lists."""
    return {_normalised(name) for name in re.findall(r"^([A-Za-z0-9][\w.-]*)", requirements, re.MULTILINE)}


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


class OthersRefused:
    """A finder that refuses every module whose distribution is not one of ``allowed``."""

    def __init__(self, allowed: set[str]) -> None:
        self._allowed = allowed | {_OURS}
        self._homes = packages_distributions()

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> None:
        """Leaves the module to the other finders, or raises ModuleNotFoundError."""
        homes = {_normalised(home) for home in self._homes.get(name.partition(".")[0], ())}
        if homes and not homes & self._allowed:
            raise ModuleNotFoundError(
                f"{name} is of {', '.join(sorted(homes))}, which requirements.txt does not bring", name=name
            )


if __name__ == "__main__":
    sys.path.pop(0)  # the folder of this file, which ``python PATH`` would not have
    sys.argv.pop(0)
    sys.meta_path.insert(0, OthersRefused(brought((_ROOT / "requirements.txt").read_text())))
    runpy.run_path(sys.argv[0], run_name="__main__")
