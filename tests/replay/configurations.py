"""What the program registers for a stack's configuration, or how it refuses it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.replay.values import differences

PROJECT = "ecr-batch-updater"


def environment(keys: Mapping[str, Any]) -> dict[str, str]:
    """The variables that the function of such a pair is deployed with."""
    function = evaluated({"pairs": {"ocr": {**keys, "dashboard": "none"}}}).one("Function")
    variables: dict[str, str] = function.inputs["environment"]["variables"]
    return variables


def record(configurations: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The first configuration, whose pair is ``ocr``, whole; the others as what differs from it, for each of
    their pairs; a refusal as its message."""
    played = {name: _played(configuration) for name, configuration in configurations.items()}
    first = next(iter(played))
    plain = played.pop(first)
    return {first: plain} | {
        name: told if isinstance(told, str) else differences(_plainly(plain, configurations[name]), told)
        for name, told in played.items()
    }


def _plainly(plain: Mapping[str, Any], configuration: Mapping[str, Any]) -> dict[str, Any]:
    """The plain pair's resources under the name of each pair, where the configuration has them."""
    place = {"region": "ap-southeast-2", "partition": "aws", **configuration.get("place", {})}
    text = json.dumps(plain).replace("ap-southeast-2", place["region"])
    text = text.replace("arn:aws:", f"arn:{place['partition']}:")
    found: dict[str, Any] = {}
    for name in configuration["pairs"]:
        renamed = json.loads(re.sub(r"\bocr\b", name, text))
        outputs = {**found.get("outputs", {}).get("pairs", {}), **renamed["outputs"]["pairs"]}
        found |= {**renamed, "outputs": {"pairs": outputs}}
    return found


def _played(configuration: Mapping[str, Any]) -> Any:
    from tests.support.recorder import Recording  # noqa: PLC0415 - Pulumi is for a process of its own

    recording = Recording()
    try:
        evaluated(configuration, recording)
    except Exception as error:  # noqa: BLE001 - whatever ends the program
        registered = [each.name for each in recording.resources]
        return f"{type(error).__name__}: {error}" + (f" after {registered}" if registered else "")
    found = {
        f"{each.type} {each.name}": {
            "parent": each.parent.rpartition("::")[2],
            **({"protect": True} if each.protect else {}),
            **({"provider": each.provider} if each.provider else {}),
            "dependsOn": sorted(urn.rpartition("::")[2] for urn in each.depends_on),
            "inputs": _plain(each.inputs),
        }
        for each in recording.resources
    }
    assert len(found) == len(recording.resources), "two resources of one type and name"
    return {**dict(sorted(found.items())), "outputs": _plain(recording.exports)}


def evaluated(configuration: Mapping[str, Any], recording: Any = None) -> Any:
    """The program run on a table's entry, whose keys are the project's unless they say whose they are;
    ``stack`` and ``place`` are about the run itself."""
    from tests.support.recorder import Place, evaluate_main  # noqa: PLC0415 - as above

    given = dict(configuration)
    options = {"stack_name": given.pop("stack", "dev"), "place": Place(**given.pop("place", {}))}
    config = {key if ":" in key else f"{PROJECT}:{key}": value for key, value in given.items()}
    return evaluate_main(config, recording=recording, **options)


def _plain(value: Any) -> Any:
    """A value of JSON; documents in texts are read, and an archive is one whatever is in it."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in sorted(value.items())}
    if isinstance(value, str):
        return _document(value)
    if isinstance(value, Iterable):
        return [_plain(item) for item in value]
    return value if isinstance(value, bool | int | float | None) else f"<{type(value).__name__}>"


def _document(text: str) -> Any:
    if not text.startswith(("{", "[")):
        return text
    return _plain(json.loads(text))
