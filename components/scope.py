"""What every resource of a pair has in common: parent, names, tags, place, options."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pulumi
import pulumi_aws as aws

from components.naming import Names, Place

# Names follow from those of project, stack and pair, which are no secrets; the code is this program's.
_OPEN = ("name", "dashboard_name", "code")

Tags = Mapping[str, pulumi.Input[str]] | pulumi.Output[Mapping[str, pulumi.Input[str]]]


@dataclass(frozen=True)
class Scope:
    """Handed to each function that creates resources of one pair."""

    parent: pulumi.Resource
    names: Names
    tags: Tags
    place: pulumi.Output[Place]
    protect: bool = False

    def options(
        self,
        *,
        depends_on: Sequence[pulumi.Resource] = (),
        protect: bool = False,
        fixed_name: bool = True,
        secret_outputs: Sequence[str] = (),
    ) -> pulumi.ResourceOptions:
        """The options of a child. Without ``protect`` it inherits what the component was given.

        ``fixed_name``: whether its replacement would have its very name, or be the same setting of the same
        resource. Made first, that would be refused, or overwritten and then deleted as the old one.
        ``secret_outputs``: what else repeats inputs that can be secret; ``tags_all`` always does.
        """
        return pulumi.ResourceOptions(
            parent=self.parent,
            depends_on=list(depends_on) or None,
            protect=True if protect else None,
            delete_before_replace=fixed_name or None,
            additional_secret_outputs=[*secret_outputs, *(["tags_all"] * self._has_later_tags)] or None,
        )

    @property
    def _has_later_tags(self) -> bool:
        """Whether tags are Outputs, which can be secret; what is plain is not."""
        return isinstance(self.tags, pulumi.Output) or any(
            isinstance(value, pulumi.Output) for value in self.tags.values()
        )


def state_options(*, encrypted: bool) -> pulumi.ResourceOptions:
    """Options by which the state holds the inputs of a resource, and of its children, encrypted or not.

    All of them: Pulumi tells a program which keys of its configuration hold something encrypted, and not
    which value in them it is.
    """
    return pulumi.ResourceOptions(transformations=[_with_secret_inputs] if encrypted else None)


def _with_secret_inputs(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
    props = {
        key: value if value is None or key in _OPEN else pulumi.Output.secret(value)
        for key, value in args.props.items()
    }
    # The provider's copy of the tags.
    copies = pulumi.ResourceOptions(additional_secret_outputs=["tags_all"])
    return pulumi.ResourceTransformationResult(props, pulumi.ResourceOptions.merge(args.opts, copies))


def own_tags(project: str, stack: str, pair: str | None = None) -> dict[str, str]:
    """The tags by which people find what belongs together."""
    tags = {"project": project, "stack": stack, "managed-by": "pulumi"}
    return tags if pair is None else tags | {"pair": pair}


def all_tags(own: Mapping[str, str], given: Tags) -> Tags:
    """``own`` with ``given``, which win."""
    if isinstance(given, pulumi.Output):
        return given.apply(lambda known: {**own, **known})
    return {**own, **given}


def lookup_place(parent: pulumi.Resource | None = None) -> pulumi.Output[Place]:
    """The place of ``parent``'s provider, or else of the default one.

    Unknown in a preview where the provider's own configuration is: it answers without values then.
    """
    opts = pulumi.InvokeOptions(parent=parent)
    return pulumi.Output.all(
        aws.get_partition_output(opts=opts).partition,
        aws.get_region_output(opts=opts).region,
        aws.get_caller_identity_output(opts=opts).account_id,
    ).apply(lambda found: Place(*found) if all(found) else cast(Place, pulumi.UNKNOWN))


def aws_provider(opts: pulumi.ResourceOptions | None) -> pulumi.ProviderResource | None:
    """The AWS provider that a component with ``opts`` gives its children; None for the default one."""
    if opts is None:
        return None
    given = opts.providers or ()
    candidates = list(given.values() if isinstance(given, Mapping) else given)
    if opts.provider is not None:
        candidates.append(opts.provider)
    for provider in candidates:
        if provider.package == "aws":
            return provider
    return opts.parent.get_provider("aws:index:any") if opts.parent is not None else None


def to_json(document: Any) -> str:
    """The same text for equal documents."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"))
