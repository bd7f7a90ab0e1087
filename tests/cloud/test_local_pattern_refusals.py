"""Which part of an event pattern is wrong, in the words of EventBridge.

event-ruler 2.1.0, AWS's own matcher, gives these reasons and positions; what EventBridge puts around them was
seen in its answers.
"""

from __future__ import annotations

import json

import pytest

from local.eventbridge.pattern_check import read_pattern
from local.http import ApiError


def refusal(pattern: str) -> str:
    with pytest.raises(ApiError) as caught:
        read_pattern(pattern)
    assert caught.value.code == "InvalidEventPatternException"
    return caught.value.message


def test_a_refusal_says_why_and_where() -> None:
    pattern = '{"source": ["aws.ecr"], "detail": {"result": "SUCCESS"}}'
    assert refusal(pattern) == (
        'Event pattern is not valid. Reason: "result" must be an object or an array\n'
        f' at [Source: (String)"{pattern}"; line: 1, column: 47]'
    )


def test_a_refusal_counts_lines() -> None:
    assert refusal('{\n  "source": "aws.ecr"\n}').endswith("; line: 2, column: 14]")


def test_a_refusal_repeats_the_first_500_characters_of_a_long_pattern() -> None:
    pattern = json.dumps({"source": ["a" * 600], "region": "b"})
    end = f'"{pattern[:500]}"[truncated {len(pattern) - 500} chars]; line: 1, column: 629]'
    assert refusal(pattern).endswith(end)


