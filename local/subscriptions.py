"""SNS's subscriptions by e-mail, which wait for a person; moto takes them for confirmed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from local.http import Request, Response

# sns/latest/dg/sns-email-notifications.html
_BY_PERSON = ("email", "email-json")
_LISTS = ("ListSubscriptions", "ListSubscriptionsByTopic")


class Subscriptions:
    """Shows them as ``PendingConfirmation`` until ``confirm``; ``backend`` is moto's SNS backend."""

    def __init__(self, *, backend: Callable[[], Any], forward: Callable[[Request], Response]) -> None:
        self._backend = backend
        self._forward = forward
        self._confirmed: set[str] = set()

    def __call__(self, request: Request) -> Response | None:
        """The answer to ``request``, or None when moto answers."""
        if request.operation not in _LISTS:
            return None
        response = self._forward(request)
        body = response.body
        for arn, subscription in self._backend().subscriptions.items():
            if subscription.protocol in _BY_PERSON and arn not in self._confirmed:
                body = body.replace(arn.encode(), b"PendingConfirmation")
        return replace(response, body=body)

    def confirm(self, address: str) -> None:
        """What a person does who follows the link in the mail to ``address``; raises LookupError."""
        found = {arn for arn, item in self._backend().subscriptions.items() if item.endpoint == address}
        if not found:
            raise LookupError(f"nobody subscribed {address}")
        self._confirmed |= found

    def clear(self) -> None:
        """Forgets who has confirmed."""
        self._confirmed.clear()
