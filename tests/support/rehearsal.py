"""Pulumi's engine on the local cloud: projects whose provider aws is the cloud of this process."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from local.cloud import Cloud
from local.provider.server import serve
from tests.support.engine import Project
from tests.support.recorder import ROOT


@dataclass(frozen=True)
class Rehearsal:
    """A cloud, and a project whose provider it is."""

    cloud: Cloud
    project: Project

    def stack(self, name: str, **config: Any) -> None:
        """Makes a stack and selects it; ``config`` are the keys of its file, without the project's name."""
        written = {f"{self.name}:{key}": value for key, value in config.items()}
        self.write(name, {"aws:region": self.cloud.region, **written})
        self.project.pulumi("stack", "init", name)

    def write(self, stack: str, config: Mapping[str, Any]) -> None:
        """The stack's file."""
        # JSON is YAML.
        self.file(stack).write_text(json.dumps({"config": config}))

    def file(self, stack: str) -> Path:
        """Where the stack's file is."""
        return self.project.folder / f"Pulumi.{stack}.yaml"

    @property
    def name(self) -> str:
        """The project's."""
        return str(yaml.safe_load((self.project.folder / "Pulumi.yaml").read_text())["name"])

    def urns(self) -> list[str]:
        """The URN of each resource that AWS has of the selected stack."""
        return [each["urn"] for each in self.project.exported() if each["type"].startswith("aws:")]


@contextmanager
def rehearsing(
    cloud: Cloud, folder: Path, program: str = "", *, name: str = "program"
) -> Iterator[Rehearsal]:
    """A project with the text of a program, or this project itself. Empties the cloud first."""
    own = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    (folder / "project").mkdir()
    cloud.reset()
    with serve(cloud) as serving:
        project = Project(
            folder / "project",
            folder / "state",
            {"PULUMI_DEBUG_PROVIDERS": serving.attach, "PYTHONPATH": str(ROOT)},
        )
        if program:
            project.write(program, name=name)
        else:
            project.write("", name=own["name"], config=own["config"], main=str(ROOT))
        yield Rehearsal(cloud, project)