@pytest.mark.parametrize(
    ("pattern", "reason", "column"),
    [
        ('["a"]', "Filter is not an object", 2),
        ('{"a":{}}', "Empty objects are not allowed", 8),
        ('{"a":[]}', "Empty arrays are not allowed", 8),
        ('{"a":5}', '"a" must be an object or an array', 7),
        ('{"a":["b",["c"]]}', "Match value must be String, number, true, false, or null", 12),
        ('{"a":[{}]}', "Match expression name not found", 9),
        ('{"a":[{"EXISTS":true}]}', "Unrecognized match type EXISTS", 21),
        ('{"a":[{"prefix":1,"suffix":"b"}]}', "prefix match pattern must be a string", 18),
        ('{"a":[{"prefix":"b","suffix":"c"}]}', "Only one key allowed in match expression", 31),
        ('{"a":[{"suffix":{}}]}', "Suffix expression name not found", 19),
        ('{"a":[{"suffix":{"prefix":"b"}}]}', "Unsupported suffix pattern: prefix", 28),
        ('{"a":[{"exactly":1}]}', "exact match pattern must be a string", 19),
        ('{"a":[{"wildcard":"b**"}]}', "Consecutive wildcard characters at pos 2", 24),
        ('{"a":[{"wildcard":"é**"}]}', "Consecutive wildcard characters at pos 3", 24),
        ('{"a":[{"wildcard":"\\ud800**"}]}', "Consecutive wildcard characters at pos 2", 29),
        ('{"a":[{"exists":null}]}', "exists match pattern must be either true or false.", 21),
        # A name of an operator within $or, where it was meant to stand in an array.
        (
            '{"$or":[{"a":{"prefix":["b"]}},{"c":["d"]}]}',
            "prefix is Ruler reserved fieldName which cannot be used inside $or.",
            25,
        ),
        (
            '{"$or":[{"=":["a"]},{"c":["d"]}]}',
            "= is Ruler reserved fieldName which cannot be used inside $or.",
            15,
        ),
        (
            '{"$or":[{"date-before":["a"]},{"c":["d"]}]}',
            "date-before is Ruler reserved fieldName which cannot be used inside $or.",
            25,
        ),
        # anything-but
        (
            '{"a":[{"anything-but":[]}]}',
            "Inside anything but list, either all values are number or string, mixed type is not supported",
            25,
        ),
        (
            '{"a":[{"anything-but":null}]}',
            "Value of anything-but must be an array or single string/number value.",
            27,
        ),
        ('{"a":[{"anything-but":{}}]}', "Anything-But expression name not found", 25),
        ('{"a":[{"anything-but":{"prefix":""}}]}', "Null prefix/suffix not allowed", 35),
        ('{"a":[{"anything-but":"b","c":1}]}', "Too many elements in numeric expression", 32),
        # numeric
        ('{"a":[{"numeric":[]}]}', "Invalid member in numeric match: ]", 20),
        ('{"a":[{"numeric":["~",1]}]}', "Unrecognized numeric range operator: ~", 24),
        ('{"a":[{"numeric":["=","1"]}]}', "Value of equals must be numeric", 24),
        ('{"a":[{"numeric":[">"]}]}', "Value of > must be numeric", 23),
        ('{"a":[{"numeric":["=",1,">",2]}]}', "Too many elements in numeric expression", 26),
        ('{"a":[{"numeric":["<",5,">",1]}]}', "Too many elements in numeric expression", 26),
        ('{"a":[{"numeric":[">",0,1]}]}', "Bad value in numeric range: 1", 26),
        ('{"a":[{"numeric":[">",0,">",1]}]}', "Bad numeric range operator: >", 28),
        ('{"a":[{"numeric":[">",0,"<","5"]}]}', "Value of < must be numeric", 30),
        ('{"a":[{"numeric":[">",0,"<",5,6]}]}', "Too many terms in numeric range expression", 32),
        ('{"a":[{"numeric":[">",5,"<",1]}]}', "Bottom must be less than top", 31),
        ('{"a":[{"numeric":[">=",5,"<=",5]}]}', "Bottom must be less than top", 33),
        ('{"a":[{"numeric":["=",9007199254740993]}]}', "Cannot compare number : 9007199254740993", 40),
        ('{"a":[{"numeric":["=",0.12345678901234567]}]}', "Cannot compare number : 0.12345678901234567", 43),
        ('{"a":[{"numeric":["=",1e400]}]}', "Cannot compare number : 1e400", 29),
        ('{"a":[{"anything-but":[1,9007199254740993]}]}', "Cannot compare number : 9007199254740993", 42),
    ],
)  # fmt: skip
def test_the_reason_and_the_column_are_those_of_event_ruler(pattern: str, reason: str, column: int) -> None:
    where = f'[Source: (String)"{pattern}"; line: 1, column: {column}]'
    assert refusal(pattern) == f"Event pattern is not valid. Reason: {reason}\n at {where}"


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ('{"a":[{"cidr":"10.0.0.0"}]}', "Malformed CIDR, one '/' required"),
        ('{"a":[{"cidr":"10.0.0.0/x"}]}', "Malformed CIDR, mask bits must be an integer"),
        ('{"a":[{"cidr":"10.0.0.0/-1"}]}', "Malformed CIDR, mask bits must not be negative"),
        ('{"a":[{"cidr":"10.0.0/8"}]}', "Nonstandard IP address: 10.0.0"),
        ('{"a":[{"cidr":"::ffff:10.0.0.1/96"}]}', "Nonstandard IP address: ::ffff:10.0.0.1"),
        ('{"a":[{"cidr":"10.0.0.0/32"}]}', "IPv4 mask bits must be < 32"),
        ('{"a":[{"cidr":"::1/128"}]}', "IPv6 mask bits must be < 128"),
        ('{"a":[{"anything-but":9007199254740993}]}', "Cannot compare number : 9007199254740993"),
    ],
)
def test_these_reasons_come_without_a_position(pattern: str, reason: str) -> None:
    assert refusal(pattern) == f"Event pattern is not valid. Reason: {reason}"


@pytest.mark.parametrize(
    ("pattern", "column"),
    [
        ('{"a":["b"]', 11),
        ("{'a':['b']}", 2),
        ('{"a":["b",]}', 11),
        ('{"a":["b\tc"]}', 9),
        ('{"a":[NaN]}', 7),
    ],
)
def test_what_is_no_json_is_refused_where_it_stops_being_json(pattern: str, column: int) -> None:
    """The place is EventBridge's, the words are Python's."""
    assert refusal(pattern).endswith(f'"; line: 1, column: {column}]')


@pytest.mark.parametrize("operator", ["prefix", "suffix", "wildcard", "equals-ignore-case"])
def test_anything_but_none_is_refused(operator: str) -> None:
    """event-ruler 2.1.0 takes the list, and then fails with a NullPointerException on each event."""
    pattern = json.dumps({"source": [{"anything-but": {operator: []}}]})
    assert "Empty arrays are not allowed" in refusal(pattern)


def test_a_pattern_may_have_1000_combinations_of_branches() -> None:
    fields = {str(number): {"$or": [{"b": ["1"]}] * 10} for number in range(3)}
    read_pattern(json.dumps(fields, separators=(",", ":")))
    fields["more"] = {"$or": [{"b": ["1"]}] * 2}
    assert "more than 1000 combinations" in refusal(json.dumps(fields, separators=(",", ":")))
