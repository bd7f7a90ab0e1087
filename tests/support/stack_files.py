"""Stack files and Pulumi.yaml files, and what Pulumi's engine makes of each.

``STACKS`` are files for the repository's own Pulumi.yaml, ``PROJECTS`` are Pulumi.yaml files over one stack
file. The answers of the engine are in stack_files.json: ``{"values": {full key: text}}``, or its words as
``refused``. tests/engine asks the engine again, tests/unit compares our own reading with the record.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.support.recorder import ROOT

RECORD = ROOT / "tests" / "support" / "stack_files.json"
STACK_OF_PROJECTS = "config: {p:pairs: {}}\n"


@dataclass(frozen=True)
class Files:
    """The text of Pulumi.yaml and that of the stack's file."""

    project: str
    stack: str


def all_files() -> dict[str, Files]:
    """Every pair of files by its name."""
    own = (ROOT / "Pulumi.yaml").read_text()
    stacks = {f"stack: {name}": Files(own, text) for name, text in STACKS.items()}
    projects = {f"project: {name}": Files(text, STACK_OF_PROJECTS) for name, text in PROJECTS.items()}
    return stacks | projects


def record() -> dict[str, dict[str, Any]]:
    """What the engine said to each, by name."""
    found: dict[str, dict[str, Any]] = json.loads(RECORD.read_text())
    return found


