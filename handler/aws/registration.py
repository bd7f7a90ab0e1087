"""What to raise when RegisterJobDefinition fails, without what the job definition holds.

A module of its own, which loads with the first failure.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from handler.aws.calls import code_of, is_throttling, status_of, translated
from handler.document.raw import Document
from handler.errors import AwsError, RegistrationUnclear
from handler.redaction import without_contents
from handler.refusal import is_refusal, refused


def explained(error: Exception, document: Document, meta: Any) -> AwsError:
    """The error to raise for ``error``: RegistrationUnclear when ``document`` may be registered all the same.

    ``meta`` is that of a botocore Batch client. The cause of what is returned quotes no more than itself.
    """
    said = _redacted(error, document) if isinstance(error, ClientError) else error
    found = _found(said, document, meta)
    found.__cause__ = said
    return found


def _found(error: Exception, document: Document, meta: Any) -> AwsError:
    if not isinstance(error, ClientError):
        return _unclear(document, without_contents(str(error), document))
    # 404 and 409 come as ClientException while the registration may stand: broadinstitute/cromwell
    # pull request 4076.
    if status_of(error) >= 500 or (code_of(error) == "ClientException" and status_of(error) in (404, 409)):
        return _unclear(document, str(error))
    if is_refusal(error) and not is_throttling(error):
        shape = meta.service_model.operation_model("RegisterJobDefinition").input_shape
        return refused(error, document, shape)
    return translated(error, "batch:RegisterJobDefinition", f"job definition {document['jobDefinitionName']}")


def _unclear(document: Document, what: str) -> RegistrationUnclear:
    return RegistrationUnclear(
        f"batch:RegisterJobDefinition of {document['jobDefinitionName']} may or may not have taken effect: "
        f"{what}",
        remedy="none needed: the run reads again and decides anew",
    )


def _redacted(error: ClientError, document: Document) -> ClientError:
    details = dict(error.response.get("Error", {}))
    details["Message"] = without_contents(str(details.get("Message", "")), document)
    return ClientError({**error.response, "Error": details}, error.operation_name)
