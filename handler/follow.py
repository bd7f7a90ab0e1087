"""The function's own intent: bring definitions to the image that the pair's policy selects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handler.event import Trigger
from handler.lineage import Lineage
from handler.plan import Occasion, Registration, Skip, plan
from handler.revision import RevisionLog
from handler.select import Selection, select
from handler.services import Services
from handler.target import Target
from handler.value import Value

if TYPE_CHECKING:
    from handler.gates.requirements import Requirements
    from handler.gates.verdict import Refusal


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Follow(Value):
    """An ``Intent``: ``target`` is what the pair wants, ``trigger`` why it is looked at now.

    ``requirements`` must be met before an image is rolled out; None where the pair has no gates.
    """

    target: Target
    trigger: Trigger
    requirements: Requirements | None = None

    def owns(self, image: str) -> bool:
        return self.target.owns(image)

    def select(self, services: Services) -> Selection:
        return select(self.target.policy, services.ecr, self.trigger, services.clock)

    def decide(
        self, log: RevisionLog, lineage: Lineage, selection: Selection, occasion: Occasion
    ) -> Registration | Skip:
        return plan(log, lineage, selection, self.target, occasion)

    def admit(self, registrations: Mapping[str, Registration], services: Services) -> Mapping[str, Skip]:
        if self.requirements is None or not registrations:
            return {}
        # Most pairs have no gates, and their functions would pay for these modules at every cold start.
        from handler.gates.admission import Admission  # noqa: PLC0415

        image = next(iter(registrations.values())).image
        admission = Admission(
            requirements=self.requirements,
            image=image,
            owns=self.owns,
            services=services,
            scanned=self.trigger.scanned,
        )
        refused = admission.refused(registrations)
        return {name: _refused(registrations[name], refusal) for name, refusal in refused.items()}


def _refused(registration: Registration, refusal: Refusal) -> Skip:
    image = registration.image
    return Skip(
        definition=registration.definition,
        newest=registration.newest,
        image=registration.image_before,
        reason=f"{image.tag} ({image.digest}) is held back by {refusal.gate}: {refusal.reason}",
        gate=refusal.gate,
        warnings=registration.warnings,
    )
