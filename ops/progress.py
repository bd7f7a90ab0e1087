"""What long work is doing, on standard error and on a terminal only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

Tell = Callable[[str], None]


@contextmanager
def progress(first: str) -> Iterator[Tell]:
    """Shows ``first``, and afterwards what the yielded function is given, until the block ends."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    spinner = Spinner("dots", text=Text(first))
    # rich would otherwise catch what is written to standard output meanwhile, and write it to standard error.
    with Live(spinner, console=console, transient=True, redirect_stdout=False, redirect_stderr=False):
        yield lambda text: spinner.update(text=Text(text))
