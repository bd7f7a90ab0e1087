"""Terraform, run without a network: the provider's schema, and plans over a state written by hand.

Every instance of a plan stands for itself, so one plan judges any number of them. Nothing is refreshed and
nothing is applied: no plan speaks to AWS.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SOURCE = "registry.terraform.io/hashicorp/aws"
_PROVIDER = {
    "region": "us-east-1",
    "access_key": "nobody",
    "secret_key": "nothing",
    "skip_credentials_validation": True,
    "skip_requesting_account_id": True,
    "skip_metadata_api_check": "true",
    "skip_region_validation": True,
}


class TerraformFailed(Exception):
    """Terraform said no, and not about one of the resources."""


@dataclass(frozen=True)
class Plan:
    """What Terraform plans: resource name -> its ``change``; resource name -> why it refuses the resource."""

    changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


class Terraform:
    """Terraform in a directory of its own.

    ``plugins`` is a filesystem mirror of the provider; without it the provider comes from wherever
    Terraform's own configuration says (TF_CLI_CONFIG_FILE).
    """

    def __init__(self, directory: Path, version: str, *, plugins: Path | None = None) -> None:
        self._directory = directory
        self._environment = {**os.environ, "CHECKPOINT_DISABLE": "1"}
        if plugins:
            configuration = directory / "terraform.rc"
            mirror = json.dumps(str(plugins.resolve()))
            configuration.write_text(
                f"provider_installation {{\n  filesystem_mirror {{\n    path = {mirror}\n  }}\n}}\n"
            )
            self._environment["TF_CLI_CONFIG_FILE"] = str(configuration)
        self._required = {"aws": {"source": SOURCE, "version": version}}
        self._write({})
        self._run("init", "-input=false", "-backend=false")

    def version(self) -> str:
        """Terraform's own version."""
        return str(json.loads(self._run("version", "-json"))["terraform_version"])

    def schemas(self) -> dict[str, Any]:
        """Resource type -> its schema, as Terraform prints it."""
        printed = json.loads(self._run("providers", "schema", "-json"))
        return dict(printed["provider_schemas"][SOURCE]["resource_schemas"])

    def plan(
        self,
        kind: str,
        configurations: Mapping[str, dict[str, Any]],
        states: Mapping[str, dict[str, Any]],
        schema_version: int,
    ) -> Plan:
        """Plans resources of one type. ``configurations`` and ``states`` are keyed by the resource's name."""
        refused: dict[str, str] = {}
        self._write_state(kind, states, schema_version)
        while asked := {name: value for name, value in configurations.items() if name not in refused}:
            self._write({"resource": {kind: asked}})
            complaints = self._plan()
            if not complaints:
                shown = json.loads(self._run("show", "-json", "plan"))
                changes = {
                    item["name"]: item["change"]
                    for item in shown["resource_changes"]
                    if item["name"] in asked
                }
                return Plan(changes, refused)
            refused |= complaints
        return Plan({}, refused)

    def _plan(self) -> dict[str, str]:
        """Writes the file ``plan``; answers what stands against resources: name -> complaint.

        One resource at a time, so that it is known which one the provider dies of; those that were not
        looked at then have no complaint.
        """
        done = self._start(
            *("plan", "-input=false", "-refresh=false", "-lock=false"),
            *("-parallelism=1", "-json", "-out=plan"),
        )
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        errors = [
            line["diagnostic"] for line in lines if line.get("diagnostic", {}).get("severity") == "error"
        ]
        if panic := re.search(r"^panic: .*", done.stderr, re.MULTILINE):
            errors = [error for error in errors if "PlanResourceChange" in error.get("detail", "")]
        complaints: dict[str, str] = {}
        for error in errors:
            address = re.fullmatch(r"\w+\.(\w+)", error.get("address", ""))
            if not address:
                raise TerraformFailed(f"terraform plan: {error['summary']} {error.get('detail', '')}")
            text = (
                f"the provider dies: {panic[0]}" if panic else f"{error['summary']} {error.get('detail', '')}"
            )
            # In whichever order several come, the same one is told.
            text = " ".join(text.split())
            complaints[address[1]] = min(text, complaints.get(address[1], text))
        if done.returncode and not complaints:
            raise TerraformFailed(f"terraform plan: {done.stdout[-2000:]} {done.stderr[-2000:]}")
        return complaints

    def _write(self, more: dict[str, Any]) -> None:
        terraform = {"required_providers": self._required}
        text = json.dumps({"terraform": terraform, "provider": {"aws": _PROVIDER}, **more})
        (self._directory / "main.tf.json").write_text(text)

    def _write_state(self, kind: str, states: Mapping[str, dict[str, Any]], schema_version: int) -> None:
        resources = [
            {
                "mode": "managed",
                "type": kind,
                "name": name,
                "provider": f'provider["{SOURCE}"]',
                "instances": [{"schema_version": schema_version, "attributes": attributes}],
            }
            for name, attributes in states.items()
        ]
        state = {"version": 4, "serial": 1, "lineage": "by-hand", "outputs": {}, "resources": resources}
        (self._directory / "terraform.tfstate").write_text(json.dumps(state))

    def _start(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["terraform", *arguments],
            cwd=self._directory,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def _run(self, *arguments: str) -> str:
        done = self._start(*arguments)
        if done.returncode:
            raise TerraformFailed(f"terraform {arguments[0]}: {done.stderr or done.stdout}")
        return done.stdout
