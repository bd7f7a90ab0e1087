"""The recorded answers of Pulumi's engine, against which tests/unit compares our own reading, are right."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.asked_engine import ask
from tests.support.stack_files import all_files, comparable, record

RECORD = record()


@pytest.fixture(scope="module")
def answers(cli: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, Any]]:
    return ask(cli, tmp_path_factory.mktemp("asked"), all_files())


@pytest.mark.parametrize("name", RECORD)
def test_the_engine_answers_as_recorded(answers: Mapping[str, Mapping[str, Any]], name: str) -> None:
    answer, recorded = answers[name], RECORD[name]
    # The words of a refusal change with the engine's version, and some with the order of a map.
    assert ("refused" in answer) == ("refused" in recorded), answer
    values, expected = answer.get("values", {}), recorded.get("values", {})
    assert {key: comparable(text) for key, text in values.items()} == {
        key: comparable(text) for key, text in expected.items()
    }
