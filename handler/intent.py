"""What a run is for: which image is wanted, and what that means for one definition.

``handler.run`` carries out any intent in the same way: it reads, has the intent decide, registers, and
looks again. The function follows the pair's image policy (``Follow``); an operator's rollback or hold is
another intent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from handler.aws.batch import Batch
from handler.aws.ecr import Ecr
from handler.clock import Clock
from handler.event import Trigger
from handler.gates.admission import Admission
from handler.lineage import Lineage
from handler.plan import Skip, plan
from handler.request import Occasion, Registration
from handler.revision import RevisionLog
from handler.select import Selection, select
from handler.target import Target


@dataclass(frozen=True, kw_only=True)
class Services:
    """The gateways of one run. Everything that it asks or changes goes through them."""

    batch: Batch
    ecr: Ecr
    clock: Clock


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

        All of them introduce an image: what restores settings or a held image is not asked about. Whatever it
        raises concerns all of them.
        """


@dataclass(frozen=True, kw_only=True)
class Follow:
    """The function's own intent: bring definitions to the image that the pair's policy selects.

    ``target`` is what the pair wants, ``trigger`` why it is looked at now.
    """

    target: Target
    trigger: Trigger

    def owns(self, image: str) -> bool:
        return self.target.owns(image)

    def select(self, services: Services) -> Selection:
        return select(self.target.settings.policy, services.ecr, self.trigger, services.clock)

    def decide(
        self, log: RevisionLog, lineage: Lineage, selection: Selection, occasion: Occasion
    ) -> Registration | Skip:
        return plan(log, lineage, selection, self.target, occasion)

    def admit(self, registrations: Mapping[str, Registration], services: Services) -> Mapping[str, Skip]:
        requirements = self.target.settings.requires
        if requirements is None or not registrations:
            return {}
        image = next(iter(registrations.values())).image
        admission = Admission(
            requirements=requirements,
            image=image,
            owns=self.owns,
            ecr=services.ecr,
            clock=services.clock,
            scanned=self.trigger.scanned,
        )
        refused = admission.refused({name: item.document for name, item in registrations.items()})
        return {
            name: Skip(
                definition=name,
                newest=registrations[name].newest,
                image=registrations[name].image_before,
                reason=f"{image.tag} ({image.digest}) is held back by {no.gate}: {no.reason}",
                gate=no.gate,
                warnings=registrations[name].warnings,
            )
            for name, no in refused.items()
        }
