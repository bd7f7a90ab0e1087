"""Every call that a function makes, compared with the policy of its role, and remembered."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.backends import Backends
from local.http import ApiError, MalformedBody, Request
from local.iam.permissions import needed
from local.iam.policy import Access, Document, decide


@dataclass(frozen=True, kw_only=True)
class Call(Access):
    """One access of a function that was compared with its role's policy.

    ``by_aws``: an AWS service made it with the function's role, or because of another call of the function.
    """

    allowed: bool
    by_aws: bool = True


@dataclass(frozen=True)
class Credentials:
    """What Lambda puts into a function's environment."""

    access_key: str
    secret_key: str
    session_token: str


class Iam:
    """Knows which access key belongs to which function, and decides what its role allows.

    ``next_revision`` and ``enhanced_scanning`` are those of ``needed``. A key that
    belongs to no function may do everything: it is an operator's. What it needed for that is remembered.
    """

    def __init__(
        self,
        backends: Backends,
        *,
        next_revision: Callable[[str, str], int],
        enhanced_scanning: Callable[[str], bool],
    ) -> None:
        self._backends = backends
        self._next_revision = next_revision
        self._enhanced_scanning = enhanced_scanning
        self._functions: dict[str, str] = {}
        self._calls: dict[str, list[Call]] = defaultdict(list)
        self._needs: dict[str, list[Access]] = defaultdict(list)
        self._lock = threading.Lock()

    def credentials(self, function_arn: str) -> Credentials:
        """The credentials of the function, the same at each call."""
        digest = hashlib.sha256(function_arn.encode()).hexdigest()
        key = "ASIA" + digest[:16].upper()
        with self._lock:
            self._functions[key] = function_arn
        return Credentials(key, digest[:40], digest)

    def function_of(self, access_key: str) -> str | None:
        """The ARN of the function whose key it is; None for an operator's."""
        with self._lock:
            return self._functions.get(access_key)

    def role_of(self, function_arn: str) -> str:
        """The ARN of the role that a function runs under, "" for an unknown one."""
        function = self._backends.function(function_arn, "")
        return function.role if function is not None else ""

    def authorize(self, request: Request) -> None:
        """Raises ApiError, in AWS's words, unless the role of the calling function allows ``request``."""
        function_arn = self.function_of(request.access_key)
        if function_arn is None:
            self._remember(request)
            return
        accesses = self._accesses(request)
        denied = [
            message
            for access in accesses
            if (message := self.denial(function_arn, access, by_aws=access.action != request.action))
        ]
        if denied:
            code = "AccessDenied" if request.protocol == "query" else "AccessDeniedException"
            raise ApiError(code, denied[0], status=400 if request.protocol == "json" else 403)

    def _remember(self, request: Request) -> None:
        try:
            accesses = self._accesses(request)
        except MalformedBody:
            # Another protocol, or something that the service is about to refuse.
            accesses = [Access(action=request.action, resource="*")]
        with self._lock:
            self._needs[request.access_key] += accesses

    def denial(self, function_arn: str, access: Access, *, by_aws: bool = True) -> str | None:
        """Why the function's role does not allow ``access``, or None when it does; remembers the call."""
        role_arn = self.role_of(function_arn)
        decision = decide(self._documents(role_arn), access)
        name = function_arn.split(":")[6]
        call = Call(
            action=access.action,
            resource=access.resource,
            context=access.context,
            allowed=decision == "allowed",
            by_aws=by_aws,
        )
        with self._lock:
            self._calls[name].append(call)
        if decision == "allowed":
            return None
        role = role_arn.rpartition("/")[2]
        reason = (
            "with an explicit deny in an identity-based policy"
            if decision == "explicitly denied"
            else f"because no identity-based policy allows the {access.action} action"
        )
        return (
            f"User: arn:aws:sts::{self._backends.account}:assumed-role/{role}/{name} is not authorized to "
            f"perform: {access.action} on resource: {access.resource} {reason}"
        )

    def calls_by(self, function_name: str) -> list[Call]:
        """What was compared with the policy of that function's role so far, in order."""
        with self._lock:
            return list(self._calls[function_name])

    def denials(self) -> list[tuple[str, Call]]:
        """Each function's name with each call that the policy of its role refused, in order."""
        with self._lock:
            return [(name, call) for name, calls in self._calls.items() for call in calls if not call.allowed]

    def needs_of(self, access_key: str) -> list[Access]:
        """What an operator with that key would have needed permission for so far, in order."""
        with self._lock:
            return list(self._needs[access_key])

    def clear(self) -> None:
        """Forgets the calls and the credentials."""
        with self._lock:
            self._calls.clear()
            self._needs.clear()
            self._functions.clear()

    def _accesses(self, request: Request) -> list[Access]:
        return needed(
            request,
            self._backends.account,
            next_revision=self._next_revision,
            enhanced_scanning=self._enhanced_scanning,
        )

    def _documents(self, role_arn: str) -> list[Document]:
        role = self._backends.role(role_arn)
        if role is None:
            return []
        managed: list[Any] = [policy.document for policy in role.managed_policies.values()]
        texts = [*role.policies.values(), *managed]
        return [json.loads(text) if isinstance(text, str) else text for text in texts]
