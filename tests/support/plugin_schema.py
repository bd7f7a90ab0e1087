"""Writes ``plugin/schema.json`` again, as the running package answers it: ``make schema``."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from tests.support.plugin_host import FOLDER, running

FILE = FOLDER / "schema.json"


def main() -> None:
    """Starts the package, asks it, and writes the file."""
    with tempfile.TemporaryDirectory() as project, running(FOLDER, Path(project)) as plugin:
        FILE.write_text(json.dumps(plugin.schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {FILE}")


if __name__ == "__main__":
    main()
