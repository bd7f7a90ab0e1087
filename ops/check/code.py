"""The function's archive, compared file by file.

Lambda's CodeSha256 is that of a zip, and Pulumi packs its own: the same files have another hash there than
here. So the deployed zip is downloaded and unpacked.
"""

from __future__ import annotations

import io
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping

from ops.check.expected import Expected
from ops.check.verdict import Finding, Good, Link, Verdict
from ops.errors import AwsFailed

_SECONDS = 30
_SHOWN = 5


def look_at_code(url: str) -> Mapping[str, bytes]:
    """Name -> content of every file in the zip at ``url``. Raises AwsFailed."""
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer, _opened(answer.read()) as archive:
            return {item.filename: archive.read(item) for item in archive.infolist() if not item.is_dir()}
    except (OSError, zipfile.BadZipFile) as error:
        host = url.split("/")[2]
        raise AwsFailed(
            f"the function's archive can't be downloaded from {host}: {error}",
            remedy=f"let this machine reach {host}, where Lambda keeps archives, and check again",
        ) from error


def _opened(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def judge_code(deployed: Mapping[str, bytes], expected: Expected) -> Iterator[Verdict]:
    """Which files differ."""
    wanted = expected.files
    drift = [
        *(f"{name} is missing" for name in sorted(wanted.keys() - deployed.keys())),
        *(f"{name} is not of this checkout" for name in sorted(deployed.keys() - wanted.keys())),
        *(
            f"{name} differs"
            for name in sorted(wanted.keys() & deployed.keys())
            if wanted[name] != deployed[name]
        ),
    ]
    name, stack = expected.names.base, expected.names.stack
    if not drift:
        yield Good(link=Link.CODE, subject=name, note=f"{len(wanted)} files as in this checkout")
        return
    more = f" and {len(drift) - _SHOWN} more files" if len(drift) > _SHOWN else ""
    yield Finding(
        link=Link.CODE,
        subject=name,
        found=f"its code is not that of this checkout: {', '.join(drift[:_SHOWN])}{more}",
        remedy=f"check out what is deployed, or run `pulumi up --stack {stack}`; if that finds nothing to "
        "change, somebody replaced the code by hand: "
        f"`pulumi up --stack {stack} --replace '**{expected.names.logical('function')}'`",
    )
