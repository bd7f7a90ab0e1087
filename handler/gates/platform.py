"""The platform that an image is built for, and the one that a job definition runs on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handler.errors import RequirementError

_TEXT = re.compile(r"([a-z0-9]+)/([a-z0-9_]+)(?:/([a-z0-9]+))?")
# batch/latest/APIReference/API_RuntimePlatform.html: both keys have these defaults.
_ARCHITECTURES = {"X86_64": "amd64", "ARM64": "arm64"}
_DEFAULT_ARCHITECTURE, _DEFAULT_FAMILY = "X86_64", "LINUX"
# github.com/containerd/platforms, "Normalization": arm64 means arm64/v8.
_VARIANTS = {"arm64": "v8"}


@dataclass(frozen=True, order=True)
class Platform:
    """``os/architecture[/variant]``, in the words of Go and so of image manifests.

    >>> str(Platform.parse("linux/arm64"))
    'linux/arm64'
    """

    os: str
    architecture: str
    variant: str = ""

    @classmethod
    def parse(cls, text: str) -> Platform:
        """Raises RequirementError, whose message is the end of a sentence about the text."""
        found = _TEXT.fullmatch(text)
        if not found:
            raise RequirementError(
                f"{text!r}, which is no platform", remedy="write linux/amd64 or linux/arm64"
            )
        return cls(found[1], found[2], found[3] or "")

    @classmethod
    def of_runtime(cls, runtime: Mapping[str, Any]) -> Platform:
        """From a job definition's ``runtimePlatform``."""
        architecture = str(runtime.get("cpuArchitecture") or _DEFAULT_ARCHITECTURE)
        family = str(runtime.get("operatingSystemFamily") or _DEFAULT_FAMILY)
        return cls(family.partition("_")[0].lower(), _ARCHITECTURES.get(architecture, architecture.lower()))

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)

    def runs(self, image: Platform) -> bool:
        """Whether an image for ``image`` runs here; without a variant, any variant does."""
        if (self.os, self.architecture) != (image.os, image.architecture):
            return False
        default = _VARIANTS.get(self.architecture, "")
        return not self.variant or self.variant == (image.variant or default)
