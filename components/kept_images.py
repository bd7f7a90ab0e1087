"""Which images a job definition that is written in code keeps. Pure.

Documents have the shape of batch/latest/APIReference/API_RegisterJobDefinition.html, one of
``containerProperties``, ``ecsProperties``, ``nodeProperties`` and ``eksProperties``.
"""

from __future__ import annotations

from typing import Any

from handler.document.containers import Container, containers_of, with_images
from handler.document.image import ImageReference, Repository

Document = dict[str, Any]


def keep_images(document: Document, deployed: Document, repository: Repository) -> Document:
    """``document`` with the images of ``repository`` that ``deployed`` has; nothing else differs.

    ``deployed`` is the newest ACTIVE revision, {} before the first. A container is recognised by its name, or
    by where it stands if it has none. A container that ``deployed`` lacks takes the image that the others
    share, and the one that is written if they share none. Images of other repositories stay as written:
    nobody but the code updates them.
    """
    kept = {
        _key(container): container.image
        for container in containers_of(deployed)
        if _is_of(repository, container)
    }
    images = set(kept.values())
    shared = images.pop() if len(images) == 1 else None

    def image_of(container: Container) -> str:
        if not _is_of(repository, container):
            return container.image
        return kept.get(_key(container)) or shared or container.image

    return with_images(document, image_of)


def _key(container: Container) -> str:
    return container.name or container.path


def _is_of(repository: Repository, container: Container) -> bool:
    return repository.holds(ImageReference.parse(container.image))
