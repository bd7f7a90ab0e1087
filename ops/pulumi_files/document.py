"""YAML as Pulumi's engine reads it: the same texts are taken, with the same values.

The engine's library, gopkg.in/yaml.v3, is a translation of libyaml, so libyaml itself parses here (PyYAML
brings it), and what the translation adds is added: its types of scalars, its merging, its refusal of a key
that a map has twice. docs/decisions/0010-yaml.md has the comparison with other libraries.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from ops.pulumi_files.scalars import CORE, STRING, Timestamp, UnresolvableError, number_text, resolve

Path = tuple[str, ...]

_MERGE = f"{CORE}merge"
_PARSER = getattr(yaml, "CLoader", yaml.Loader)


class YamlError(ValueError):
    """A text that the engine refuses; ``line`` counts from 1, and ``problem`` says what is wrong there."""

    def __init__(self, problem: str, line: int) -> None:
        self.problem = problem
        self.line = line
        super().__init__(f"line {line}: {problem}")


@dataclass(frozen=True)
class OddKey:
    """A key of a map that is no string. The engine makes ``text`` of it, below the top of ``config``."""

    kind: str
    text: str


def text_of(key: str | OddKey) -> str:
    """The key as a program gets it."""
    return key if isinstance(key, str) else key.text


@dataclass(frozen=True)
class Document:
    """``value`` is made of maps, lists, strings, numbers, truth values, None and Timestamps.

    ``lines`` has the line of each key and item below it; the items of a list are counted "0", "1", ….
    """

    value: Any = None
    lines: Mapping[Path, int] = field(default_factory=dict)


def read_yaml(content: bytes) -> Document:
    """The first document of ``content``, as the engine passes over further ones. Raises YamlError."""
    try:
        root = _composed(content)
        reading = _Reading()
        return Document() if root is None else Document(reading.value(root, ()), reading.lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(_said(error), mark.line + 1 if mark else 1) from error
    except yaml.YAMLError as error:  # the bytes are no text
        raise YamlError(str(error).split("\n", maxsplit=1)[0], 1) from error
    except RecursionError as error:
        raise YamlError("maps and lists within one another, more than can be read", 1) from error


@dataclass(eq=False)
class _Node:
    """``tag`` is "" for a plain scalar without one. The one child of an alias is what it stands for."""

    kind: str
    line: int
    text: str = ""
    tag: str = ""
    children: list[_Node] = field(default_factory=list)

    @property
    def meant(self) -> _Node:
        return self.children[0] if self.kind == "alias" else self

    @property
    def merges(self) -> bool:
        # In quotes too: the engine writes the file anew, without them, and reads that.
        return self.kind == "scalar" and self.tag in (_MERGE, STRING) and self.text == "<<"

    @property
    def is_string_key(self) -> bool:
        return self.meant.kind == "scalar" and isinstance(_scalar(self.meant), str)


def _composed(content: bytes) -> _Node | None:
    events: Iterator[Any] = iter(yaml.parse(content, Loader=_PARSER))
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            if event.version not in (None, (1, 1)):
                raise YamlError("a %YAML directive with another version than 1.1", 1)
            root = _node(next(events), events, {})
            next(events)
            return root
    return None


def _node(event: Any, events: Iterator[Any], anchors: dict[str, _Node]) -> _Node:
    line = event.start_mark.line + 1
    if isinstance(event, yaml.AliasEvent):
        if event.anchor not in anchors:
            raise YamlError(f"there is no &{event.anchor} before *{event.anchor}", line)
        return _Node("alias", line, event.anchor, children=[anchors[event.anchor]])
    if isinstance(event, yaml.ScalarEvent):
        node = _Node("scalar", line, event.value, _tag(event))
    else:
        node = _Node("list" if isinstance(event, yaml.SequenceStartEvent) else "map", line)
    if event.anchor:
        anchors[event.anchor] = node
    if node.kind != "scalar":
        while not isinstance(event := next(events), yaml.CollectionEndEvent):
            node.children.append(_node(event, events, anchors))
    return node


def _tag(event: yaml.ScalarEvent) -> str:
    if event.tag not in (None, "!"):
        return str(event.tag)
    if event.style:
        return STRING
    return _MERGE if event.value == "<<" else ""


def _scalar(node: _Node) -> Any:
    if node.tag == STRING:
        return node.text
    try:
        return resolve(node.text, node.tag)
    except UnresolvableError as error:
        raise YamlError(str(error), node.line) from error


class _Reading:
    """From nodes to values; what stands behind an alias is made anew at each place."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self._within: set[_Node] = set()
        self._made = 0
        self._made_for_aliases = 0

    def value(self, node: _Node, path: Path) -> Any:
        self._count(node)
        if node.kind == "alias":
            if node in self._within:
                raise YamlError(f"what *{node.text} stands for contains itself", node.line)
            self._within.add(node)
            try:
                return self.value(node.meant, path)
            finally:
                self._within.discard(node)
        if node.kind == "scalar":
            return _scalar(node)
        if node.kind == "list":
            return [self._at(item, (*path, str(index))) for index, item in enumerate(node.children)]
        found: dict[str | OddKey, Any] = {}
        self._fill(found, node, path, strings=all(key.is_string_key for key in node.children[::2]))
        _refuse_twins(found, node.line)
        return found

    def _at(self, node: _Node, path: Path, line: int = 0) -> Any:
        self.lines[path] = line or node.line
        return self.value(node, path)

    def _count(self, node: _Node) -> None:
        """A few lines can stand for millions; the library has the same limit for files of usual size."""
        self._made += 1
        self._made_for_aliases += bool(self._within)
        if self._made > 1000 and self._made_for_aliases > max(100, 0.99 * self._made):
            raise YamlError("aliases that stand for too much", node.line)

    def _fill(self, found: dict[str | OddKey, Any], node: _Node, path: Path, *, strings: bool) -> None:
        """Adds what ``found`` lacks: the map's own keys win over merged ones, and the first of these wins."""
        _refuse_duplicates(node)
        merged = []
        own: dict[str | OddKey, tuple[_Node, _Node]] = {}
        for key_node, value_node in zip(node.children[::2], node.children[1::2], strict=True):
            if key_node.merges:
                merged = _merged(value_node)
            elif (key := self._key(key_node, strings=strings)) is not None:
                own[key] = (key_node, value_node)
        for key, (key_node, value_node) in own.items():
            if key not in found:
                found[key] = self._at(value_node, (*path, text_of(key)), key_node.line)
        for each in merged:
            if each in self._within:
                raise YamlError(f"what *{each.text} stands for contains itself", each.line)
            self._within.add(each)
            self._fill(found, each.meant, path, strings=strings)
            self._within.discard(each)

    def _key(self, node: _Node, *, strings: bool) -> str | OddKey | None:
        if node.meant.kind != "scalar":
            raise YamlError("a map or a list as the key of a map", node.line)
        value = self.value(node, ())
        if isinstance(value, str):
            return value
        if strings:  # merged into a map of strings: taken as it is written, and null not at all
            return None if value is None else node.meant.text
        return OddKey(type(value).__name__, _key_text(value))


