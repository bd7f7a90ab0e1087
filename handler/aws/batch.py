"""AWS Batch's job definitions, read and written as raw documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from handler.aws.calls import call, is_throttling, pages
from handler.aws.failed_registration import failure
from handler.clock import THROTTLED_REGISTRATION, Clock
from handler.document.raw import Document, carry_documents
from handler.errors import MalformedAnswer
from handler.revision import Revision

# batch/latest/APIReference/API_DescribeJobDefinitions.html
_PAGE = 100


class Batch:
    """``reader`` and ``writer`` are botocore Batch clients.

    The writer must not repeat calls on its own: RegisterJobDefinition has no client token, so a repeat
    after a lost answer would register twice. Throttled calls, which took no effect, are repeated here.
    """

    def __init__(self, *, reader: Any, writer: Any, clock: Clock) -> None:
        carry_documents(reader)
        carry_documents(writer)
        self._reader = reader
        self._writer = writer
        self._clock = clock

    def active_revisions(self, name: str) -> list[Revision]:
        """All ACTIVE revisions of a name, in no particular order. Raises AwsError."""
        found = self._describe(name, jobDefinitionName=name, status="ACTIVE", maxResults=_PAGE)
        return [revision for revision in found if revision.active]

    def all_revisions(self, name: str) -> list[Revision]:
        """All revisions of a name that Batch has, ACTIVE or not, in no particular order. Raises AwsError."""
        return self._describe(name, jobDefinitionName=name, maxResults=_PAGE)

    def revisions(self, name: str, numbers: Sequence[int]) -> list[Revision]:
        """Those of the numbered revisions that Batch has, ACTIVE or not. Raises AwsError."""
        found: list[Revision] = []
        for start in range(0, len(numbers), _PAGE):
            names = [f"{name}:{number}" for number in numbers[start : start + _PAGE]]
            found += self._describe(name, jobDefinitions=names)
        return found

    def register(self, document: Document) -> int:
        """Registers a revision and returns its number.

        Raises RegistrationUnclear when it may have taken effect all the same, AwsError when it has not,
        RegistrationRefused among them. None of them tells what the document's environment holds.
        """
        try:
            return self._register(document)
        except (ClientError, BotoCoreError, ResponseParserError, MalformedAnswer) as error:
            failed = failure(error, document, self._writer.meta)
        # Out here, so that the error that quotes the document is not the context of this one.
        raise failed from failed.cause

    def deregister(self, name: str, number: int) -> None:
        """Makes a revision INACTIVE. Raises AwsError."""
        resource = f"{name}:{number}"
        call(
            self._reader.deregister_job_definition,
            "batch:DeregisterJobDefinition",
            f"job definition {resource}",
            jobDefinition=resource,
        )

    def _register(self, document: Document) -> int:
        for _ in self._clock.attempts(THROTTLED_REGISTRATION, "repeat a throttled registration"):
            try:
                answer = self._writer.register_job_definition(**document)
            except ClientError as error:
                if not is_throttling(error):
                    raise
                throttled = error
                continue
            match answer:
                case {"revision": int(number)}:
                    return number
            raise MalformedAnswer(f"the answer holds no revision: {str(answer)[:200]}")
        raise throttled

    def _describe(self, name: str, **query: Any) -> list[Revision]:
        def describe(**page: Any) -> Any:
            operation = self._reader.describe_job_definitions
            return call(operation, "batch:DescribeJobDefinitions", f"job definition {name}", **page)

        documents = [document for page in pages(describe, **query) for document in page["jobDefinitions"]]
        return [revision for revision in map(Revision.read, documents) if revision.name == name]
