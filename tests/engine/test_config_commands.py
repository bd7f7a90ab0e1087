"""What `pulumi config` makes of a stack's file: engine and tool find the same in it, or both refuse it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.errors import ConfigurationError
from ops.stack import Stack, open_stack
from stack_config import StackConfig
from tests.support.engine import PASSPHRASE, Project
from tests.support.recorder import ROOT

PROGRAM = f"""\
import sys
sys.path.insert(0, {str(ROOT)!r})
import pulumi, stack_config
from pulumi.runtime.config import CONFIG
from components.problems import ConfigErrors
try:
    texts = stack_config.from_pulumi(CONFIG.get(), pulumi.get_project())
    config = stack_config.load(texts, project=pulumi.get_project(), stack=pulumi.get_stack())
except ConfigErrors as error:
    raise pulumi.RunError(str(error))
open("seen", "w").write(repr(config))
"""
PAIRS = """\
  ecr-batch-updater:pairs:
    ocr:
      repository: backend
      jobDefinitions: [ocr-job]
"""


class Both:
    """One stack, read by the engine's program and by the tool."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.file = project.folder / "Pulumi.dev.yaml"
        description = (ROOT / "Pulumi.yaml").read_text().replace("    virtualenv: .venv\n", "")
        (project.folder / "Pulumi.yaml").write_text(description)
        (project.folder / "__main__.py").write_text(PROGRAM)
        project.pulumi("stack", "init", "dev")

    def config(self, *arguments: str) -> None:
        self._project.pulumi("config", *arguments, "--stack", "dev")

    def refusal(self) -> str:
        """What the engine says when it refuses the file, or the program does."""
        ran = self._project.preview("--stack", "dev", check=False)
        assert ran.code != 0
        return ran.output

    def tool(self) -> Stack:
        return open_stack(self._project.folder, chosen="dev", environment={})

    def agreed(self) -> StackConfig:
        """What the tool has read, when it is what the program gets from the engine."""
        config = self.tool().config
        self._project.preview("--stack", "dev")
        assert (self._project.folder / "seen").read_text() == repr(config)
        return config


@pytest.fixture
def both(project: Project) -> Both:
    return Both(project)


def test_truth_values_and_numbers_are_what_they_are_declared_to_be(both: Both) -> None:
    both.file.write_text(f"config:\n{PAIRS}")
    both.config("set", "protect", "true")
    both.config("set", "rulesPerBus", "500")
    assert 'protect: "true"' in both.file.read_text()
    assert both.agreed().protect is True


def test_a_truth_value_written_by_hand_survives_that_another_command_rewrites_it(both: Both) -> None:
    both.file.write_text(f"config:\n{PAIRS}  protect: true\n  aws:region: eu-central-1\n")
    both.config("rm", "aws:region")
    assert 'ecr-batch-updater:protect: "true"' in both.file.read_text()
    assert both.agreed().protect is True


def test_values_set_by_path_have_their_types(both: Both) -> None:
    both.file.write_text(f"config:\n{PAIRS}")
    for key, value in (("dryRun", "true"), ("memoryMb", "512"), ("imageTag", "1.10")):
        both.config("set", "--path", f"pairs.ocr.{key}", value)
    both.config("set", "--path", "alarmEmails[0]", "ops@example.com")
    config = both.agreed()
    pair = config.pairs["ocr"]
    assert (pair.dry_run, pair.memory_mb, pair.image_tag) == (True, 512, "1.10")
    assert config.alarm_emails == ("ops@example.com",)


def test_a_truth_value_set_by_path_over_one_in_quotes_is_refused_with_the_reason(both: Both) -> None:
    both.file.write_text(f'config:\n{PAIRS}      dryRun: "false"\n')
    both.config("set", "--path", "pairs.ocr.dryRun", "true")
    assert 'dryRun: "true"' in both.file.read_text()
    reason = "found the string 'true', expected true or false. Remedy: take the quotes away"
    with pytest.raises(ConfigurationError, match=reason) as raised:
        both.tool()
    assert "Pulumi.dev.yaml, line 6" in raised.value.message
    assert reason in both.refusal()


def test_what_is_encrypted_is_read_through_the_cli(
    both: Both, project: Project, cli: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both.file.write_text(f"config:\n{PAIRS}  protect: true\n")
    both.config("set", "--secret", "--path", "pairs.ocr.repository", "private")
    assert "private" not in both.file.read_text()
    named = project.state / "pulumi"
    named.symlink_to(cli)
    monkeypatch.setenv("PATH", f"{named.parent}:/usr/bin:/bin")
    with pytest.raises(ConfigurationError, match="PULUMI_CONFIG_PASSPHRASE"):
        both.tool()
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{project.state}")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)
    config = both.tool().config
    assert (config.pairs["ocr"].repository, config.protect) == ("private", True)
