"""What AWS keeps once for the whole account, and moto once a region: CloudWatch's dashboards."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from local.http import Request, Response
from local.layer import Service

# AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html: "Dashboards are global".
_OPERATIONS = ("DeleteDashboards", "GetDashboard", "ListDashboards", "PutDashboard")
_SCOPE = re.compile(r"(Credential=[^/,\s]+/\d{8}/)[^/]+/")


class GlobalServices:
    """Lets moto answer as if each such request were for one region; ``forward`` lets it answer."""

    def __init__(self, forward: Callable[[Request], Response], *, region: str) -> None:
        self._forward = forward
        self._region = region

    def of(self, request: Request) -> Service | None:
        """The service for ``request``, None when its region counts."""
        ours = request.service == "monitoring" and request.operation in _OPERATIONS
        return self._answer if ours else None

    def _answer(self, request: Request) -> Response:
        signed = str(request.environ.get("HTTP_AUTHORIZATION", ""))
        moved = _SCOPE.sub(rf"\g<1>{self._region}/", signed)
        return self._forward(replace(request, environ={**request.environ, "HTTP_AUTHORIZATION": moved}))
