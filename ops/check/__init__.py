"""``ecr-batch check``: every link of the chain from a push to a new revision, one module a link.

Each module looks (``look…``, reads AWS into a frozen value) and judges (``judge…``, from that value and
what this checkout would deploy to verdicts, without any I/O). ``gather`` calls all that look, ``chain`` all
that judge.
"""

from __future__ import annotations
