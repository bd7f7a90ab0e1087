"""Why RegisterJobDefinition failed, told without what the job definition holds.

AWS may quote the document that it refuses. Messages end in logs, in the failure queue and in notices, where
more people read than may describe job definitions: so what users put into it is taken out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from handler.aws.calls import code_of, is_throttling, status_of, translated
from handler.document.raw import Document
from handler.errors import AwsError, MalformedAnswer, RegistrationRefused, RegistrationUnclear

_ACTION = "batch:RegisterJobDefinition"
_REFUSAL = {"ClientException", "ValidationException", "SerializationException"}
_MOST_KEYS = 20
# Where a job definition holds what users fill in freely; `options` are a log driver's, with its tokens.
_FREE = {"environment", "env", "options", "parameters", "command", "args"}
# Shorter values (`1`, `true`, `INFO`) are no secrets, and would be found all over a message.
_SHORTEST_SECRET = 6
_INSTEAD = "(not shown)"


def failure(error: Exception, document: Document, meta: Any) -> AwsError:
    """The error to raise when registering ``document`` ended with ``error``.

    RegistrationUnclear when the revision may stand all the same, RegistrationRefused when Batch finds fault
    with the document, AwsError else. ``meta`` is that of a botocore Batch client. The cause quotes no more
    than the message.
    """
    if not isinstance(error, ClientError):
        said = without_contents(str(error), document)
        quotes = said != str(error) or isinstance(error, MalformedAnswer)
        return _unclear(document, said, cause=MalformedAnswer(said, action=_ACTION) if quotes else error)
    error = _without_contents(error, document)
    code, status = code_of(error), status_of(error)
    # 404 and 409 come as ClientException while the registration may stand: broadinstitute/cromwell
    # pull request 4076.
    if status >= 500 or (code == "ClientException" and status in (404, 409)):
        return _unclear(document, str(error), cause=error, code=code, status=status)
    if status == 400 and code in _REFUSAL and not is_throttling(error):
        shape = meta.service_model.operation_model("RegisterJobDefinition").input_shape
        return _refused(error, document, shape)
    return translated(error, _ACTION, f"job definition {document['jobDefinitionName']}")


def unknown_fields(value: Any, shape: Any, path: str = "") -> Iterator[str]:
    """The paths of the keys that the model does not know, as omitFields takes them."""
    match shape.type_name, value:
        case "structure", dict():
            for key, item in value.items():
                below = f"{path}.{key}" if path else key
                if key in shape.members:
                    yield from unknown_fields(item, shape.members[key], below)
                else:
                    yield below
        case "list", list():
            for item in value:
                yield from unknown_fields(item, shape.member, path)


def without_contents(text: str, document: Document) -> str:
    """``text`` without the values of the document's environment, parameters, commands and log options.

    >>> job = {"containerProperties": {"environment": [{"name": "TOKEN", "value": "s3cr3t!"}]}}
    >>> without_contents("TOKEN=s3cr3t! is refused", job)
    'TOKEN=(not shown) is refused'
    """
    values = {value for value in _free_values(document) if len(value) >= _SHORTEST_SECRET}
    quoted = {json.dumps(value)[1:-1] for value in values}
    # The longest first: one value may be part of another.
    for value in sorted(values | quoted, key=len, reverse=True):
        text = text.replace(value, _INSTEAD)
    return text


def _unclear(document: Document, what: str, **made_from: Any) -> RegistrationUnclear:
    return RegistrationUnclear(
        f"{_ACTION} of {document['jobDefinitionName']} may or may not have taken effect: {what}",
        remedy="none needed: the run reads again and decides anew",
        action=_ACTION,
        **made_from,
    )


def _refused(error: ClientError, document: Document, shape: Any) -> RegistrationRefused:
    """The message names the keys that were copied although the installed SDK does not know them."""
    unknown = tuple(dict.fromkeys(unknown_fields(document, shape)))
    said = f"AWS Batch refuses the new revision of job definition {document['jobDefinitionName']}: {error}"
    remedy = (
        "correct the job definition; if AWS returns a field that it refuses, add it to the pair's "
        "omitFields and run `pulumi up`"
    )
    if unknown:
        more = f" and {len(unknown) - _MOST_KEYS} more" if len(unknown) > _MOST_KEYS else ""
        listed = ", ".join(unknown[:_MOST_KEYS])
        said += f". Keys that were copied and that the installed SDK does not know: {listed}{more}"
        remedy = (
            "if AWS means one of these keys, add that one to the pair's omitFields (for example "
            f"`omitFields: [{unknown[-1]}]`) and run `pulumi up`; new revisions then lack it"
        )
    return RegistrationRefused(
        said, remedy=remedy, action=_ACTION, code=code_of(error), status=status_of(error), cause=error
    )


def _without_contents(error: ClientError, document: Document) -> ClientError:
    details = dict(error.response.get("Error", {}))
    details["Message"] = without_contents(str(details.get("Message", "")), document)
    metadata = error.response.get("ResponseMetadata", {})
    # Nothing else of the answer, which may have the message once more.
    return ClientError({"Error": details, "ResponseMetadata": metadata}, error.operation_name)


def _free_values(node: Any, *, free: bool = False) -> Iterator[str]:
    match node:
        case dict():
            for key, item in node.items():
                # The name of a variable tells which one is meant.
                if not (free and key == "name"):
                    yield from _free_values(item, free=free or key in _FREE)
        case list():
            for item in node:
                yield from _free_values(item, free=free)
        case str() if free:
            yield node
