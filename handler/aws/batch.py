"""AWS Batch's job definitions, read and written as raw documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from handler.aws.calls import is_throttling, translated
from handler.clock import Clock
from handler.document.raw import Document, carry_documents
from handler.errors import AwsError, MalformedAnswer
from handler.revision import Revision

# batch/latest/APIReference/API_DescribeJobDefinitions.html
_PAGE = 100
_THROTTLED_ATTEMPTS = 5


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
        return [
            revision
            for revision in self._describe(name, jobDefinitionName=name, status="ACTIVE", maxResults=_PAGE)
            if revision.active
        ]

    def all_revisions(self, name: str) -> list[Revision]:
        """All revisions of a name that Batch has, ACTIVE or not, in no particular order. Raises AwsError."""
        return self._describe(name, jobDefinitionName=name, maxResults=_PAGE)

    def any_revision(self, name: str) -> bool:
        """Whether Batch has a revision of the name, ACTIVE or not. Raises AwsError."""
        return bool(self.all_revisions(name))

    def revisions(self, name: str, numbers: Sequence[int]) -> list[Revision]:
        """Those of the numbered revisions that Batch has, ACTIVE or not. Raises AwsError."""
        found: list[Revision] = []
        for start in range(0, len(numbers), _PAGE):
            names = [f"{name}:{number}" for number in numbers[start : start + _PAGE]]
            found.extend(self._describe(name, jobDefinitions=names))
        return found

    def register(self, document: Document) -> int:
        """Registers a revision and returns its number.

        Raises RegistrationUnclear when it may have taken effect all the same, AwsError when it has not,
        RegistrationRefused among them. None of them tells what the document's environment holds.
        """
        try:
            answer = self._register(document)
        except (ClientError, BotoCoreError) as error:
            raise self._failure(error, document)  # noqa: B904 - it brings its cause, which quotes less
        match answer:
            case {"revision": int(number)}:
                return number
        raise self._failure(MalformedAnswer(f"the answer holds no revision: {str(answer)[:200]}"), document)

    def deregister(self, name: str, number: int) -> None:
        """Makes a revision INACTIVE. Raises AwsError."""
        resource = f"{name}:{number}"
        try:
            self._reader.deregister_job_definition(jobDefinition=resource)
        except (ClientError, BotoCoreError) as error:
            raise translated(error, "batch:DeregisterJobDefinition", f"job definition {resource}") from error

    def _register(self, document: Document) -> Any:
        attempt = 0
        while True:
            try:
                return self._writer.register_job_definition(**document)
            except ClientError as error:
                if not is_throttling(error) or attempt == _THROTTLED_ATTEMPTS - 1:
                    raise
            self._clock.wait(attempt, base=0.5, step="repeat a throttled registration")
            attempt += 1

    def _failure(self, error: Exception, document: Document) -> AwsError:
        # Seldom needed: it loads when it is.
        from handler.aws.registration import explained  # noqa: PLC0415

        return explained(error, document, self._writer.meta)

    def _describe(self, name: str, **query: Any) -> list[Revision]:
        documents: list[Document] = []
        token: dict[str, str] = {}
        while True:
            try:
                page = self._reader.describe_job_definitions(**query, **token)
            except (ClientError, BotoCoreError) as error:
                raise translated(error, "batch:DescribeJobDefinitions", f"job definition {name}") from error
            documents += page["jobDefinitions"]
            if not page.get("nextToken"):
                break
            token = {"nextToken": page["nextToken"]}
        return [revision for revision in map(Revision.read, documents) if revision.name == name]
