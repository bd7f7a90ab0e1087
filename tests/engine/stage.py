"""The program, its stack, and the local cloud beneath it, worked on by the real commands."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from local.cloud import Cloud
from tests.support.engine import Project
from tests.support.recorder import ROOT

PAIR = {"repository": "backend", "jobDefinitions": ["ocr-job"]}
_PARTS = ("handler", "components", "examples", "plugin", "stack_config.py", "__main__.py", "Pulumi.yaml")
_WASTE = shutil.ignore_patterns("__pycache__", ".venv", "Pulumi.*.yaml")


class Stage:
    """A copy of the program in ``folder``, so that nothing is written into the checkout.

    The environment of the tests stands in for the one that `pulumi install` makes; tests/engine/
    test_environments.py tries that one.
    """

    def __init__(self, cloud: Cloud, port: int, folder: Path) -> None:
        self.cloud = cloud
        self.root = folder / "program"
        self.root.mkdir()
        for part in _PARTS:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, self.root / part, ignore=_WASTE)
            else:
                shutil.copy(source, self.root)
        (self.root / ".venv").symlink_to(sys.prefix)
        self._state = folder / "state"
        self._environment = {
            "PULUMI_DEBUG_PROVIDERS": f"aws:{port}",
            "AWS_ENDPOINT_URL": cloud.endpoint,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": cloud.region,
        }
        self.project = self.project_in(self.root)
        self.stack = "dev"

    def project_in(self, folder: Path) -> Project:
        """A project of the same backend and cloud."""
        return Project(folder, self._state, self._environment)

    def attach(self, port: int) -> None:
        """From now on the provider is the one on ``port``."""
        self._environment["PULUMI_DEBUG_PROVIDERS"] = f"aws:{port}"

    def init(self, pairs: Mapping[str, Any], **more: Any) -> None:
        """A new stack with these pairs; ``more`` are further keys of the stack."""
        self.project.pulumi("stack", "init", self.stack)
        self.configure(pairs, **more)

    def configure(self, pairs: Mapping[str, Any], **more: Any) -> None:
        """Writes the stack's file; what the engine itself keeps in there stays."""
        file = self.root / f"Pulumi.{self.stack}.yaml"
        kept = yaml.safe_load(file.read_text()) if file.exists() else {}
        values = {f"ecr-batch-updater:{key}": value for key, value in {"pairs": pairs, **more}.items()}
        config = {"aws:region": self.cloud.region, **values}
        file.write_text(yaml.safe_dump({**(kept or {}), "config": config}))

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs."""
        found: dict[str, Any] = json.loads(self.project.pulumi("stack", "output", "--json").stdout)
        return found
