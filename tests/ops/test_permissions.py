"""The policies of docs/operator-permissions.md against the calls that the verbs make.

The document has three sections, each with a table of statements and a policy that holds them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from typer.models import CommandInfo

from local.cloud import Cloud
from local.iam.policy import Access, decide
from ops.cli import app
from tests.ops.permission_runs import (
    CHANGING,
    GATED,
    READING,
    Needs,
    deployed_example,
    needs_of_gates,
    needs_of_verbs,
)
from tests.ops.support import ROOT

Statement = Mapping[str, Any]


@dataclass(frozen=True)
class Section:
    """``rows`` maps a verb, or a gate, to the Sids that it needs; ``statements`` are the section's own."""

    text: str
    rows: Mapping[str, tuple[str, ...]]
    statements: Mapping[str, Statement]


def section(text: str) -> Section:
    (policy,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    rows = re.findall(r"^\| (`.+?) \| (`.+`) \|$", text, re.MULTILINE)
    return Section(
        text=text,
        rows={name.replace("`", ""): tuple(re.findall(r"`(\w+)`", sids)) for name, sids in rows},
        statements={item["Sid"]: item for item in json.loads(policy)["Statement"]},
    )


_, *SECTIONS = (ROOT / "docs" / "operator-permissions.md").read_text().split("\n## ")
READS, CHANGES, GATES = map(section, SECTIONS)
STATEMENTS = {sid: item for each in (READS, CHANGES, GATES) for sid, item in each.statements.items()}


@dataclass(frozen=True)
class Observed:
    """What was needed by each verb on the shipped example, and with each gate by each verb."""

    verbs: Needs
    gates: Mapping[str, Needs]


@pytest.fixture(scope="module")
def observed(running_cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Observed:
    running_cloud.reset()
    site = deployed_example(running_cloud, tmp_path_factory.mktemp("checkout"))
    verbs = needs_of_verbs(site)
    return Observed(verbs, needs_of_gates(site, tmp_path_factory.mktemp("other")))


def grants(sids: Sequence[str]) -> Iterator[Statement]:
    """The statements taken apart: one action, one resource and one value of a condition each."""
    for statement in (STATEMENTS[sid] for sid in sids):
        resources = statement["Resource"]
        for action in statement["Action"]:
            for resource in [resources] if isinstance(resources, str) else resources:
                for condition in conditions(statement):
                    yield {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}


def conditions(statement: Statement) -> Iterator[Statement]:
    if "Condition" not in statement:
        yield {}
        return
    ((operator, keys),) = statement["Condition"].items()
    ((key, values),) = keys.items()
    for value in values:
        yield {operator: {key: value}}


def denied(needs: Sequence[Access], sids: Sequence[str]) -> list[Access]:
    """What the statements do not allow."""
    document = {"Statement": [STATEMENTS[sid] for sid in sids]}
    return [access for access in needs if decide([document], access) != "allowed"]


def unused(needs: Sequence[Access], sids: Sequence[str]) -> list[Statement]:
    """What the statements allow and nothing needed."""
    return [
        grant
        for grant in grants(sids)
        if not any(decide([{"Statement": grant}], access) == "allowed" for access in needs)
    ]


def name_of(command: CommandInfo) -> str:
    assert command.callback is not None
    return command.name or command.callback.__name__


def test_every_verb_has_its_runs_here() -> None:
    registered = {name_of(command) for command in app.registered_commands}
    for group in app.registered_groups:
        assert group.typer_instance is not None
        registered |= {
            f"{group.name} {name_of(command)}" for command in group.typer_instance.registered_commands
        }
    assert registered == READING.keys() | CHANGING.keys()


def test_the_document_has_a_row_for_everything_that_is_run_and_for_nothing_else() -> None:
    assert READS.rows.keys() == READING.keys()
    assert CHANGES.rows.keys() == CHANGING.keys()
    assert GATES.rows.keys() == GATED.keys()


def test_a_row_names_statements_of_its_own_section_or_of_those_before() -> None:
    known: set[str] = set()
    for each in (READS, CHANGES, GATES):
        known |= each.statements.keys()
        assert {sid for sids in each.rows.values() for sid in sids} <= known


@pytest.mark.parametrize("verb", [*READING, *CHANGING])
def test_a_verb_needs_the_statements_of_its_row_and_all_that_they_allow(
    observed: Observed, verb: str
) -> None:
    needs, sids = observed.verbs[verb], {**READS.rows, **CHANGES.rows}[verb]
    assert denied(needs, sids) == []
    assert unused(needs, sids) == []


@pytest.mark.parametrize("gate", GATED)
def test_with_a_gate_the_verbs_need_its_row_on_top_and_all_that_it_allows(
    observed: Observed, gate: str
) -> None:
    sids = GATES.rows[gate]
    for verb, needs in observed.gates[gate].items():
        assert denied(needs, [*{**READS.rows, **CHANGES.rows}[verb], *sids]) == []
    assert unused([access for needs in observed.gates[gate].values() for access in needs], sids) == []


def test_the_verbs_that_look_into_an_image_at_a_gate_are_named(observed: Observed) -> None:
    (named,) = re.findall(r"Where a pair has `requires`, (.+?) look into", GATES.text)
    looking = observed.gates["maxSeverity with enhanced scanning"]
    assert re.findall(r"`(.+?)`", named) == sorted(looking)
    for verb, needs in looking.items():
        assert denied(needs, {**READS.rows, **CHANGES.rows}[verb]), verb


def test_every_statement_is_of_use_to_something_in_its_section() -> None:
    for each in (READS, CHANGES, GATES):
        assert each.statements.keys() <= {sid for sids in each.rows.values() for sid in sids}


def test_no_permission_is_given_twice_to_verbs_that_read() -> None:
    given = [(grant["Action"], grant["Resource"]) for grant in grants([*READS.statements, *GATES.statements])]
    assert len(given) == len(set(given))


def test_a_star_stands_alone_and_only_where_aws_offers_nothing_else() -> None:
    on_everything = {grant["Action"] for grant in grants(list(STATEMENTS)) if grant["Resource"] == "*"}
    # service-authorization/latest/reference: list_awsbatch.html, list_amazoneventbridge.html and
    # list_amazoninspector2.html
    assert on_everything == {
        "batch:DescribeJobDefinitions",
        "batch:DescribeJobQueues",
        "events:ListEventBuses",
        "events:ListRuleNamesByTarget",
        "events:TestEventPattern",
        "inspector2:ListCoverage",
        "inspector2:ListFindings",
    }
