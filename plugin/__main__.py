"""The component as a package for Pulumi programs in any language.

Pulumi runs this folder (``python plugin ENGINE``) from a checkout of the whole repository, with the
user's project as the working directory.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pulumi.provider.experimental import component_provider_host

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from components import BatchImageUpdater
from components.problems import Spelling

BatchImageUpdater.spelling = Spelling.YAML

# Without a version: Pulumi takes that of the tag or commit that the user asked for.
component_provider_host([BatchImageUpdater], name="ecr-batch-updater")
