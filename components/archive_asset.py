"""The handler's archive as Pulumi takes it."""

from __future__ import annotations

import pulumi

from components.archive import archive_files


def handler_archive() -> pulumi.AssetArchive:
    """Every file by name, with an absolute path, so that the working directory does not matter."""
    return pulumi.AssetArchive({name: pulumi.FileAsset(str(path)) for name, path in archive_files().items()})
