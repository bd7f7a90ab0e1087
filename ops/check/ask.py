"""Calls to AWS by name, from several threads, with errors in the operator's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from handler.aws.calls import code_of
from handler.parallel import each
from ops.aws import Aws, in_operators_words

# As IAM spells them, which is how boto3 does, too.
_SERVICES = ("batch", "cloudwatch", "ecr", "events", "iam", "lambda", "logs", "sns", "sqs")
_AT_ONCE = 10  # as many connections as a botocore client keeps open

Item = TypeVar("Item")
Done = TypeVar("Done")


def together(step: Callable[[Item], Done], items: Iterable[Item]) -> dict[Item, Done]:
    """``step`` of every item at once; raises the error of the first that failed."""
    found = each(step, items, at_once=_AT_ONCE)
    for error in found.failed.values():
        raise error
    return found.done


class Ask:
    """Makes one client a service at once, since sessions are not to be shared between threads.

    >>> Ask(aws)("events", "describe_rule", absent=["ResourceNotFoundException"], Name="x")  # doctest: +SKIP
    """

    def __init__(self, aws: Aws) -> None:
        self._clients = {service: aws.client(service) for service in _SERVICES}

    def __call__(
        self, service: str, operation: str, *, absent: Sequence[str] = (), **parameters: Any
    ) -> Mapping[str, Any] | None:
        """The answer; None when AWS answers with one of the error codes in ``absent``.

        Raises Denied or another OpsError.
        """
        call = getattr(self._clients[service], operation)
        try:
            answer: Mapping[str, Any] = call(**parameters)
        except (ClientError, BotoCoreError) as error:
            self._raise_unless(absent, error, service, operation)
            return None
        return answer

    def listed(
        self, service: str, operation: str, key: str, *, absent: Sequence[str] = (), **parameters: Any
    ) -> list[Any] | None:
        """The items under ``key`` of all pages; otherwise like a call."""
        pages = self._clients[service].get_paginator(operation).paginate(**parameters)
        try:
            return [item for page in pages for item in page.get(key, [])]
        except (ClientError, BotoCoreError) as error:
            self._raise_unless(absent, error, service, operation)
            return None

    def _raise_unless(
        self, absent: Sequence[str], error: ClientError | BotoCoreError, service: str, operation: str
    ) -> None:
        if isinstance(error, ClientError) and code_of(error) in absent:
            return
        name = self._clients[service].meta.method_to_api_mapping[operation]
        raise in_operators_words(error, action=f"{service}:{name}") from error
