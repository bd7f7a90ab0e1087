"""Asking before something is changed."""

from __future__ import annotations

import sys

import typer

from ops.errors import UsageError


def confirmed(announcement: str, question: str, *, yes: bool) -> bool:
    """Whether to go on. ``announcement`` says what would be touched; both go to standard error.

    ``yes`` is the option --yes. Raises UsageError when nobody can be asked.
    """
    typer.echo(announcement, err=True)
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError(
            "this changes something and asks first, but standard input is no terminal",
            remedy="add --yes if you mean it",
        )
    return typer.confirm(question, err=True)