def _merged(node: _Node) -> list[_Node]:
    """The maps that ``<<`` merges, the first one first."""
    each = node.children if node.kind == "list" else [node]
    if any(item.meant.kind != "map" for item in each):
        raise YamlError("<< merges a map, or a list of maps, and nothing else", node.line)
    return each


def _refuse_duplicates(node: _Node) -> None:
    first: dict[tuple[str, str], int] = {}
    for key in node.children[::2]:
        written = (key.kind, key.text)
        if written in first:
            raise YamlError(f"the key {key.text!r} stands on line {first[written]} already", key.line)
        first[written] = key.line


def _refuse_twins(found: Mapping[str | OddKey, Any], line: int) -> None:
    """Keys that are one once the engine has written them anew, such as 1 and 1.0."""
    texts = sorted(text_of(key) for key in found)
    for text, following in itertools.pairwise(texts):
        if text == following:
            raise YamlError(f"two keys of the map that begins here are {text!r}", line)


def _key_text(value: bool | float | Timestamp | None) -> str:
    match value:
        case None:
            return "<nil>"
        case bool():
            return str(value).lower()
        case Timestamp():
            return value.text
        case _:
            return number_text(value) if math.isfinite(value) else str(value)


def _said(error: yaml.MarkedYAMLError) -> str:
    begun = f" that begins on line {error.context_mark.line + 1}" if error.context_mark else ""
    return ", ".join([f"{error.context}{begun}"] * bool(error.context) + [str(error.problem)])
