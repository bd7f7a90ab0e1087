"""How large the packaged function is.

python -m benchmarks.archive
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.figure import Figure, show
from components.archive import archive_files, zip_bytes


def figures() -> Iterator[Figure]:
    """The zip as Lambda gets it, and its modules."""
    yield Figure(name="archive", value=len(zip_bytes()) / 1024, unit="KB")
    yield Figure(name="archive: modules", value=len(archive_files()), unit="")


if __name__ == "__main__":
    show(figures())
