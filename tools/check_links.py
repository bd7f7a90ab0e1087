"""Checks that every relative link between the repository's Markdown files leads somewhere.

Looks at inline links, images and reference definitions; a `#fragment` must be a heading of the file that
it points into. Links to the web are not followed, since a check must pass without a network.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
_SKIPPED = {".venv", ".git", "node_modules", ".pytest_cache"}
_LINK = re.compile(r"\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)|^\[[^\]]+\]:\s+<?([^\s>]+)", re.MULTILINE)
_CODE = re.compile(r"^(```|~~~).*?^\1\s*$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


def anchors(markdown: str) -> set[str]:
    """The fragments that GitHub makes of the headings: lower case, punctuation dropped, blanks to hyphens."""
    found: set[str] = set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", markdown))
    for heading in _HEADING.findall(_FENCE.sub("", markdown)):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        candidate, repeat = slug, 0
        while candidate in found:
            repeat += 1
            candidate = f"{slug}-{repeat}"
        found.add(candidate)
    return found


def broken_links(file: Path, root: Path) -> list[str]:
    """The links of one Markdown file that lead nowhere, a line each."""
    markdown = _CODE.sub("", file.read_text())
    found = []
    for inline, reference in _LINK.findall(markdown):
        target = unquote(inline or reference)
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        path, _, fragment = target.partition("#")
        there = (root / path.lstrip("/") if path.startswith("/") else file.parent / path) if path else file
        where = f"{file.relative_to(root)}: {target}"
        if not there.resolve().is_relative_to(root):
            found.append(f"{where}: leads out of the repository")
        elif not there.exists():
            found.append(f"{where}: no such file")
        elif fragment and there.suffix == ".md" and fragment not in anchors(there.read_text()):
            found.append(f"{where}: no such heading")
    return found


def main() -> int:
    """Prints every broken link; 0 when there is none."""
    files = sorted(
        file for file in ROOT.rglob("*.md") if not _SKIPPED.intersection(file.relative_to(ROOT).parts)
    )
    found = [problem for file in files for problem in broken_links(file, ROOT)]
    print("\n".join(found) if found else f"links: {len(files)} Markdown files checked")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
