"""What a run is for: which image is wanted, and what that means for one definition.

``handler.run`` carries out any intent in the same way: it reads, has the intent decide, registers, and
looks again. The function follows the pair's image policy (``handler.follow``); an operator's rollback or
hold is another intent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from handler.lineage import Lineage
from handler.plan import Occasion, Registration, Skip
from handler.revision import RevisionLog
from handler.select import Selection
from handler.services import Services


class Intent(Protocol):
    """``select`` and ``admit`` may ask AWS; ``decide`` is a pure function of what was read."""

    def owns(self, image: str) -> bool:
        """Whether the image reference is one of the repository that the run is about."""

    def select(self, services: Services) -> Selection:
        """The image that is wanted now. It is asked again after every registration."""

    def decide(
        self, log: RevisionLog, lineage: Lineage, selection: Selection, occasion: Occasion
    ) -> Registration | Skip:
        """What to do about one definition, given that an image was selected. Raises DefinitionError."""

    def admit(self, registrations: Mapping[str, Registration], services: Services) -> Mapping[str, Skip]:
        """Those of the planned ``registrations``, by definition, that are not to be made, and why.

        All of them introduce an image: what restores settings or a held image is not asked about.
        Whatever it raises concerns all of them.
        """
