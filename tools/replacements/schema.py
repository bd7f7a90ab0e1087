"""The arguments of a Terraform resource type, from the answer of ``terraform providers schema -json``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Path = tuple[str, ...]

# `id` is the state's own, `tags_all` is the provider's sum of tags, `timeouts` are customTimeouts in Pulumi.
NO_ARGUMENTS = {"id", "tags_all", "timeouts"}


@dataclass(frozen=True)
class Argument:
    """An attribute or a nested block that a program can set.

    ``type`` is Terraform's: "string", "number", "bool" or a list such as ["map", "string"]; None for a block.
    ``repeated`` is a block of which there can be several.
    """

    path: Path
    type: Any
    required: bool
    repeated: bool = False

    @property
    def is_block(self) -> bool:
        return self.type is None


@dataclass(frozen=True)
class ResourceType:
    """A resource type; ``block`` is its part of the schema, as Terraform writes it."""

    name: str
    version: int
    block: dict[str, Any]

    def arguments(self) -> list[Argument]:
        """Every argument, a block before what it holds."""
        return [argument for argument in self.below(()) if argument.path[0] not in NO_ARGUMENTS]

    def below(self, path: Path) -> list[Argument]:
        """The arguments within the block at that path, at any depth."""
        return list(_walk(self.block_at(path), path))

    def block_at(self, path: Path) -> dict[str, Any]:
        block = self.block
        for name in path:
            block = block["block_types"][name]["block"]
        return block

    def type_of(self, path: Path) -> Any:
        """Terraform's type of the attribute at that path; None for a block."""
        return self.block_at(path[:-1]).get("attributes", {}).get(path[-1], {}).get("type")


def _walk(block: dict[str, Any], path: Path) -> Iterator[Argument]:
    for name, attribute in sorted(block.get("attributes", {}).items()):
        if attribute.get("required") or attribute.get("optional"):
            yield Argument((*path, name), attribute["type"], attribute.get("required", False))
    for name, nested in sorted(block.get("block_types", {}).items()):
        several = nested["nesting_mode"] != "single" and nested.get("max_items") != 1
        yield Argument((*path, name), None, nested.get("min_items", 0) > 0, several)
        yield from _walk(nested["block"], (*path, name))
