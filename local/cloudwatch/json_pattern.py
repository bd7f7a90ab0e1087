"""CloudWatch Logs' filter patterns for JSON: ``{ ($.level = "ERROR") || ($.record.status = "timeout") }``.

AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html. Regular expressions are not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from local.iam.policy import like

Matcher = Callable[[Any], bool]
_MISSING = object()
_TOKEN = re.compile(
    r"""\s*(?:(?P<selector>\$(?:\.[\w-]+|\[\d+\]|\['[^']+'\])+)|(?P<operator>&&|\|\||!=|<=|>=|=|<|>|\(|\))"""
    r"""|(?P<string>"(?:[^"\\]|\\.)*")|(?P<word>[^\s()&|=<>!]+))"""
)


class BadPattern(Exception):
    """The text is no JSON filter pattern."""


def parse(text: str) -> Matcher:
    """The test that the pattern ``text`` describes, for a parsed log line; raises BadPattern.

    >>> parse('{ $.a = "x*" && $.n > 3 }')({"a": "xyz", "n": 4})
    True
    """
    stripped = text.strip()
    if not (stripped.startswith("{") and stripped.endswith("}")):
        raise BadPattern("it does not stand in braces")
    parser = _Parser(list(_tokens(stripped[1:-1].strip())))
    matcher = parser.either()
    if parser.tokens:
        raise BadPattern(f"{parser.tokens[0][1]!r} was not expected")
    return matcher


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, position = [], 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise BadPattern(f"cannot read {text[position:]!r}")
        tokens.append((str(match.lastgroup), match[str(match.lastgroup)]))
        position = match.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens

    def either(self) -> Matcher:
        options = [self._both()]
        while self._accept("||"):
            options.append(self._both())
        return lambda record: any(option(record) for option in options)

    def _both(self) -> Matcher:
        parts = [self._term()]
        while self._accept("&&"):
            parts.append(self._term())
        return lambda record: all(part(record) for part in parts)

    def _term(self) -> Matcher:
        if self._accept("("):
            inner = self.either()
            if not self._accept(")"):
                raise BadPattern("a parenthesis is not closed")
            return inner
        selector = self._take("selector")
        kind, value = self.tokens.pop(0) if self.tokens else ("", "the end")
        if kind == "word":
            return self._keyword(selector, value)
        if kind != "operator":
            raise BadPattern(f"an operator was expected, not {value}")
        wanted = self.tokens.pop(0)[1] if self.tokens else ""
        return lambda record: _compare(_selected(record, selector), value, wanted)

    def _keyword(self, selector: str, word: str) -> Matcher:
        if word == "EXISTS":
            return lambda record: _selected(record, selector) is not _MISSING
        if word == "NOT" and self.tokens and self.tokens.pop(0)[1] == "EXISTS":
            return lambda record: _selected(record, selector) is _MISSING
        constants = {"TRUE": True, "FALSE": False, "NULL": None}
        if word == "IS" and self.tokens and self.tokens[0][1] in constants:
            constant = constants[self.tokens.pop(0)[1]]
            return lambda record: _selected(record, selector) is constant
        raise BadPattern(f"{word} was not expected")

    def _accept(self, text: str) -> bool:
        if self.tokens and self.tokens[0] == ("operator", text):
            self.tokens.pop(0)
            return True
        return False

    def _take(self, kind: str) -> str:
        if not self.tokens or self.tokens[0][0] != kind:
            raise BadPattern(f"a {kind} was expected")
        return self.tokens.pop(0)[1]


def _selected(record: Any, selector: str) -> Any:
    for name, index, quoted in re.findall(r"\.([\w-]+)|\[(\d+)\]|\['([^']+)'\]", selector):
        key: Any = int(index) if index else name or quoted
        try:
            record = record[key]
        except (KeyError, IndexError, TypeError):
            return _MISSING
    return record


def _compare(value: Any, operator: str, wanted: str) -> bool:
    if value is _MISSING or isinstance(value, dict | list):
        return False
    if operator in ("=", "!="):
        return _equal(value, wanted) == (operator == "=")
    try:
        number, limit = float(value), float(wanted)
    except (TypeError, ValueError):
        return False
    return {"<": number < limit, ">": number > limit, "<=": number <= limit, ">=": number >= limit}[operator]


def _equal(value: Any, wanted: str) -> bool:
    if wanted == "*":
        return True
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int | float):
        try:
            return float(value) == float(wanted)
        except ValueError:
            return False
    text = wanted[1:-1].replace('\\"', '"') if wanted.startswith('"') else wanted
    return like(text, str(value))
