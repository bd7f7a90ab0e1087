"""From plans to what is known of each argument: replaced, updated or left alone, and what becomes unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tools.replacements.cases import Case, Change, Samples, cases
from tools.replacements.schema import Argument, Path, ResourceType
from tools.replacements.state import state
from tools.replacements.terraform import Plan, Terraform

_STRENGTH = ("nothing", "update", "replace")


@dataclass
class Finding:
    """What Terraform plans for one argument in one setting.

    ``effects`` is "nothing", "update" or "replace" for each change that could be tried; ``renewed`` are
    the computed attributes that an update leaves unknown in the plan. ``because`` has other paths than the
    argument's that the plan names as the reason of the replacement.
    """

    argument: Argument
    effects: dict[Change, str] = field(default_factory=dict)
    renewed: set[Path] = field(default_factory=set)
    untried: dict[Change, str] = field(default_factory=dict)
    because: set[Path] = field(default_factory=set)


Findings = dict[str, dict[Path, Finding]]  # by setting, by path


def findings(terraform: Terraform, kind: ResourceType, samples: Samples) -> Findings:
    """Judges every argument of the type in three plans."""
    tried = {f"case_{number}": case for number, case in enumerate(cases(kind, samples))}
    before = {name: case.before for name, case in tried.items()}
    created = terraform.plan(kind.name, before, {}, kind.version)
    states = {name: state(kind, change, samples.computed) for name, change in created.changes.items()}
    again = terraform.plan(kind.name, _only(before, states), states, kind.version)
    steady = {name for name, change in again.changes.items() if change["actions"] == ["no-op"]}
    after = {name: case.after for name, case in tried.items() if name in steady}
    planned = terraform.plan(kind.name, after, states, kind.version)
    refused = created.refused | again.refused | planned.refused
    refused |= {name: _restless(change) for name, change in again.changes.items() if name not in steady}
    found = _judged(tried, planned, refused)
    for of_setting in found.values():
        for argument in kind.arguments():
            alone = Finding(argument, untried={"changed": "it comes and goes with the block that holds it"})
            of_setting.setdefault(argument.path, alone)
    return found


def _only(configurations: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in configurations.items() if name in names}


def _restless(change: Mapping[str, Any]) -> str:
    before, after = change["before"], change["after"]
    different = sorted(key for key in after if after[key] != (before or {}).get(key))
    return f"the state that was made by hand does not fit: {different} {sorted(change['after_unknown'])}"


def _judged(tried: Mapping[str, Case], planned: Plan, refused: Mapping[str, str]) -> Findings:
    found: Findings = {}
    for name, case in tried.items():
        of_setting = found.setdefault(case.setting, {})
        finding = of_setting.setdefault(case.argument.path, Finding(case.argument))
        if name in planned.changes:
            _add(finding, case.change, planned.changes[name])
        else:
            finding.untried.setdefault(case.change, refused[name])
    for finding in (finding for of_setting in found.values() for finding in of_setting.values()):
        # One of two values was refused, or is the default: the other one has told.
        finding.untried = {key: why for key, why in finding.untried.items() if key not in finding.effects}
        if finding.effects.get("changed") == "nothing":
            finding.untried["changed"] = "Terraform sees no difference between the two values"
            del finding.effects["changed"]
    return found


def _add(finding: Finding, change: Change, planned: Mapping[str, Any]) -> None:
    effect = {("no-op",): "nothing", ("update",): "update"}.get(tuple(planned["actions"]), "replace")
    finding.effects[change] = max(finding.effects.get(change, "nothing"), effect, key=_STRENGTH.index)
    if effect == "update":
        finding.renewed |= set(_unknown(planned["after_unknown"], ()))
    path = finding.argument.path
    for place in planned.get("replace_paths", []):
        named = tuple(part for part in place if isinstance(part, str))
        if named[: len(path)] != path[: len(named)]:
            finding.because.add(named)


def _unknown(value: Any, path: Path) -> Iterator[Path]:
    if value is True:
        yield path
    elif isinstance(value, dict):
        for name, below in value.items():
            yield from _unknown(below, (*path, name))
    elif isinstance(value, list):
        for below in value:
            yield from _unknown(below, path)