def comparable(text: str) -> Any:
    """A value's text, but maps and lists as such: the order of a map's keys is nobody's business."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, dict | list) else text


_P = "config: {pairs: {}}\n"


def _a(value: str) -> str:
    """A stack file with one value, a in pairs."""
    return f"config:\n  pairs:\n    a: {value}\n"


def _beside(key: str, value: str) -> str:
    """A stack file with one more key beside pairs."""
    return f"config:\n  pairs: {{}}\n  {key}: {value}\n"


STACKS = {
    "nothing": "",
    "a comment alone": "# nothing\n",
    "config is null": "config:\n",
    "config is a list": "config: []\n",
    "config is a string": "config: x\n",
    "config is an empty string": "config: ''\n",
    "a list": "[a]\n",
    "a string": "a\n",
    "no pairs": "config: {aws:region: eu-central-1}\n",
    "another case of config": "Config: {pairs: {}}\n",
    "an unknown key beside config": f"{_P}comment: [1, {{a: b}}]\n",
    "a number as key beside config": f"{_P}1: x\n",
    "infinity beside config": f"{_P}x: .inf\n",
    "a list as encryptionsalt": f"{_P}encryptionsalt: [a]\n",
    "an empty environment": f"{_P}environment: []\n",
    "pairs with the namespace": "config: {ecr-batch-updater:pairs: {}}\n",
    "pairs in the old form": "config: {ecr-batch-updater:config:pairs: {}}\n",
    "pairs of another namespace": "config: {ecr-batch:pairs: {}}\n",
    "a key with three colons": _beside("'a:b:c:d'", "x"),
    "a key with two colons": _beside("'a:b:c'", "x"),
    "an empty key": _beside("''", "x"),
    "an empty name behind a namespace": _beside("'a:'", "x"),
    "an empty namespace": _beside("':b'", "x"),
    "an unknown key of ours": _beside("alarmEmail", "x"),
    "a number as key": _beside("1", "x"),
    "a truth value as key": _beside("true", "x"),
    "null as key beside a bare one": _beside("~", "x"),
    "null as key beside full ones": "config: {ecr-batch-updater:pairs: {}, ~: x}\n",
    "protect is true": _beside("protect", "true"),
    "protect is true in quotes": _beside("protect", "'true'"),
    "protect is True": _beside("protect", "True"),
    "protect is True in quotes": _beside("protect", "'True'"),
    "protect is yes": _beside("protect", "yes"),
    "protect is on": _beside("protect", "on"),
    "protect is 1": _beside("protect", "1"),
    "protect is null": _beside("protect", ""),
    "protect is a list": _beside("protect", "[true]"),
    "protect has a tag": _beside("protect", "!!bool 'true'"),
    "protect has a tag that it does not fit": _beside("protect", "!!bool yes"),
    "rulesPerBus is 500": _beside("rulesPerBus", "500"),
    "rulesPerBus is 500 in quotes": _beside("rulesPerBus", "'500'"),
    "rulesPerBus is 500.0": _beside("rulesPerBus", "500.0"),
    "rulesPerBus is 1.5": _beside("rulesPerBus", "1.5"),
    "rulesPerBus is 1e3": _beside("rulesPerBus", "1e3"),
    "rulesPerBus is 1e3 in quotes": _beside("rulesPerBus", "'1e3'"),
    "rulesPerBus is 1e6": _beside("rulesPerBus", "1e6"),
    "rulesPerBus is 5e20": _beside("rulesPerBus", "5e20"),
    "rulesPerBus has a sign": _beside("rulesPerBus", "+5"),
    "rulesPerBus has zeros in quotes": _beside("rulesPerBus", "'007'"),
    "rulesPerBus has a space in quotes": _beside("rulesPerBus", "' 5'"),
    "rulesPerBus is hexadecimal": _beside("rulesPerBus", "0x1F4"),
    "rulesPerBus is null": _beside("rulesPerBus", "null"),
    "rulesPerBus is a sexagesimal number": _beside("rulesPerBus", "1:30"),
    "pairs is a list": "config: {pairs: []}\n",
    "pairs is JSON in quotes": "config: {pairs: '{}'}\n",
    "pairs is null": "config: {pairs: }\n",
    "defaults is null": _beside("defaults", ""),
    "alarmEmails is a string": _beside("alarmEmails", "a@example.com"),
    "alarmEmails is JSON in quotes": _beside("alarmEmails", "'[\"a@example.com\"]'"),
    "alarmEmails has a number": _beside("alarmEmails", "[a@example.com, 5]"),
    "alarmEmails has null": _beside("alarmEmails", "[null]"),
    "alarmEmails is empty": _beside("alarmEmails", "[]"),
    "a region without a value": _beside("aws:region", ""),
    "a number in another namespace": _beside("aws:version", "1.10"),
    "a small number in another namespace": _beside("aws:version", "0.00001"),
    "a very small number in another namespace": _beside("aws:version", "1e-7"),
    "a large number in another namespace": _beside("aws:version", "1e21"),
    "a whole number of 64 bits": _beside("aws:version", "18446744073709551615"),
    "a whole number of 65 bits": _beside("aws:version", "18446744073709551616"),
    "a date in another namespace": _beside("aws:since", "2026-01-02"),
    "infinity in another namespace": _beside("aws:version", ".inf"),
    "accounts in another namespace": _beside("aws:allowedAccountIds", '["012345678901", 123456789012]'),
    "within: strings": _a("[text, 'it''s', \"a\\tb\\u00e9\\U0001F600\", <>&, é]"),
    "within: truth values": _a("[true, True, TRUE, false, yes, no, on, off, y, n, 'true', tRUE]"),
    "within: nulls": _a("[null, Null, NULL, ~, '', 'null', nil]"),
    "within: whole numbers": _a(
        "[5, -5, +5, 0, -0, 1_000, 0x1F, 0X1f, 0b101, 0o17, 0O17, 017, 08, -017, '5']"
    ),
    "within: numbers with a sign behind their prefix": _a("[0b-101, 0o-17, -0b-1, 0x-1]"),
    "within: large whole numbers": _a("[9223372036854775807, 9223372036854775808, -9223372036854775809]"),
    "within: numbers with a point": _a(
        "[5.0, 1.10, .5, 1., 1e3, 1e6, 1.5e300, 1e400, -0.0, .5_0, 1_0.5, 100000.5]"
    ),
    "within: texts that look like numbers": _a(
        "[1.2.3, 1:30, 12:30:45, 0x, 0b2, 0o8, 1e, ., +, 1-2, 0xg, 1__, _1]"
    ),
    "within: no number": _a(".nan"),
    "within: dates": _a("[2026-01-02, 2026-1-2, 2026-02-30, 2024-02-29, '2026-01-02', 02-01-2026]"),
    "within: times": _a(
        "[2026-01-02T10:00:00Z, 2026-01-02t1:2:3.450Z, 2026-01-02 10:00:00, 2026-01-02 10:00:00.5, "
        "2026-01-02T10:00:00+05:30, 2026-01-02T10:00:00, 2026-01-02 10:00:00Z, 2026-01-02T24:00:00Z]"
    ),
    "within: tags": _a(
        "[!!str 5, !!int '5', !!float 5, !!null '', !own 5, ! 5, !!binary aGk=, !!str 2026-01-02]"
    ),
    "within: a tag that does not fit": _a("!!int x"),
    "within: no base64": _a("!!binary x"),
    "within: keys that are no strings": _a(
        "{1: a, true: b, ~: c, 1.5: d, 2026-01-02: e, 0x10: f, yes: g, 010: h}"
    ),
    "within: one key as a number and as a string": _a("{1: a, '1': b}"),
    "within: one number in two spellings": _a("{1: a, 01: b}"),
    "within: one number with a point and without": _a("{1: a, 1.0: b}"),
    "within: a list as key": _a("{? [x] : y}"),
    "within: a key that is a flow map": _a("{? {x: y} : z}"),
    "within: explicit keys": "config:\n  ? pairs\n  : ? a\n    : b\n",
    "within: a secret that is none": _a("{secure: 5}"),
    "within: a map of secrets": _a("{secure: {a: b}}"),
    "within: literal text": _a("|\n      x\n       y\n\n    b: |+\n      z\n\n    c: |-\n      q\n"),
    "within: folded text": _a(">\n      x\n      y\n\n      z\n    b: >-\n      p\n      q\n"),
    "within: text over several lines": _a("one\n      two\n\n      three\n    b: 'p\n      q'\n"),
    "within: aliases": "config:\n  pairs:\n    a: &a {x: 1}\n    b: *a\n    c: [*a, &t text, *t]\n",
    "within: an alias before its anchor": "config:\n  pairs: {a: *a, b: &a 1}\n",
    "within: an alias of itself": "config:\n  pairs: &a {b: *a}\n",
    "within: an anchor set twice": "config:\n  pairs: {a: &a 1, b: *a, c: &a 2, d: *a}\n",
    "within: aliases that stand for too much": "x: &0 [a, a, a, a, a, a, a, a, a]\n"
    + "".join(f"x{n}: &{n} [{', '.join([f'*{n - 1}'] * 9)}]\n" for n in range(1, 6))
    + _P,
    "merge: own keys win": (
        "config:\n  pairs:\n    a: &a {x: 1, y: 2}\n    b: {<<: *a, y: 3}\n    c: {y: 3, <<: *a}\n"
    ),
    "merge: the first of a list wins": "config:\n  pairs:\n    a: {<<: [{x: 1}, {x: 2, y: 2}], z: 3}\n",
    "merge: merged maps merge": "config:\n  pairs:\n    a: {<<: {<<: {x: 1, y: 1}, y: 2}, z: 3}\n",
    "merge: twice": "config:\n  pairs:\n    a: {<<: {x: 1}, <<: {y: 2}}\n",
    "merge: a text": "config:\n  pairs:\n    a: {<<: x}\n",
    "merge: an alias of a list": "config:\n  pairs:\n    a: &a [{x: 1}]\n    b: {<<: *a}\n",
    "merge: in quotes": "config:\n  pairs:\n    a: {'<<': {x: 1}}\n",
    "merge: at the top": "<<: {config: {pairs: {}}}\n",
    "merge: the configuration": "x: &x {pairs: {}, protect: true}\nconfig: {<<: *x, protect: false}\n",
    "merge: a number as key into strings": "config:\n  pairs:\n    a: {<<: {1: x, 0x10: y}, b: z}\n",
    "twice: a key at the top": f"{_P}{_P}",
    "twice: a key of the configuration": "config:\n  pairs: {}\n  protect: true\n  protect: false\n",
    "twice: a key in quotes": "config:\n  pairs: {}\n  protect: true\n  'protect': true\n",
    "twice: a key of a pair": "config:\n  pairs:\n    a:\n      x: 1\n      x: 1\n",
    "twice: in braces": _a("{x: 1, x: 1}"),
    "form: a byte order mark": f"\ufeff{_P}",
    "form: Windows' line ends": "config:\r\n  pairs: {}\r\n  protect: true\r\n",
    "form: JSON": '{"config": {"pairs": {"a": "b/c"}, "protect": true}}',
    "form: JSON over several lines": '{\n\t"config": {\n\t\t"pairs": {"a": 1},\n\t\t"protect": true\n}}\n',
    "form: a second document": f"{_P}---\nconfig: {{pairs: {{a: b}}}}\n",
    "form: a second document that is none": f"{_P}---\nfoo: [\n",
    "form: the end of a document": f"---\n{_P}...\n",
    "form: a directive for YAML 1.1": f"%YAML 1.1\n---\n{_P}",
    "form: a directive for YAML 1.2": f"%YAML 1.2\n---\n{_P}",
    "form: a tab as indentation": "config:\n\tpairs: {}\n",
    "form: a tab behind a colon": "config:\n  pairs:\t{}\n  protect:\ttrue\n",
    "form: a tab at the end of a line": "config:\t\n  pairs: {}\t\n",
    "form: a tab within a text": _a("x\ty"),
    "form: a list at the indentation of its key": "config:\n  pairs: {}\n  alarmEmails:\n  - a@example.com\n",
    "form: no space behind a colon": "config:\n  pairs:{}\n",
    "form: a value with a colon": _a("b: c"),
    "form: an open bracket": "config: {pairs: [\n",
    "form: an open quote": 'config: {pairs: {a: "b}}\n',
    "form: an indentation that fits nothing": "config:\n    pairs: {}\n  protect: true\n",
    "form: a line that is no key": "config:\n  pairs: {}\nprotect\n",
    "form: a comment without a space before it": _a("b#c"),
    "form: braces without spaces": 'config: {pairs: {a: {b: c,d: e},"f":g}}\n',
    "form: keys without values in braces": _a("{b, c: , d}"),
    "form: a reserved character": _a("@b"),
    "form: an asterisk without quotes": _a("[*-rc*]"),
    "form: a character that may not be there": _a("b\x07c"),
}

_ARRAY = "type: array, items: {type: string}"


def _declares(declaration: str) -> str:
    """A Pulumi.yaml that declares one key, x."""
    return f"name: p\nruntime: python\nconfig:\n  x: {declaration}\n"


def _others(declaration: str) -> str:
    """A Pulumi.yaml that declares one key of another package."""
    return f"name: p\nruntime: python\nconfig:\n  aws:x: {declaration}\n"


PROJECTS = {
    "a name alone": "name: p\nruntime: python\n",
    "no name": "runtime: python\n",
    "a number as name": "name: 5\nruntime: python\n",
    "an empty name": "name: ''\nruntime: python\n",
    "a key twice": "name: p\nruntime: python\nname: p\n",
    "a list as configuration": "name: p\nruntime: python\nconfig: []\n",
    "a number as key": "name: p\nruntime: python\nconfig: {1: x}\n",
    "a list as stackConfigDir": "name: p\nruntime: python\nstackConfigDir: [a]\n",
    "a string": _declares("text"),
    "a whole number": _declares("5"),
    "a truth value": _declares("true"),
    "a list": _declares("[1, a, 2026-01-02]"),
    "a number with a point": _declares("1.5"),
    "null": _declares(""),
    "a date": _declares("2026-01-02"),
    "a map that is no declaration": _declares("{a: b}"),
    "an empty declaration": _declares("{}"),
    "a type alone": _declares("{type: string}"),
    "a default of its type": _declares("{type: string, default: a}"),
    "a default of another type": _declares("{type: string, default: 5}"),
    "a whole number with a point": _declares("{type: integer, default: 5.0}"),
    "a whole number in quotes": _declares("{type: integer, default: '5'}"),
    "no whole number": _declares("{type: integer, default: 1.5}"),
    "a truth value in quotes": _declares("{type: boolean, default: 'true'}"),
    "yes": _declares("{type: boolean, default: yes}"),
    "an array without items": _declares("{type: array, default: []}"),
    "an array of its items": _declares(f"{{{_ARRAY}, default: [a]}}"),
    "an array of other items": _declares(f"{{{_ARRAY}, default: [1]}}"),
    "an array of arrays": _declares(
        "{type: array, items: {type: array, items: {type: integer}}, default: [[1, 2.0], ['3']]}"
    ),
    "an unknown type": _declares("{type: number, default: 1}"),
    "an unknown attribute": _declares("{default: 1, comment: x}"),
    "a number as description": _declares("{default: 1, description: 5}"),
    "a secret": _declares("{type: string, default: a, secret: true}"),
    "a default of any type": _declares("{default: {b: 1.5, c: 2026-01-02, d: 5.0}}"),
    "a default with a number as key": _declares("{default: {1: b}}"),
    "a default and a value": _declares("{default: 1, value: 2}"),
    "a value of another type": _declares("{type: integer, value: x}"),
    "another package's key": _others("eu-central-1"),
    "another package's value": _others("{value: 1.5}"),
    "another package's default": _others("{default: 1}"),
    "another package's type": _others("{type: integer, value: 1}"),
    "another package's key without a value": _others("{description: x}"),
}
