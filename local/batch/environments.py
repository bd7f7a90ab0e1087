"""AWS Batch's compute environments where moto is laxer: what changes them, and what keeps them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local.http import ApiError, Request, Response


class BatchEnvironments:
    """``backend`` is moto's Batch backend, ``forward`` lets moto answer."""

    def __init__(self, *, backend: Callable[[], Any], forward: Callable[[Request], Response]) -> None:
        self._backend = backend
        self._forward = forward

    def __call__(self, request: Request) -> Response | None:
        """The answer to ``request``, or None when it is about something else; raises ApiError."""
        match request.operation:
            case "UpdateComputeEnvironment":
                return self._update(request)
            case "DeleteComputeEnvironment":
                self._check_unused(request)
                return self._forward(request)
        return None

    def _named(self, request: Request) -> Any | None:
        return self._backend().get_compute_environment(request.json().get("computeEnvironment", ""))

    def _update(self, request: Request) -> Response:
        """Keeps the resources, which moto drops."""
        response, environment = self._forward(request), self._named(request)
        if response.status == 200 and environment is not None:
            changes = request.json().get("computeResources") or {}
            environment.compute_resources = {**(environment.compute_resources or {}), **changes}
        return response

    def _check_unused(self, request: Request) -> None:
        """batch/latest/APIReference/API_DeleteComputeEnvironment.html."""
        environment = self._named(request)
        queues = self._backend().describe_job_queues() if environment is not None else []
        used = {each["computeEnvironment"] for queue in queues for each in queue["computeEnvironmentOrder"]}
        if environment is not None and environment.arn in used:
            raise ApiError("ClientException", "Cannot delete, found existing JobQueue relationship")
