"""What the provider has to know of one resource type. Everything else of a type is read from pulumi_aws.

Properties are those of Pulumi's wire: camelCase keys, plain Python values, neither unknowns nor secrets; an
archive is a ``pulumi.Archive``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from local.inputs import Inputs
from local.provider.documents import same_document

if TYPE_CHECKING:
    from local.cloud import Cloud

Properties = Mapping[str, Any]
NOTHING: Properties = MappingProxyType({})


@dataclass(frozen=True)
class Place:
    """Where a resource is: the region and account of its provider, or the region that it names itself."""

    cloud: Cloud
    region: str
    account: str

    def client(self, service: str) -> Any:
        """A boto3 client of the local cloud for this region."""
        return self.cloud.client(service, self.region)

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource here."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


@dataclass(frozen=True, eq=False)
class State:
    """A resource that stands: its id, and all of its properties, those that were given and those computed."""

    id: str
    properties: Properties


class HalfMade(ClientError):  # type: ignore[misc]  # botocore has no types
    """AWS refused a call after the one that made the resource: ``state`` stands, and can be updated."""

    def __init__(self, error: ClientError, state: State) -> None:
        super().__init__(error.response, error.operation_name)
        self.state = state


class Read(Protocol):
    """What AWS says of the resource with an id, None when it is gone.

    ``known`` are the properties of the state, none when the resource is imported. From them comes what no API
    gives back (a function's code, what the provider alone knows), and what an id leaves open (the function
    of a permission). Everything else is what AWS says.
    """

    def __call__(self, place: Place, identity: str, known: Properties = NOTHING, /) -> State | None: ...


def _same_json(_property: str, one: Any, other: Any) -> bool:
    return same_document(one, other)


def _nothing(_old: Properties, _new: Properties) -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One resource type in AWS's calls.

    ``create``, ``update`` and ``delete`` raise botocore's ClientError as AWS refuses, and UnknownResource for
    a property that the local cloud can't honour, before anything is made. ``create`` refuses a name that is
    taken wherever AWS does, and raises HalfMade when the resource stands all the same. ``read`` asks AWS and
    answers None when the resource is gone; it also takes the id that ``pulumi import`` takes, and answers
    with the one that a state has. ``delete`` of what is gone succeeds, as the provider's does.

    ``named`` is the property of the physical name, which gets one of Pulumi's when the program gives none; ""
    when the type has none. ``fixed`` are the properties that make it this resource: no call changes them, so
    ``update`` is for inputs in which they are as they were. ``documents`` are properties that hold JSON, and
    ``alike(property, text, text)`` says whether two of them mean the same to the provider.
    ``renewed(old, new)`` says to which computed properties an update from the properties of a state to new
    inputs gives a new value, so that a preview shows them as unknown and all others as they are.
    """

    token: str
    create: Callable[[Place, Inputs], State]
    read: Read
    update: Callable[[Place, State, Inputs], State]
    delete: Callable[[Place, State], None]
    named: str = "name"
    fixed: frozenset[str] = frozenset({"name"})
    documents: frozenset[str] = frozenset()
    alike: Callable[[str, Any, Any], bool] = _same_json
    renewed: Callable[[Properties, Properties], frozenset[str]] = _nothing

    def same(self, key: str, one: Any, other: Any) -> bool:
        """Whether the property is a document, and both texts mean the same."""
        return key in self.documents and self.alike(key, one, other)


def physical_name(logical: str, seed: str) -> str:
    """The name of a resource whose program gives none: Pulumi's seven characters, the same for the same seed.

    >>> physical_name("ocr-role", "")
    'ocr-role-e3b0c44'
    """
    return f"{logical}-{hashlib.sha256(seed.encode()).hexdigest()[:7]}"
