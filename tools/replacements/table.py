"""The findings of a resource type in Pulumi's names, as they stand in the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tools.replacements.cases import Change, Setting
from tools.replacements.findings import Finding, Findings
from tools.replacements.names import Properties, pulumi_path
from tools.replacements.schema import Path

Entry = dict[str, Any]


def entry(
    findings: Findings,
    settings: Mapping[str, Setting],
    properties: Properties,
    renamed: Mapping[str, str],
) -> Entry:
    """What the table says of one type.

    ``replace`` and ``update`` are what a change of the value does. ``added`` and ``removed`` (from nothing,
    to nothing) have what differs from that. Of a block as a whole, a change is one more of it, or adding it
    where there can be one alone. ``settings`` has what differs for resources of another kind, and ``when``
    they are of that kind. ``untried`` says why, ``missing`` are Terraform's arguments that pulumi_aws lacks.
    """
    names = _Names(properties, renamed)
    first, *others = settings
    said = _effects(findings[first], names)
    found = _grouped(said) | {
        "renewed": _renewed(findings[first], names),
        "untried": _untried(findings[first], names),
        "missing": sorted(".".join(path) for path in findings[first] if not names.of_input(path)),
    }
    if because := _because(findings[first], names):
        found["because"] = because
    if others:
        found["settings"] = {
            name: {"when": {names.of_text(path): fits for path, fits in settings[name].when.items()}}
            | _other(findings[name], names, said, found["renewed"])
            for name in others
        }
    return found


class _Names:
    def __init__(self, properties: Properties, renamed: Mapping[str, str]) -> None:
        self._properties, self._renamed = properties, renamed

    def of_input(self, path: Path) -> str | None:
        return pulumi_path(path, self._properties.inputs, self._renamed)

    def of_output(self, path: Path) -> str | None:
        return pulumi_path(path, self._properties.outputs, self._renamed)

    def of_text(self, path: str) -> str:
        return self.of_input(tuple(path.split("."))) or path


Effects = dict[tuple[str, Change], str]  # path and change -> effect


def _effects(findings: Mapping[Path, Finding], names: _Names) -> Effects:
    return {
        (name, change): effect
        for path, finding in findings.items()
        if (name := names.of_input(path))
        for change, effect in _filled(finding).items()
    }


def _filled(finding: Finding) -> dict[Change, str]:
    """The effects with one for "changed": that of adding, for a block and where only that can be tried."""
    tried = finding.effects
    usual = tried.get("changed") or tried.get("added") or tried.get("removed")
    return {"changed": usual, **tried} if usual else {}


def _grouped(effects: Effects) -> Entry:
    changed = {name: effect for (name, change), effect in effects.items() if change == "changed"}
    grouped: Entry = {
        effect: sorted(name for name, its in changed.items() if its == effect)
        for effect in ("replace", "update")
    }
    for way in ("added", "removed"):
        grouped[way] = {
            name: effect
            for (name, change), effect in sorted(effects.items())
            if change == way and effect != changed[name]
        }
    return grouped


def _renewed(findings: Mapping[Path, Finding], names: _Names) -> dict[str, list[str]]:
    """Argument -> what an update of it leaves unknown; what is so for all of a block stands there alone."""
    found: dict[str, list[str]] = {}
    for path, finding in sorted(findings.items()):
        outputs = sorted({name for renewed in finding.renewed if (name := names.of_output(renewed))})
        around = [names.of_input(path[:length]) or "" for length in range(len(path) - 1, 0, -1)]
        above = next((found[block] for block in around if block in found), [])
        if (name := names.of_input(path)) and outputs and outputs != above:
            found[name] = outputs
    return dict(sorted(found.items()))


def _untried(findings: Mapping[Path, Finding], names: _Names) -> dict[str, dict[Change, str]]:
    found = {
        names.of_input(path) or ".".join(path): {**finding.untried}
        for path, finding in findings.items()
        if finding.untried
    }
    return dict(sorted(found.items()))


def _because(findings: Mapping[Path, Finding], names: _Names) -> dict[str, list[str]]:
    found = {
        names.of_input(path) or ".".join(path): sorted(
            names.of_output(why) or ".".join(why) for why in finding.because
        )
        for path, finding in findings.items()
        if finding.because
    }
    return dict(sorted(found.items()))


def _other(
    findings: Mapping[Path, Finding], names: _Names, usual: Effects, usually_renewed: Mapping[str, list[str]]
) -> Entry:
    effects = _effects(findings, names)
    different = {key[0] for key, effect in effects.items() if usual.get(key, effect) != effect}
    renewed = _renewed(findings, names)
    return _grouped({key: effect for key, effect in effects.items() if key[0] in different}) | {
        "renewed": {name: what for name, what in renewed.items() if usually_renewed.get(name) != what}
    }
