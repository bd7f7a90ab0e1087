"""What to say when AWS Batch refuses a document: which of its keys the installed SDK does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from handler.aws.calls import code_of, status_of
from handler.document.raw import Document
from handler.errors import RegistrationRefused

_VALIDATION = {"ClientException", "ValidationException", "SerializationException"}
_SHOWN = 20


def is_refusal(error: ClientError) -> bool:
    """Whether Batch found fault with the document, rather than with the caller or itself."""
    return status_of(error) == 400 and code_of(error) in _VALIDATION


def refused(error: ClientError, document: Document, shape: Any) -> RegistrationRefused:
    """The error for a refused ``document``; ``shape`` is botocore's of RegisterJobDefinition's input."""
    unknown = tuple(dict.fromkeys(unknown_fields(document, shape)))
    said = f"AWS Batch refuses the new revision of job definition {document['jobDefinitionName']}: {error}"
    if not unknown:
        return RegistrationRefused(
            said,
            remedy="correct the job definition; if AWS returns a field that it refuses, add it to the pair's "
            "omitFields and run `pulumi up`",
        )
    more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
    listed = ", ".join(unknown[:_SHOWN])
    return RegistrationRefused(
        f"{said}. Keys that were copied and that the installed SDK does not know: {listed}{more}",
        remedy="if AWS means one of these keys, add that one to the pair's omitFields (for example "
        f"`omitFields: [{unknown[-1]}]`) and run `pulumi up`; new revisions then lack it",
    )


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
