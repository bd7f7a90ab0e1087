"""The component under other providers and parents, and what two components may not share."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
import pytest

from components import BatchImageUpdater, ConfigErrors
from tests.infra.other_program import args, other_program, refused
from tests.support.recorder import COMPONENT, evaluate


def test_a_job_definition_that_two_components_claim_is_refused() -> None:
    message = refused(
        lambda: BatchImageUpdater("a", args(job_definitions=["x", "y"])),
        lambda: BatchImageUpdater("b", args(job_definitions=["z", "y"])),
    )
    assert 'pair "b", key "job_definitions": found y, which a has too, expected' in message
    assert "Remedy: remove it from one of the two" in message


def test_a_provider_of_another_cloud_is_none_of_the_components() -> None:
    class Other(pulumi.ProviderResource):
        def __init__(self) -> None:
            super().__init__("random", "other", {})

    def program() -> None:
        provider = aws.Provider("eu", region="eu-central-1")
        BatchImageUpdater("a", args(), pulumi.ResourceOptions(providers=[Other(), provider]))
        BatchImageUpdater("b", args(), pulumi.ResourceOptions(provider=provider))

    with pytest.raises(ConfigErrors, match="which a has too"):
        other_program(program)


def test_a_name_that_another_component_has_is_refused_whatever_its_parent_and_provider() -> None:
    class Team(pulumi.ComponentResource):
        def __init__(self, name: str) -> None:
            super().__init__("my:index:Team", name, {})

    def program() -> None:
        for region in ("eu-central-1", "us-east-1"):
            provider = aws.Provider(region, region=region)
            opts = pulumi.ResourceOptions(parent=Team(region), providers=[provider])
            BatchImageUpdater("ocr", args(), opts)

    with pytest.raises(
        ConfigErrors, match='pair "ocr", key "\\(name\\)": found a second component of this name'
    ):
        evaluate(program, containers=["my:index:Team"])


def test_the_same_job_definition_name_in_two_regions_is_no_conflict() -> None:
    def program() -> None:
        for region in ("eu-central-1", "us-east-1"):
            provider = aws.Provider(region, region=region)
            BatchImageUpdater(f"ocr-{region}", args(), pulumi.ResourceOptions(providers=[provider]))

    assert len(other_program(program).all("Function")) == 2


def test_the_same_name_under_the_provider_of_a_parent_is_a_conflict() -> None:
    class Team(pulumi.ComponentResource):
        def __init__(self, name: str, opts: pulumi.ResourceOptions) -> None:
            super().__init__("my:index:Team", name, {}, opts)

    def program() -> None:
        provider = aws.Provider("eu", region="eu-central-1")
        BatchImageUpdater("a", args(), pulumi.ResourceOptions(provider=provider))
        team = Team("team", pulumi.ResourceOptions(providers={"aws": provider}))
        BatchImageUpdater("b", args(), pulumi.ResourceOptions(parent=team))

    with pytest.raises(ConfigErrors, match="which a has too"):
        evaluate(program, containers=["my:index:Team"])


def test_children_and_lookups_use_the_provider_of_the_component() -> None:
    def program() -> None:
        provider = aws.Provider("eu", region="eu-central-1")
        BatchImageUpdater("ocr", args(), pulumi.ResourceOptions(provider=provider))

    recording = other_program(program)
    children = [r for r in recording.resources if r.parent.endswith(f"{COMPONENT}::ocr")]
    assert len(children) == 16
    assert all("pulumi:providers:aws::eu" in child.provider for child in children)
    assert len(recording.invokes) == 3
    assert all("pulumi:providers:aws::eu" in provider for _, provider in recording.invokes)


def test_protecting_the_component_protects_every_child_and_the_arg_only_what_holds_data() -> None:
    whole = other_program(lambda: BatchImageUpdater("ocr", args(), pulumi.ResourceOptions(protect=True)))
    assert all(resource.protect for resource in whole.resources)
    part = other_program(lambda: BatchImageUpdater("ocr", args(protect=True)))
    assert {r.short for r in part.resources if r.protect} == {"Queue", "LogGroup"}
