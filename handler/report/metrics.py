"""The metrics that a run may emit, and their units: dashboards take the names from here.

``Updated``, ``Skipped``, ``Failed`` and ``Gated`` (of those skipped) count the outcomes of one run;
``NotDeregistered`` counts revisions, where there were any. ``Behind`` and ``Held`` count the definitions that
do not carry the selected image, or are on hold, as the run left them. They stand until the next run says
otherwise, so only a run that looked at every definition of the pair emits them. ``PushToRevision`` is the
time from the push to each registration. The dimension ``Pair`` holds the name of the pair's function.
"""

from __future__ import annotations

NAMESPACE = "EcrBatchUpdater"
DIMENSION = "Pair"
UNITS = {
    "Updated": "Count",
    "Skipped": "Count",
    "Failed": "Count",
    "Gated": "Count",
    "Behind": "Count",
    "Held": "Count",
    "NotDeregistered": "Count",
    "PushToRevision": "Milliseconds",
}
