"""What the demonstration prints, and what it expects."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape

from handler.provenance import PREFIX
from ops.differences import Changes

PROVENANCE = f"tags.{PREFIX}"


class Screen:
    """Prints, and remembers every expectation that did not hold."""

    def __init__(self) -> None:
        self.failed: list[str] = []
        self._console = Console(highlight=False)

    def title(self, text: str) -> None:
        """Begins a step."""
        self._print(f"\n[bold]{escape(text)}[/bold]")

    def say(self, text: str) -> None:
        """Prints a sentence."""
        self._print(f"  {escape(text)}")

    def expect(self, held: bool, text: str) -> None:
        """Says whether something that must hold does."""
        if not held:
            self.failed.append(text)
        mark = "[green]ok[/green]    " if held else "[bold red]FAILED[/bold red]"
        self._print(f"  {mark} {escape(text)}")

    def changes(self, changed: Changes) -> None:
        """Prints what was and what is, setting by setting."""
        for path, (before, after) in changed.items():
            self._print(f"  [bold]{escape(path)}[/bold]")
            self._print(f"    before  [dim]{escape(before or '(not set)')}[/dim]")
            self._print(f"    after   [cyan]{escape(after or '(not set)')}[/cyan]")

    def places(self, rows: Iterable[tuple[str, str]]) -> None:
        """Prints what is where."""
        for what, where in rows:
            self._print(f"  {escape(what):<32}{escape(where)}")

    def _print(self, text: str) -> None:
        # Soft: a terminal wraps by itself, and a copied ARN stays whole.
        self._console.print(text, soft_wrap=True)


def unexpected(changed: Iterable[str], image: str) -> list[str]:
    """The changed paths that no rollout may change: all but ``image``, what Batch numbers, and our tags."""
    allowed = (image, "revision", "jobDefinitionArn")
    return [path for path in changed if path not in allowed and not path.startswith(PROVENANCE)]
