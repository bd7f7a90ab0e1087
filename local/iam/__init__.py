"""AWS IAM in the local cloud: who may do what."""

from __future__ import annotations
