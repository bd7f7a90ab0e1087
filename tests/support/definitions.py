"""Job definitions made from botocore's own model of RegisterJobDefinition, and what a copy must look like.

``expected`` knows nothing of the handler: the places of containers and the images of the repository are
listed here again.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import botocore.session
from hypothesis import strategies as st

from tests.support.network import SELECTED
from tests.support.world import REPOSITORY, digest

Document = dict[str, Any]
PREFIX = "ecr-batch-updater/"

_HOSTS = (
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
    "123456789012.dkr.ecr-fips.eu-west-1.amazonaws.com",
    "123456789012.dkr-ecr.eu-west-1.on.aws",
    "123456789012.dkr-ecr-fips.eu-west-1.on.aws",
)
_SUFFIXES = ("", ":latest", ":v1", f"@{digest('a')}", f":v1@{digest('a')}", f"@{SELECTED}")
# Image of the repository -> the same without tag and digest.
OURS = {f"{host}/team/app{suffix}": f"{host}/team/app" for host in _HOSTS for suffix in _SUFFIXES}
ELSEWHERE = (
    "busybox",
    "team/app:v1",
    "docker.io/team/app",
    "public.ecr.aws/team/app:v1",
    f"{REPOSITORY.uri}-sidecar:v1",
    f"{REPOSITORY.uri}/sub:v1",
    f"{_HOSTS[0]}/app:v1",
    "999999999999.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1",
    "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app:v1",
    "x123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1",
)
_GROUPS = (
    r"ecsProperties\.taskProperties\[\]\.containers\[\]"
    r"|eksProperties\.podProperties\.(?:initC|c)ontainers\[\]"
)
_IMAGE = re.compile(
    rf"(?:containerProperties|{_GROUPS}|nodeProperties\.nodeRangeProperties\[\]\.(?:container|{_GROUPS}))\.image"
)


@dataclass(frozen=True)
class Number:
    """A JSON number in the form in which it is written."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        """Hypothesis shows a failing definition as JSON would be written."""
        printer.text(self.text)


def read(text: str | bytes) -> Any:
    """JSON, numbers in the form in which they stand there."""
    return json.loads(text, parse_float=Number, parse_int=Number)


def write(value: Any) -> str:
    """The inverse of ``read``."""
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(
                f"{json.dumps(key, ensure_ascii=False)}: {write(item)}" for key, item in value.items()
            )
            + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(write, value)) + "]"
    return value.text if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)


def expected(value: Any, pin: str, path: str = "") -> Any:
    """The definition with the selected image in every container of the repository."""
    if isinstance(value, dict):
        return {key: expected(item, pin, f"{path}.{key}".lstrip(".")) for key, item in value.items()}
    if isinstance(value, list):
        return [expected(item, pin, f"{path}[]") for item in value]
    if isinstance(value, str) and value in OURS and _IMAGE.fullmatch(path):
        return f"{OURS[value]}:latest" if pin == "tag" else f"{OURS[value]}@{SELECTED}"
    return value


def has_ours(value: Any, path: str = "") -> bool:
    """Whether any container uses the repository."""
    if isinstance(value, dict):
        return any(has_ours(item, f"{path}.{key}".lstrip(".")) for key, item in value.items())
    if isinstance(value, list):
        return any(has_ours(item, f"{path}[]") for item in value)
    return isinstance(value, str) and value in OURS and _IMAGE.fullmatch(path) is not None


# What a later service might add, anywhere. No key of the model is among the names.
_UNKNOWN_KEYS = ("futureField", "new-thing", "Image", "é")
_UNKNOWN = tuple(
    read(text)
    for text in (
        *("null", "[]", "{}", "true", '""', "1.10", "1e3", "-0", "-0.0", "1E+2", "12345678901234567890"),
        '"é \\u2028 \\ud83d\\ude00"',
        '[null, {"a": null, "b": [[], 1.50]}]',
        f'{{"image": "{REPOSITORY.uri}:v1", "containers": [{{"image": "{REPOSITORY.uri}:v1"}}]}}',
    )
)
_TEXTS = st.sampled_from(["x", "", "Ref::input", "a b", "ü", f"{REPOSITORY.uri}:v1"])
_NUMBERS = st.sampled_from([Number("1"), Number("0"), Number("2147483647"), Number("-1")])
_SCALARS = {
    "boolean": st.booleans(),
    "integer": _NUMBERS,
    "long": _NUMBERS,
    "float": st.sampled_from([Number("1.10"), Number("1e3")]),
    "double": st.sampled_from([Number("1.10"), Number("1e3")]),
}
_IMAGES = st.sampled_from([*OURS, *ELSEWHERE])
# Without these a definition has no container at all.
_ALWAYS = {"image", "containers", "taskProperties", "podProperties", "nodeRangeProperties"}
_SHAPES = {
    "container": ("containerProperties", "ecsProperties", "eksProperties"),
    "multinode": ("nodeProperties",),
}
_DECIDED = {"jobDefinitionName", "type", "tags", *(key for keys in _SHAPES.values() for key in keys)}
_TAGS = st.dictionaries(
    st.sampled_from(["team", "cost centre", "é", "aws:batch:x", f"{PREFIX}event-id", f"{PREFIX}image-tag"]),
    st.sampled_from(["ocr", "", "a/b:c"]),
    max_size=3,
)
_MODEL = botocore.session.Session().get_service_model("batch").operation_model("RegisterJobDefinition")


@cache
def _values(shape: Any, key: str) -> st.SearchStrategy[Any]:
    if key == "image":
        return _IMAGES
    match shape.type_name:
        case "structure":
            return _structure(shape, frozenset())
        case "list":
            return st.lists(_values(shape.member, ""), min_size=1 if key in _ALWAYS else 0, max_size=2)
        case "map":
            return st.dictionaries(st.sampled_from(["a", "b"]), _values(shape.value, ""), max_size=2)
        case "string":
            if shape.enum:
                return st.sampled_from(list(shape.enum))
            return st.just("x") if shape.metadata.get("min") else _TEXTS
    return st.just(Number("1")) if "min" in shape.metadata else _SCALARS[shape.type_name]


@cache
def _structure(shape: Any, without: frozenset[str]) -> st.SearchStrategy[Document]:
    """Every optional member present or absent, and now and then keys that the model does not know."""
    members = {key: member for key, member in shape.members.items() if key not in without}
    always = (set(shape.required_members) | _ALWAYS) & members.keys()
    optional: dict[str, st.SearchStrategy[Any]] = {
        key: _values(member, key) for key, member in members.items() if key not in always
    }
    unknown = st.sampled_from(_UNKNOWN)
    return st.fixed_dictionaries(
        {key: _values(members[key], key) for key in sorted(always)},
        optional={**optional, **dict.fromkeys(_UNKNOWN_KEYS, unknown)},
    )


@st.composite
def definitions(draw: st.DrawFn) -> Document:
    """What could have been registered: one of the shapes, with any of the other fields."""
    kind = draw(st.sampled_from(sorted(_SHAPES)))
    shape = draw(st.sampled_from(_SHAPES[kind]))
    document: Document = {"jobDefinitionName": "job", "type": kind}
    document[shape] = draw(_values(_MODEL.input_shape.members[shape], shape))
    document |= draw(_structure(_MODEL.input_shape, frozenset(_DECIDED)))
    if draw(st.booleans()):
        document["tags"] = draw(_TAGS)
    return document
