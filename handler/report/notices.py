"""What a run tells others than its operator: an event for each outcome that is news.

Which rule, target or person an event goes to is the users' business. It can't start the function again:
the rules that do match events of AWS's own sources, and nobody but AWS may publish as one of those
(eventbridge/latest/APIReference/API_PutEvents.html).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from handler.document.image import Repository
from handler.event import Trigger
from handler.report.log import record
from handler.report.outcome import Outcome, Result

SOURCE = "ecr-batch-updater"
DETAIL_TYPES = {
    "updated": "Batch Job Definition Image Updated",
    "failed": "Batch Job Definition Image Update Failed",
}
# The whole reason is in the log. Ten notices of this length are below the 256 KiB that one call takes at
# least (eventbridge/latest/userguide/eb-putevents.html), however JSON writes their characters.
_LONGEST_REASON = 2000


def notices(result: Result, trigger: Trigger, repository: Repository) -> dict[str, Mapping[str, Any]]:
    """The event of each definition that was updated or failed, as PutEvents takes it; a dry run has none.

    Its detail holds the fields of the outcome's log record, and ``selectedImage`` as in the result; its
    resource is the new revision, or the job definition without one.
    """
    if result.dry_run:
        return {}
    selected = result.fields()["selectedImage"]

    def detail(outcome: Outcome) -> str:
        told = {"reason": _shortened(outcome.reason), "selectedImage": selected}
        fields = record(outcome, result, trigger) | told
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))

    return {
        outcome.definition: {
            "Source": SOURCE,
            "DetailType": DETAIL_TYPES[outcome.kind],
            "Resources": [_arn(outcome, repository)],
            "Detail": detail(outcome),
        }
        for outcome in result.outcomes
        if outcome.kind in DETAIL_TYPES
    }


def _arn(outcome: Outcome, repository: Repository) -> str:
    """The definitions of a pair are in the account and region of its repository."""
    revision = "" if outcome.new_revision is None else f":{outcome.new_revision}"
    where = f"{repository.partition}:batch:{repository.region}:{repository.account}"
    return f"arn:{where}:job-definition/{outcome.definition}{revision}"


def _shortened(reason: str) -> str:
    return reason if len(reason) <= _LONGEST_REASON else f"{reason[: _LONGEST_REASON - 1]}…"
