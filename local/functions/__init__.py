"""AWS Lambda in the local cloud."""

from __future__ import annotations
