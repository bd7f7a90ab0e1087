"""AWS Batch's job definitions, held as the JSON that was sent: a small strict stand-in without any HTTP.

moto lets a later revision inherit the fields that its registration left out, which hides exactly the loss
that the updater must never cause, and it has no pages. This store keeps every field, also those that the
installed SDK does not know, and validates those that it does.
"""

from __future__ import annotations

import base64
import copy
import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.batch.rules import canonical, check_registration
from local.http import ApiError

_PAGE = 100
_EMPTY = "empty:"


@dataclass
class _Revision:
    name: str
    number: int
    arn: str
    document: dict[str, Any]
    status: str = "ACTIVE"
    hidden_reads: int = 0

    def described(self) -> dict[str, Any]:
        """The revision as DescribeJobDefinitions returns it."""
        kind = "EKS" if "eksProperties" in self.document else "ECS"
        return {
            "jobDefinitionArn": self.arn,
            "revision": self.number,
            "status": self.status,
            "containerOrchestrationType": kind,
            **copy.deepcopy(self.document),
        }


class BatchStore:
    """Job definitions and their revisions, safe to use from several threads.

    ``requests`` holds every body that was registered, before normalisation: assert on it, since what Batch
    returns is normalised. ``hide_new_for`` makes each new revision invisible to that many describe calls that
    should have shown it; ``page_size`` and ``empty_pages`` (an empty page with a token comes first) shape the
    answers.

    >>> store = BatchStore()
    >>> store.register({"jobDefinitionName": "a", "type": "container",
    ...                 "containerProperties": {"image": "x"}})
    ('a', 1)
    >>> store.describe(name="a")[0][0]["revision"]
    1
    """

    def __init__(self, *, region: str = "ap-southeast-2", account: str = "123456789012") -> None:
        self.requests: list[dict[str, Any]] = []
        self.page_size = _PAGE
        self.empty_pages = False
        self.hide_new_for = 0
        self._prefix = f"arn:aws:batch:{region}:{account}:job-definition/"
        self._revisions: dict[str, list[_Revision]] = {}
        self._lock = threading.RLock()

    def arn(self, name: str, revision: int) -> str:
        """The ARN of a revision."""
        return f"{self._prefix}{name}:{revision}"

    def next_revision(self, name: str) -> int:
        """The number that the next registration of ``name`` gets. Numbers are never used again."""
        with self._lock:
            return len(self._revisions.get(name, [])) + 1

    def register(self, body: Mapping[str, Any]) -> tuple[str, int]:
        """Stores a new revision and returns its name and number; raises ApiError as Batch refuses."""
        check_registration(body)
        document = copy.deepcopy(dict(body))
        name = str(document["jobDefinitionName"])
        with self._lock:
            number = self.next_revision(name)
            self.requests.append(copy.deepcopy(document))
            self._revisions.setdefault(name, []).append(
                _Revision(
                    name, number, self.arn(name, number), canonical(document), hidden_reads=self.hide_new_for
                )
            )
        return name, number

    def describe(
        self,
        *,
        name: str | None = None,
        definitions: Iterable[str] | None = None,
        status: str | None = None,
        max_results: int | None = None,
        token: str | None = None,
    ) -> tuple[list[dict[str, Any]], str | None]:
        """One page of revisions, newest first, and the token of the next page or None.

        ``definitions`` are names with a revision, or ARNs; at most 100.
        """
        size = min(max_results or self.page_size, self.page_size)
        with self._lock:
            if self.empty_pages and token is None:
                return [], _token(f"{_EMPTY}0")
            start = _offset(token)
            found = self._selected(name, definitions, status)
            visible = [revision for revision in found if revision.hidden_reads == 0]
            if start == 0:
                for revision in found:
                    revision.hidden_reads = max(0, revision.hidden_reads - 1)
            page = [revision.described() for revision in visible[start : start + size]]
        more = start + size < len(visible)
        return page, _token(str(start + size)) if more else None

    def deregister(self, definition: str) -> None:
        """Makes a revision (``name:revision`` or ARN) INACTIVE; raises ApiError if there is none such."""
        with self._lock:
            self._revision(definition).status = "INACTIVE"

    def tags(self, definition: str) -> dict[str, str]:
        """The tags of a revision, by ARN."""
        with self._lock:
            return dict(self._revision(definition).document.get("tags") or {})

    def set_tags(self, definition: str, tags: Mapping[str, str]) -> None:
        """Replaces the tags of a revision in place, as TagResource does: no new revision."""
        with self._lock:
            self._revision(definition).document["tags"] = dict(tags)

    def clear(self) -> None:
        """Forgets everything, and the shape of the answers too."""
        with self._lock:
            self._revisions.clear()
            self.requests.clear()
            self.page_size, self.empty_pages, self.hide_new_for = _PAGE, False, 0

    def _selected(
        self, name: str | None, definitions: Iterable[str] | None, status: str | None
    ) -> list[_Revision]:
        if definitions is not None:
            wanted = list(definitions)
            if len(wanted) > _PAGE:
                raise ApiError("ClientException", "Maximum of 100 job definitions can be described")
            chosen = [revision for text in wanted for revision in self._lookup(text)]
        else:
            names = [name] if name is not None else sorted(self._revisions)
            chosen = [revision for each in names for revision in reversed(self._revisions.get(each, []))]
        return [revision for revision in chosen if status in (None, "", revision.status)]

    def _lookup(self, definition: str) -> list[_Revision]:
        name, _, number = definition.removeprefix(self._prefix).partition(":")
        revisions = self._revisions.get(name, [])
        if not number:
            return list(reversed(revisions))
        return [revision for revision in revisions if str(revision.number) == number]

    def _revision(self, definition: str) -> _Revision:
        found = self._lookup(definition)
        if ":" not in definition.removeprefix(self._prefix) or not found:
            raise ApiError("ClientException", f"JobDefinition, {definition} not found", status=404)
        return found[0]


def _token(text: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(text).encode()).decode()


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(str(json.loads(base64.urlsafe_b64decode(token))).removeprefix(_EMPTY))
    except ValueError as error:
        raise ApiError("ClientException", "Invalid nextToken") from error
