"""Stack files to run the tool on, and the environment to run it in."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

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


def environment(*, key: str = "", endpoint: str = "", **more: str) -> dict[str, str]:
    """The environment of a run of this checkout's tool: nothing of AWS and Pulumi but what is given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
    keys = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": "secret"} if key else {}
    where = {"AWS_ENDPOINT_URL": endpoint} if endpoint else {}
    return {**kept, **keys, **where, "PYTHONPATH": str(ROOT), **more}


def checkout(directory: Path, **stacks: str) -> Path:
    """Writes Pulumi.yaml and one file a stack; without ``stacks``, the one stack dev."""
    (directory / "Pulumi.yaml").write_text(PROJECT)
    for name, text in (stacks or {"dev": STACK}).items():
        (directory / f"Pulumi.{name}.yaml").write_text(text)
    return directory
