"""Prints how many resources each program of the repository registers: for a process of its own."""

from __future__ import annotations

import json
import runpy

import yaml

from tests.support.recorder import ROOT, evaluate, evaluate_main

if __name__ == "__main__":
    counts = {
        path.name: len(
            evaluate_main(
                yaml.safe_load(path.read_text())["config"], stack_name=path.name.split(".")[1]
            ).resources
        )
        for path in sorted(ROOT.glob("Pulumi.*.yaml"))
    }
    complete = evaluate(
        lambda: runpy.run_path(str(ROOT / "examples/complete/__main__.py")),
        project="ecr-batch-complete",
        config={"ecr-batch-complete:memoryMb": "2048"},
    )
    print(json.dumps({**counts, "complete": len(complete.resources)}))
