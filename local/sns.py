"""SNS's subscriptions by e-mail, which wait for a person; moto takes them for confirmed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from local.http import ApiError, Request, Response

# sns/latest/dg/sns-email-notifications.html
_BY_PERSON = ("email", "email-json")
_LISTS = ("ListSubscriptions", "ListSubscriptionsByTopic")
_ATTRIBUTE = re.compile(rb"(<key>PendingConfirmation</key>\s*<value>)false")


class Subscriptions:
    """Shows them as pending until ``confirm``, and keeps them; ``backend`` is moto's SNS backend."""

    def __init__(self, *, backend: Callable[[], Any], forward: Callable[[Request], Response]) -> None:
        self._backend = backend
        self._forward = forward
        self._confirmed: set[str] = set()

    def __call__(self, request: Request) -> Response | None:
        """The answer to ``request``, or None when moto answers."""
        pending = request.parameters().get("SubscriptionArn") in self._pending()
        match request.operation:
            case "GetSubscriptionAttributes" if pending:
                response = self._forward(request)
                return replace(response, body=_ATTRIBUTE.sub(rb"\g<1>true", response.body))
            case "Unsubscribe" if pending:
                # sns/latest/dg/sns-delete-subscription-topic.html: it can't be deleted, and goes by itself.
                raise ApiError(
                    "InvalidParameter",
                    "Invalid parameter: SubscriptionArn Reason: Cannot unsubscribe a subscription that is "
                    "pending confirmation",
                )
            case operation if operation in _LISTS:
                response = self._forward(request)
                body = response.body
                for arn in self._pending():
                    body = body.replace(arn.encode(), b"PendingConfirmation")
                return replace(response, body=body)
        return None

    def _pending(self) -> set[str]:
        subscriptions = self._backend().subscriptions.items()
        return {arn for arn, item in subscriptions if item.protocol in _BY_PERSON} - self._confirmed

    def confirm(self, address: str) -> None:
        """What a person does who follows the link in the mail to ``address``; raises LookupError."""
        found = {arn for arn, item in self._backend().subscriptions.items() if item.endpoint == address}
        if not found:
            raise LookupError(f"nobody subscribed {address}")
        self._confirmed |= found

    def clear(self) -> None:
        """Forgets who has confirmed."""
        self._confirmed.clear()
