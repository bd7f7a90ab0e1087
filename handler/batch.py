"""AWS Batch's job definitions, read and written as raw documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from handler.aws_errors import code_of, is_throttling, status_of, translated
from handler.clock import Clock
from handler.errors import RegistrationUnclear
from handler.raw import Document, carry_documents
from handler.redaction import without_contents
from handler.refusal import is_refusal, refused
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
        name = document["jobDefinitionName"]
        try:
            answer = self._register(document)
        except ClientError as raised:
            error = _redacted(raised, document)
            # 404 and 409 come as ClientException while the registration may stand: broadinstitute/cromwell
            # pull request 4076.
            if status_of(error) >= 500 or (
                code_of(error) == "ClientException" and status_of(error) in (404, 409)
            ):
                raise _unclear(name, str(error)) from error
            if is_refusal(error) and not is_throttling(error):
                raise refused(error, document, self._input_shape()) from error
            raise translated(error, "batch:RegisterJobDefinition", f"job definition {name}") from error
        except BotoCoreError as error:
            raise _unclear(name, without_contents(str(error), document)) from error
        match answer:
            case {"revision": int(number)}:
                return number
        raise _unclear(name, f"the answer holds no revision: {str(answer)[:200]}")

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

    def _input_shape(self) -> Any:
        return self._writer.meta.service_model.operation_model("RegisterJobDefinition").input_shape

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


def _redacted(error: ClientError, document: Document) -> ClientError:
    details = dict(error.response.get("Error", {}))
    details["Message"] = without_contents(str(details.get("Message", "")), document)
    return ClientError({**error.response, "Error": details}, error.operation_name)


def _unclear(name: str, what: str) -> RegistrationUnclear:
    return RegistrationUnclear(
        f"batch:RegisterJobDefinition of {name} may or may not have taken effect: {what}",
        remedy="none needed: the run reads again and decides anew",
    )
