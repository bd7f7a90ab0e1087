"""The function's environment: what the program writes, the function reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.errors import SettingsError
from handler.gates.requirements import Requirements
from handler.policy import ExactTag
from handler.settings import LogLevel, Pin, Settings

NAMES = st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True)
SETTINGS = st.builds(
    Settings,
    pair=NAMES,
    repository=NAMES,
    job_definitions=st.lists(NAMES, min_size=1, max_size=5, unique=True).map(tuple),
    policy=st.builds(ExactTag, st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}", fullmatch=True)),
    pin=st.sampled_from([*Pin]),
    log_level=st.sampled_from([*LogLevel]),
    paused=st.booleans(),
    dry_run=st.booleans(),
    omit_fields=st.lists(NAMES, max_size=3).map(tuple),
    adopt=st.dictionaries(NAMES, st.lists(NAMES | st.just("*"), max_size=3).map(tuple), max_size=3),
    keep_revisions=st.none() | st.integers(min_value=1),
    requires=st.none() | st.sampled_from([Requirements(max_severity="HIGH"), Requirements(min_age="10m")]),
    notify=st.booleans(),
)
MINIMAL = Settings(pair="ocr", repository="backend", job_definitions=("job",)).environment()


@given(SETTINGS)
def test_what_is_written_is_read_back(settings: Settings) -> None:
    assert Settings.from_environment(settings.environment()) == settings


def test_an_option_at_its_default_writes_no_variable() -> None:
    assert MINIMAL == {
        "PAIR_NAME": "ocr",
        "ECR_REPOSITORY_NAME": "backend",
        "BATCH_JOB_DEFINITION_NAMES": "job",
        "IMAGE_POLICY": '{"tag":"latest"}',
        "IMAGE_PIN": "digest",
        "LOG_LEVEL": "INFO",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PAIR_NAME", ""),
        ("ECR_REPOSITORY_NAME", ""),
        ("BATCH_JOB_DEFINITION_NAMES", ""),
        ("BATCH_JOB_DEFINITION_NAMES", "a,,b"),
        ("BATCH_JOB_DEFINITION_NAMES", "a,a"),
        ("IMAGE_POLICY", "latest"),
        ("IMAGE_POLICY", "[]"),
        ("IMAGE_POLICY", '{"tag": 1}'),
        ("IMAGE_POLICY", '{"tag": "-x"}'),
        ("IMAGE_POLICY", '{"tag": "a", "glob": "b"}'),
        ("IMAGE_PIN", "sha"),
        ("LOG_LEVEL", "LOUD"),
        ("PAUSED", "yes"),
        ("DRY_RUN", ""),
        ("NOTIFY", "no"),
        ("OMIT_FIELDS", "a"),
        ("OMIT_FIELDS", "[1]"),
        ("ADOPT", "job"),
        ("ADOPT", '["job"]'),
        ("ADOPT", '{"job": "*"}'),
        ("ADOPT", '{"job": [1]}'),
        ("REQUIRES", ""),
        ("REQUIRES", "[]"),
        ("REQUIRES", '{"maxSeverity":"AWFUL"}'),
        ("KEEP_REVISIONS", "0"),
        ("KEEP_REVISIONS", "-1"),
        ("KEEP_REVISIONS", ""),
    ],
)
def test_a_bad_value_is_an_error_that_names_the_variable_and_the_remedy(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as error:
        Settings.from_environment({**MINIMAL, name: value})
    assert name in str(error.value)
    assert "pulumi up" in str(error.value)
