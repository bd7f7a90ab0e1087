"""Image policies: which of the images that ECR holds now is the selected one.

One policy a module, each pure: it is built from its specification, says which tags it could select
(for the EventBridge rule) and picks from candidates. ``parse`` is the one place that knows them all.
"""

from __future__ import annotations

from handler.policy.exact import ExactTag
from handler.policy.parse import Policy, parse

__all__ = ["ExactTag", "Policy", "parse"]
