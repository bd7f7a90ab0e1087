"""Image policies: which of the images that ECR holds now is the selected one.

One policy a module, each pure: it is built from its specification, ranks an image, and says which tags it
could select (for the EventBridge rule). ``parse`` is the one place that knows them all.
"""

from __future__ import annotations

from handler.policy.parse import parse
from handler.policy.policy import Policy, judge
from handler.policy.rank import Left, Rank, Taken, outranks
from handler.policy.tag import ExactTag

__all__ = ["ExactTag", "Left", "Policy", "Rank", "Taken", "judge", "outranks", "parse"]
