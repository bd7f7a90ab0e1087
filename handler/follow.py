"""The function's own intent: bring definitions to the image that the pair's policy selects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handler.lineage import Lineage
from handler.plan import Occasion, Registration, Skip, Target, plan
from handler.revision import RevisionLog
from handler.select import Selection, select
from handler.services import Services
from handler.trigger import Trigger


@dataclass(frozen=True, kw_only=True)
class Follow:
    """An ``Intent``: ``target`` is what the pair wants, ``trigger`` why it is looked at now."""

    target: Target
    trigger: Trigger

    def owns(self, image: str) -> bool:
        return self.target.owns(image)

    def select(self, services: Services) -> Selection:
        return select(self.target.policy, services.ecr, self.trigger, services.clock)

    def decide(
        self, log: RevisionLog, lineage: Lineage, selection: Selection, occasion: Occasion
    ) -> Registration | Skip:
        return plan(log, lineage, selection, self.target, occasion)

    def admit(self, registrations: Mapping[str, Registration], services: Services) -> Mapping[str, Skip]:
        return {}
