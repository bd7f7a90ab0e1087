"""Checks that the lock files are fit to be published, and agree with each other.

A lock file names no index host, no file on somebody's machine and no option; each requirement in it is
pinned and has a hash. What the program needs has the same version in both files.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_PIN = re.compile(r"([a-z0-9-]+)(?:\[[a-z0-9,-]+\])?==([^ ;\\]+)")


def pins(text: str) -> dict[str, str]:
    """Package name -> version, of every requirement in the text of a lock file."""
    return {match[1]: match[2] for line in text.splitlines() if (match := _PIN.match(line))}


def problems(name: str, text: str) -> list[str]:
    """What is wrong with one lock file, a line each."""
    found = [f"{name}: {what}: {line.strip()}" for line in text.splitlines() if (what := _fault(line))]
    blocks = re.split(r"\n(?=\S)", text)
    found += [
        f"{name}: has no hash: {block.splitlines()[0]}"
        for block in blocks
        if _PIN.match(block) and "--hash=sha256:" not in block
    ]
    return found if pins(text) else [*found, f"{name}: holds no requirement"]


def _fault(line: str) -> str:
    if "://" in line:
        return "names a host"
    if re.search(r"(^|\s)\.{0,2}/\w", line):
        return "names a path"
    if line.startswith("-"):
        return "holds an option"
    if line and not line.startswith((" ", "#")) and not _PIN.match(line):
        return "is not pinned"
    return ""


def disagreements(program: str, development: str) -> list[str]:
    """The program's requirements that requirements-dev.txt lacks or pins to another version."""
    others = pins(development)
    return [
        f"requirements-dev.txt: {package} is {others.get(package, 'absent')}, requirements.txt has {version}"
        for package, version in pins(program).items()
        if others.get(package) != version
    ]


def main() -> int:
    """Prints every finding; 0 when there is none."""
    texts = {name: (ROOT / name).read_text() for name in ("requirements.txt", "requirements-dev.txt")}
    found = [problem for name, text in texts.items() for problem in problems(name, text)]
    found += disagreements(*texts.values())
    print("\n".join(found) if found else f"lock files: {len(texts)} checked")
    if found:
        print("Remedy: make lock")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
