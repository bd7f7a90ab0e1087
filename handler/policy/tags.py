"""What an image tag can be.

AmazonECR/latest/APIReference/API_PutImage.html and the OCI distribution specification that it follows
(github.com/opencontainers/distribution-spec, spec.md, "Pulling manifests").
"""

from __future__ import annotations

import re
import string

LONGEST = 128
FIRST_CHARACTERS = frozenset(string.ascii_letters + string.digits + "_")
CHARACTERS = FIRST_CHARACTERS | frozenset(".-")

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
# The fallback tags of the OCI referrers API, and what cosign and SOCI put beside an image.
_REFERRER = re.compile(r"sha256-[0-9a-f]{64}(?:\..*)?")


def is_tag(text: str) -> bool:
    """Whether an image can carry the tag."""
    return _TAG.fullmatch(text) is not None


def is_referrer(tag: str) -> bool:
    """Whether the tag belongs to a signature, an attestation or an index of another image, by its form."""
    return _REFERRER.fullmatch(tag) is not None
