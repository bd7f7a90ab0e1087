"""Writes local/provider/replacements.json: what HashiCorp's AWS provider updates, and what it replaces.

    python -m tools.replacement_table [--plugin-dir MIRROR] [--only aws_sqs_queue …]

Needs `terraform` on the path, and the provider's version below from wherever `terraform init` finds it: a
registry, or a filesystem mirror that TF_CLI_CONFIG_FILE or --plugin-dir names. Takes some ten minutes.
For each argument of each type in use (tools/replacements/samples), Terraform plans a resource in whose state
that argument alone is another; the table is what the plans say, in the names of the installed pulumi_aws.
What pulumi_aws adds or does otherwise is not found here: local/provider/additions.json, by hand.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Collection
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tools.replacements.findings import findings
from tools.replacements.names import properties
from tools.replacements.samples import RENAMED, SAMPLES, TOKENS
from tools.replacements.schema import ResourceType
from tools.replacements.table import entry
from tools.replacements.terraform import Terraform

PROVIDER = "5.100.0"
FILE = Path(__file__).resolve().parent.parent / "local" / "provider" / "replacements.json"


def types(terraform: Terraform, wanted: Collection[str]) -> dict[str, Any]:
    """Pulumi's token -> what the table says of the type. Prints a line for each."""
    schemas = terraform.schemas()
    table = {}
    for name, token in TOKENS.items():
        if name in wanted:
            kind = ResourceType(name, schemas[name]["version"], schemas[name]["block"])
            samples, renamed = SAMPLES[name], RENAMED.get(name, {})
            found = findings(terraform, kind, samples)
            table[token] = {"terraform": name} | entry(found, samples.settings, properties(token), renamed)
            print(
                f"{token}: {len(table[token]['replace'])} replace, {len(table[token]['update'])} update,"
                f" {len(table[token]['untried'])} not wholly tried",
                flush=True,
            )
    return table


def main() -> None:
    """Asks for every type, or for some, and writes what it finds over what the table says of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--plugin-dir", type=Path, help="a filesystem mirror of Terraform providers")
    parser.add_argument("--only", choices=TOKENS, nargs="+", help="these types; the others stay as they are")
    options = parser.parse_args()
    kept = json.loads(FILE.read_text(encoding="utf-8"))["types"] if options.only else {}
    with tempfile.TemporaryDirectory() as directory:
        terraform = Terraform(Path(directory), PROVIDER, plugins=options.plugin_dir)
        found = types(terraform, options.only or TOKENS)
        source = (
            f"hashicorp/aws {PROVIDER}, planned by Terraform {terraform.version()};"
            f" names of pulumi_aws {version('pulumi_aws')}; written by tools/replacement_table.py"
        )
    table = {"source": source, "types": dict(sorted({**kept, **found}.items()))}
    FILE.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
