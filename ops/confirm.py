"""Asking before something is changed."""

from __future__ import annotations

import sys

from ops.errors import UsageError
from ops.output import print_error


def confirmed(announcement: str, question: str, *, yes: bool) -> bool:
    """Whether to go on. ``announcement`` says what would be touched; both go to standard error.

    ``yes`` is the option --yes. Anything but y or yes is a no. Raises UsageError when nobody can be asked.
    """
    print_error(announcement)
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError(
            "this changes something and asks first, but standard input is no terminal",
            remedy="add --yes if you mean it",
        )
    # Not typer.confirm: that writes a space to standard output, which is for results alone.
    sys.stderr.write(f"{question} [y/N]: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
