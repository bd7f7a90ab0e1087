"""What every resource of a pair has in common: parent, names, tags, place."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.naming import Names
from components.place import Place


@dataclass(frozen=True)
class Scope:
    """Handed to each function that creates resources of one pair."""

    parent: pulumi.Resource
    names: Names
    tags: Mapping[str, str]
    place: pulumi.Output[Place]
    protect: bool = False

    def options(
        self, *, depends_on: Sequence[pulumi.Resource] = (), protect: bool = False
    ) -> pulumi.ResourceOptions:
        """The options of a child. Without ``protect`` it inherits what the component was given."""
        return pulumi.ResourceOptions(
            parent=self.parent, depends_on=list(depends_on) or None, protect=True if protect else None
        )


def own_tags(project: str, stack: str, pair: str | None = None) -> dict[str, str]:
    """The tags by which people find what belongs together."""
    tags = {"project": project, "stack": stack, "managed-by": "pulumi"}
    return tags if pair is None else tags | {"pair": pair}


def lookup_place(parent: pulumi.Resource | None = None) -> pulumi.Output[Place]:
    """The place of ``parent``'s provider, or else of the default one."""
    opts = pulumi.InvokeOptions(parent=parent)
    return pulumi.Output.all(
        aws.get_partition_output(opts=opts).partition,
        aws.get_region_output(opts=opts).region,
        aws.get_caller_identity_output(opts=opts).account_id,
    ).apply(lambda found: Place(*found))


def to_json(document: Any) -> str:
    """The same text for equal documents."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"))
