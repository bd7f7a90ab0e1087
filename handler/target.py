"""What a pair wants of its job definitions, and which of their containers that is about."""

from __future__ import annotations

import json
from dataclasses import dataclass

from handler import provenance
from handler.document.containers import Container, containers_of
from handler.document.image import Image, ImageReference, Repository
from handler.document.raw import Document
from handler.errors import NoRepositoryContainer
from handler.revision import Revision
from handler.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Target:
    """A pair's ``settings``, and the ``repository`` that they name, in the function's account and region."""

    settings: Settings
    repository: Repository

    def owns(self, image: str) -> bool:
        """Whether the image reference is one of the pair's repository."""
        return self.repository.holds(ImageReference.parse(image))

    @property
    def needed_tags(self) -> tuple[str, ...]:
        """The provenance tags without which a later run could not tell what a revision carries."""
        policy = self.settings.policy
        keys = [provenance.IMAGE_DIGEST] if self.settings.pin == "tag" else []
        if not policy.allow_downgrade:
            keys += [provenance.IMAGE_TAG, *([provenance.UPDATED_AT] if policy.by_time else [])]
        return tuple(keys)

    def containers(self, name: str, document: Document) -> tuple[Container, ...]:
        """The containers of the definition ``name`` that are to have the repository's image.

        Those that have one now; where none has, those that the pair adopts (``*`` for all of them).
        """
        everything = containers_of(document)
        owned = tuple(container for container in everything if self.owns(container.image))
        if owned:
            return owned
        names = self.settings.adopt.get(name, ())
        return tuple(item for item in everything if "*" in names or (item.name and item.name in names))

    def reference(self, current: str, image: Image) -> str:
        """The reference to ``image``, under the host name that ``current`` uses if it is the repository's."""
        base = ImageReference.parse(current).base if self.owns(current) else self.repository.uri
        return f"{base}:{image.tag}" if self.settings.pin == "tag" else f"{base}@{image.digest}"


def owned(revision: Revision, target: Target) -> tuple[Container, ...]:
    """The containers that are the repository's; raises NoRepositoryContainer when there is none."""
    owned = target.containers(revision.name, revision.document)
    if owned:
        return owned
    containers = containers_of(revision.document)
    raise NoRepositoryContainer(
        f"no container of job definition {revision.name}:{revision.number} uses an image of "
        f"{target.repository.uri}; its images: {', '.join(map(_labelled, containers)) or 'none'}",
        remedy=f"to take it over, set `{_adoption(revision.name, containers)}` in the pair and run `pulumi "
        "up`; otherwise register a revision that uses the repository, or take the definition out of "
        "the pair's jobDefinitions",
    )


def _labelled(container: Container) -> str:
    return f"{container.image} ({container.name})" if container.name else container.image


def _adoption(definition: str, containers: tuple[Container, ...]) -> str:
    """The YAML that adopts; with several containers, the first main one: the others may be sidecars."""
    names = [item.name for item in containers if item.name and ".initContainers[" not in item.path]
    chosen = names[0] if len(containers) > 1 and names else "*"
    return f"adopt: {{{json.dumps(definition)}: [{json.dumps(chosen)}]}}"
