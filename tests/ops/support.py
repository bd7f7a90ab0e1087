"""Stack files to run the tool on."""

from __future__ import annotations

from pathlib import Path

PROJECT = """\
name: ecr-batch-updater
runtime: python
config:
  pairs: {type: object}
  defaults: {type: object, default: {}}
"""

STACK = """\
config:
  aws:region: ap-southeast-2
  ecr-batch-updater:pairs:
    ocr: {repository: backend, jobDefinitions: [ocr-job]}
    news: {repository: backend, imageTag: stable, jobDefinitions: [news-job, news-index]}
"""


def checkout(directory: Path, **stacks: str) -> Path:
    """Writes Pulumi.yaml and one file a stack; without ``stacks``, the one stack dev."""
    (directory / "Pulumi.yaml").write_text(PROJECT)
    for name, text in (stacks or {"dev": STACK}).items():
        (directory / f"Pulumi.{name}.yaml").write_text(text)
    return directory
