"""The regular expressions that a policy takes: those of Python's ``re`` that an automaton can read.

Literals, ``.``, classes, ``\\d`` and ``\\w`` with their opposites, groups, alternatives, and the repetitions
``* + ? {n} {n,} {n,m}``, also lazy. The expression stands between ``^`` and ``$``, so that nobody has to
guess whether a tag that merely contains it counts. Each has the same meaning in ``re``, which does the
matching.
"""

from __future__ import annotations

import re
import string
import warnings

from handler.errors import PolicyError
from components.policy_proof.automaton import ANY, Captured, Chain, Chars, Either, Node, Repeat
from handler.policy.tags import CHARACTERS

_DIGIT = frozenset(string.digits)
_WORD = frozenset(string.ascii_letters + string.digits + "_")
_SETS = {
    "d": _DIGIT,
    "w": _WORD,
    "D": CHARACTERS - _DIGIT,
    "W": CHARACTERS - _WORD,
}
_COUNTS = re.compile(r"\{(\d+)(,(\d*))?\}")
_NAME = re.compile(r"\?P<[A-Za-z_]\w*>")


def parse_regex(text: str) -> Node:
    """The pattern of a regular expression.

    Raises PolicyError for what stands outside of the syntax; the message is the end of a sentence about the
    expression.
    """
    if len(text) < 2 or text[0] != "^" or text[-1] != "$" or text.endswith("\\$"):
        raise PolicyError(
            "which does not stand between ^ and $",
            remedy=f"write ^{text.strip('^$')}$ to match whole tags; put .* where anything may stand",
        )
    node = _Parser(text).whole()
    _check_python(text)
    return node


def _check_python(text: str) -> None:
    """Raises PolicyError for the rest that ``re`` refuses, or says that it will read differently one day."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(text, re.ASCII)
    except (re.error, Warning) as error:
        raise PolicyError(
            f"which Python's re does not take: {error}",
            remedy="give each group a name of its own; in a class, write \\- for the character",
        ) from error


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 1
        self.end = len(text) - 1
        self.groups = 0

    def whole(self) -> Node:
        node = self._either(outermost=True)
        if self.at < self.end:
            raise self._wrong("a ) without its (", "write \\) for the character")
        return node

    def _peek(self) -> str:
        return self.text[self.at] if self.at < self.end else ""

    def _take(self) -> str:
        if self.at >= self.end:
            raise self._wrong("an end where more must follow", "complete it")
        character = self.text[self.at]
        self.at += 1
        return character

    def _either(self, *, outermost: bool = False) -> Node:
        parts = [self._chain()]
        while self._peek() == "|":
            if outermost:
                raise self._wrong(
                    "alternatives of which only the outer ones touch ^ and $",
                    "put them into a group: ^(?:a|b)$",
                )
            self.at += 1
            parts.append(self._chain())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _chain(self) -> Node:
        parts: list[Node] = []
        while self._peek() and self._peek() not in "|)":
            parts.append(self._repeated(self._one()))
        return parts[0] if len(parts) == 1 else Chain(tuple(parts))

    def _repeated(self, node: Node) -> Node:
        match self._peek():
            case "*":
                repeated = Repeat(node, 0, None)
            case "+":
                repeated = Repeat(node, 1, None)
            case "?":
                repeated = Repeat(node, 0, 1)
            case "{":
                return self._lazily(self._counted(node))
            case _:
                return node
        self.at += 1
        return self._lazily(repeated)

    def _counted(self, node: Node) -> Node:
        found = _COUNTS.match(self.text, self.at, self.end)
        if not found:
            raise self._wrong("a { without a count such as {3} or {1,3}", "write \\{ for the character")
        self.at = found.end()
        least = int(found[1])
        most = least if found[2] is None else int(found[3]) if found[3] else None
        if most is not None and most < least:
            raise self._wrong(f"{found[0]}, which ends before it begins", "write the smaller count first")
        return Repeat(node, least, most)

    def _lazily(self, node: Node) -> Node:
        if self._peek() == "?":
            self.at += 1
        if self._peek() and self._peek() in "*+?{":
            raise self._wrong("a repetition of a repetition", "put the inner one into a group: (?:…)")
        return node

    def _one(self) -> Node:
        character = self._take()
        match character:
            case ".":
                return ANY
            case "[":
                return Chars(self._class())
            case "(":
                return self._group()
            case "\\":
                return Chars(self._escaped())
            case "*" | "+" | "?" | "{":
                raise self._wrong(
                    f"a {character} with nothing before it", f"write \\{character} for the character"
                )
            case "^" | "$":
                raise self._wrong(
                    f"a {character} inside", f"leave it to the ends, or write \\{character} for the character"
                )
        return Chars(frozenset(character))

    def _group(self) -> Node:
        if self.text.startswith("?:", self.at):
            self.at += 2
            node, number = self._either(), 0
        else:
            if self._peek() == "?":
                name = _NAME.match(self.text, self.at, self.end)
                if not name:
                    raise self._wrong(
                        "a group that starts with (? and is neither (?:…) nor (?P<name>…)",
                        "look-arounds, flags and references can't be used; write out what a tag looks like",
                    )
                self.at = name.end()
            self.groups += 1
            number = self.groups
            node = self._either()
        if self._peek() != ")":
            raise self._wrong("a ( without its )", "close the group, or write \\( for the character")
        self.at += 1
        return Captured(node) if number == 1 else node

    def _escaped(self) -> frozenset[str]:
        character = self._take()
        if character in _SETS:
            return _SETS[character]
        if character.isalnum():
            raise self._wrong(
                f"\\{character}", "of the escapes with a letter or digit, \\d, \\w, \\D and \\W can be used"
            )
        return frozenset(character)

    def _class(self) -> frozenset[str]:
        negated = self._peek() == "^"
        self.at += negated
        members: set[str] = set()
        first = True
        while first or self._peek() != "]":
            first = False
            low = self._member()
            if self._peek() == "-" and self.text[self.at + 1 : self.at + 2] != "]":
                if len(low) != 1:
                    raise self._wrong(
                        "a - between what is no single character and more",
                        "write \\- for the character, or put it last",
                    )
                self.at += 1
                high = self._member()
                start, end = "".join(low), "".join(high)
                if len(high) != 1 or end < start:
                    raise self._wrong(f"the range {start}-{end}", "write the smaller character first")
                members |= {chr(code) for code in range(ord(start), ord(end) + 1)}
            else:
                members |= low
        self.at += 1
        return CHARACTERS - members if negated else frozenset(members)

    def _member(self) -> frozenset[str]:
        character = self._take()
        if character == "[":
            raise self._wrong("a [ inside of [ ]", "write \\[ for the character")
        return self._escaped() if character == "\\" else frozenset(character)

    def _wrong(self, found: str, remedy: str) -> PolicyError:
        return PolicyError(f"which has {found} (at character {self.at + 1})", remedy=remedy)
