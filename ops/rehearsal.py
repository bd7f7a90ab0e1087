"""``ecr-batch test``: would a push be rolled out? Nothing is changed.

An event like ECR's own, given to the function, would register for real. So the two halves of a push's way
are tried one by one: EventBridge says whether the deployed rule lets the event through, and the deployed
function is asked for a reconcile in dry run, which takes the same way through it as a push but for the last
step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from components.naming import Names, Place
from handler.settings import Settings
from ops.aws import Aws
from ops.function import Answer, Function
from ops.push_event import push_event
from ops.rule_check import RuleCheck, check_rule

_REHEARSE = {"action": "reconcile", "dryRun": True}
_NO_DIGEST = "sha256:" + 64 * "0"


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """One pair's rehearsal; ``event`` is the push that was tried, None when there is no tag to push.

    ``dry_run``: the pair's own setting; a rehearsal is a dry run whatever it says.
    """

    pair: str
    dry_run: bool
    event: dict[str, Any] | None
    rule: RuleCheck | None
    answer: Answer

    @property
    def problems(self) -> tuple[str, ...]:
        """Why a push would not be rolled out."""
        found = [self.answer.error] if self.answer.error else []
        if any(item.get("reason") == "paused" for item in self.outcomes):
            # Its rule is disabled with it.
            found.append("the pair is paused: set its paused to false and run `pulumi up`")
        elif self.rule is None:
            found.append("no image is selected, so there is no push to try: push one first")
        elif self.rule.problem:
            found.append(self.rule.problem)
        if self.dry_run:
            found.append("the pair has dryRun, so nothing is registered: take it out and run `pulumi up`")
        return tuple(found)

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        """What the function would do, in the form of ``handler.report.outcome.Outcome.fields``."""
        outcomes = self.answer.result.get("outcomes")
        return outcomes if isinstance(outcomes, list) else []

    def fields(self) -> dict[str, Any]:
        """The rehearsal as JSON."""
        return {
            "pair": self.pair,
            "event": self.event,
            "rule": self.rule.fields() if self.rule else None,
            "result": self.answer.result or None,
            "problems": list(self.problems),
        }


def rehearse(settings: Settings, aws: Aws, *, project: str, stack: str, timeout: int) -> Rehearsal:
    """Tries a push of the pair; ``timeout`` is the function's, in seconds. Raises OpsError."""
    names = Names(project, stack, settings.pair)
    answer = Function(aws, names.base, timeout=timeout).call(_REHEARSE)
    place = Place(aws.identity.partition, aws.region_name, aws.identity.account)
    event, rule = None, None
    if tag_and_digest := _image(settings, answer):
        tag, digest = tag_and_digest
        event = push_event(place, repository=settings.repository, tag=tag, digest=digest)
        rule = check_rule(aws.client("events"), names.base, event)
    return Rehearsal(pair=settings.pair, dry_run=settings.dry_run, event=event, rule=rule, answer=answer)


def _image(settings: Settings, answer: Answer) -> tuple[str, str] | None:
    """The tag and digest to try: what the function selects, or the one tag that the policy follows."""
    match answer.result.get("selectedImage"):
        case {"tag": str(tag), "digest": str(digest)}:
            return tag, digest
    match settings.policy.specification():
        case {"tag": str(tag)}:
            return tag, _NO_DIGEST
    return None
