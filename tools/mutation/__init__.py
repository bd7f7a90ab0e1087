"""``make mutate``: mutations of the function and the program that no test notices (docs/decisions)."""

from __future__ import annotations
