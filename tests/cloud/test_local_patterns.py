"""Event patterns in the local cloud: what matches, and what PutRule refuses.

event-ruler 2.1.0, AWS's own matcher, gives every verdict of the tables here, and every reason but the one for
a text that is no JSON.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloud import Cloud
from tests.cloud.conftest import Handmade

ENVELOPE = {
    "id": "1",
    "account": "123456789012",
    "source": "aws.ecr",
    "time": "2026-11-24T10:00:43Z",
    "region": "ap-southeast-2",
    "resources": [],
    "detail-type": "ECR Image Action",
}
ABSENT = object()


def matches(cloud: Cloud, pattern: dict[str, Any], detail: dict[str, Any]) -> bool:
    answer = cloud.client("events").test_event_pattern(
        EventPattern=json.dumps(pattern), Event=json.dumps({**ENVELOPE, "detail": detail})
    )
    result: bool = answer["Result"]
    return result


@pytest.mark.parametrize(
    ("filters", "takes", "leaves"),
    [
        pytest.param(["a", "b"], ["a", "b"], ["c", "", "A", None, ABSENT], id="exact"),
        pytest.param([""], [""], ["a", None, ABSENT], id="empty"),
        pytest.param([None], [None], ["", "null", 0, False, ABSENT], id="null"),
        pytest.param([True], [True], [1, "true", False, ABSENT], id="true"),
        pytest.param([1], [1, 1.0], ["1", True, 2, ABSENT], id="number"),
        pytest.param([{"prefix": "v"}], ["v", "v1"], ["1v", "V1", 5, ABSENT], id="prefix"),
        pytest.param([{"prefix": ""}], ["", "a"], [5, ABSENT], id="empty prefix"),
        pytest.param(
            [{"prefix": {"equals-ignore-case": "V"}}], ["v1", "V1"], ["1v", ABSENT], id="prefix any case"
        ),
        pytest.param([{"suffix": "-rc"}], ["1-rc"], ["1-rc1", "1-RC", ABSENT], id="suffix"),
        pytest.param(
            [{"suffix": {"equals-ignore-case": "-rc"}}], ["1-RC"], ["rc1", ABSENT], id="suffix any case"
        ),
        pytest.param(
            [{"wildcard": "release-*"}],
            ["release-", "release-7", "release-a\nb"],
            ["rc-7", "Release-7", 7, ABSENT],
            id="wildcard",
        ),
        pytest.param([{"wildcard": "*-*-1"}], ["a-b-1", "--1"], ["a-1", "a-b-2"], id="wildcards"),
        pytest.param([{"wildcard": "1.?"}], ["1.?"], ["1.2"], id="only the asterisk is a wildcard"),
        pytest.param([{"wildcard": "a\\*b"}], ["a*b"], ["axb"], id="escaped asterisk"),
        pytest.param([{"wildcard": "a\\\\*"}], ["a\\", "a\\b"], ["ab", "a*"], id="escaped backslash"),
        pytest.param([{"anything-but": "x"}], ["y", "", 5, None], ["x", ABSENT], id="anything but"),
        pytest.param(
            [{"anything-but": ["x", "y"]}], ["z", "", "X"], ["x", "y", ABSENT], id="anything but a list"
        ),
        pytest.param([{"anything-but": [""]}], ["a", " "], ["", ABSENT], id="anything but empty"),
        pytest.param([{"anything-but": ["", "x"]}], ["a"], ["", "x", ABSENT], id="nor empty nor x"),
        pytest.param([{"anything-but": [1, 2]}], [3, "1"], [1, 2.0, ABSENT], id="anything but numbers"),
        pytest.param([{"anything-but": {"prefix": "x"}}], ["y", ""], ["x1", ABSENT], id="no prefix"),
        pytest.param(
            [{"anything-but": {"prefix": ["x", "y"]}}], ["z"], ["x1", "y", ABSENT], id="no prefixes"
        ),
        pytest.param([{"anything-but": {"suffix": "-rc"}}], ["1"], ["1-rc", ABSENT], id="no suffix"),
        pytest.param(
            [{"anything-but": {"wildcard": ["*-rc*", "dev-*"]}}], ["1", "xdev-"], ["1-rc2", "dev-1", ABSENT],
            id="no wildcards",
        ),
        pytest.param(
            [{"anything-but": {"equals-ignore-case": ["latest"]}}], ["v1"], ["LATEST", ABSENT],
            id="not whatever the case",
        ),
        pytest.param(
            [{"equals-ignore-case": "Latest"}], ["LATEST", "latest"], ["later", "", 5, ABSENT], id="any case"
        ),
        pytest.param([{"exists": True}], ["", None, 0, "a"], [ABSENT], id="exists"),
        pytest.param([{"exists": False}], [ABSENT], ["", None, 0, "a"], id="exists not"),
        pytest.param([{"exists": False}, ""], [ABSENT, ""], ["a"], id="absent or empty"),
        pytest.param([{"numeric": [">", 0, "<=", 5]}], [1, 5, 0.5], [0, 6, "1", True, ABSENT], id="numeric"),
        pytest.param([{"cidr": "10.0.0.0/24"}], ["10.0.0.9"], ["10.0.1.9", "", 167772161, ABSENT], id="cidr"),
        pytest.param([{"cidr": "0.0.0.0/1"}], ["10.0.0.9"], [True, False, 0, [True]], id="cidr: a boolean"),
        pytest.param([{"cidr": "fe80::/10"}], ["fe80::1"], ["fe80::1%eth0", 1], id="cidr: no zones"),
        pytest.param(["::1"], ["0:0:0:0:0:0:0:1"], ["::2"], id="exact: one address in two spellings"),
        pytest.param([{"exactly": "a"}], ["a"], ["A", ABSENT], id="exactly"),
        pytest.param([{"numeric": [">", 0]}], [2**53], [2**53 + 1, 10**400], id="numeric: a double"),
        pytest.param([2**53 + 1], [2**53 + 1], [2**53], id="number: also what no double holds"),
        pytest.param([{"equals-ignore-case": "maß"}], ["MASS", "Maß"], ["mass", "ma"], id="letter by letter"),
        pytest.param(["a", {"prefix": "b"}], ["a", "b1"], ["a1", "c", ABSENT], id="one of several"),
        # A list matches when one of its values does.
        pytest.param(["a"], [["b", "a"], [["a"]]], [["b"], []], id="list: exact"),
        pytest.param([{"prefix": "v"}], [["latest", "v1"]], [["latest"], []], id="list: prefix"),
        pytest.param([{"anything-but": ["x"]}], [["x", "y"]], [["x"], []], id="list: anything but"),
        pytest.param([{"exists": True}], [["a"], [""]], [[]], id="list: exists"),
        pytest.param([{"exists": False}], [[]], [["a"], [None]], id="list: an empty one is absent"),
        # Filters see leaves; an object is none.
        pytest.param([{"exists": False}], [{"inner": 1}, {}], [], id="object: is no leaf"),
        pytest.param([{"anything-but": "x"}], [], [{"inner": "y"}, {}], id="object: anything but"),
    ],
)  # fmt: skip
def test_a_field_matches_as_eventbridge_documents(
    cloud: Cloud, filters: list[Any], takes: list[Any], leaves: list[Any]
) -> None:
    pattern = {"detail": {"field": filters}}
    for expected, values in ((True, takes), (False, leaves)):
        for value in values:
            detail = {} if value is ABSENT else {"field": value}
            assert matches(cloud, pattern, detail) is expected, (filters, detail)


@pytest.mark.parametrize(
    ("pattern", "detail", "expected"),
    [
        ({"a": ["1"], "b": ["2"]}, {"a": "1", "b": "2", "c": "3"}, True),
        ({"a": ["1"], "b": ["2"]}, {"a": "1", "b": "3"}, False),
        ({"a": {"b": {"c": ["1"]}}}, {"a": {"b": {"c": "1"}}}, True),
        ({"a": {"b": ["1"]}}, {"a": "1"}, False),
        ({"a": {"b": [{"exists": False}]}}, {}, True),
        ({"a": {"b": [{"exists": False}]}}, {"a": "x"}, True),
        ({"$or": [{"a": ["1"]}, {"b": ["2"]}]}, {"a": "0", "b": "2"}, True),
        ({"$or": [{"a": ["1"]}, {"b": ["2"]}]}, {"a": "0", "b": "0"}, False),
        ({"c": ["3"], "$or": [{"a": ["1"]}, {"b": ["2"]}]}, {"a": "1", "c": "0"}, False),
        # Both fields in one element of the list.
        ({"l": {"a": ["1"], "b": ["2"]}}, {"l": [{"a": "1", "b": "2"}, {"a": "0"}]}, True),
        ({"l": {"a": ["1"], "b": ["2"]}}, {"l": [{"a": "1"}, {"b": "2"}]}, False),
        ({"l": {"a": ["1"], "b": ["2"]}}, {"l": [[{"a": "1"}, {"b": "2"}]]}, False),
        ({"l": {"m": {"a": ["1"]}, "n": ["3"]}}, {"l": [{"m": [{"a": "1"}], "n": "3"}]}, True),
        ({"l": {"m": {"a": ["1"]}, "n": ["3"]}}, {"l": [{"m": [{"a": "1"}]}, {"n": "3"}]}, False),
        (
            {"$or": [{"l": {"a": ["1"]}}, {"d": ["1"]}], "l": {"c": ["3"]}},
            {"l": [{"a": "1"}, {"c": "3"}]},
            False,
        ),
        # A field is absent when no element of the list has it, ...
        ({"l": {"b": [{"exists": False}]}}, {"l": [{"a": "1"}, {"b": "2"}]}, False),
        ({"l": {"b": [{"exists": False}]}}, {"l": [[{"a": "1"}], [{"b": "2"}]]}, False),
        ({"l": {"b": [{"exists": False}]}}, {"l": [{"a": "1"}, {}]}, True),
        ({"l": {"a": [{"exists": False}, "1"], "b": ["2"]}}, {"l": [{"a": "1"}, {"b": "2"}]}, False),
        # ... or when the element has not that fields before it, by name, were found in.
        ({"l": {"a": ["1"], "b": [{"exists": False}]}}, {"l": [{"a": "1"}, {"b": "2"}]}, True),
        ({"l": {"b": [{"exists": False}], "a": ["1"]}}, {"l": [{"a": "1"}, {"b": "2"}]}, True),
        ({"l": {"b": ["1"], "a": [{"exists": False}]}}, {"l": [{"b": "1"}, {"a": "2"}]}, False),
        # Names joined by dots are a path as well.
        ({"a": {"b": ["1"]}}, {"a.b": "1"}, True),
        ({"a.b": ["1"]}, {"a": [{"b": "1"}]}, True),
        ({"a": {"b": [{"exists": False}]}}, {"a.b": "1"}, False),
        # Of two lists for a path the later one counts, in the branch of $or that has one.
        ({"a": ["1"], "$or": [{"a": ["2"]}, {"b": ["2"]}]}, {"a": "2"}, True),
        ({"a": ["1"], "$or": [{"a": ["2"]}, {"b": ["2"]}]}, {"a": "1"}, False),
        ({"$or": [{"a": ["2"]}, {"b": ["2"]}], "a": ["1"]}, {"a": "1"}, True),
    ],
)
def test_fields_combine_as_eventbridge_documents(
    cloud: Cloud, pattern: dict[str, Any], detail: dict[str, Any], *, expected: bool
) -> None:
    assert matches(cloud, {"detail": pattern}, detail) is expected


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("{oops", "Expecting property name"),
        ("[]", "Filter is not an object"),
        ({}, "Empty objects"),
        ({"detail": {}}, "Empty objects"),
        ({"source": "aws.ecr"}, '"source" must be an object or an array'),
        ({"source": []}, "Empty arrays"),
        ({"source": [["a"]]}, "Match value must be"),
        ({"source": [{}]}, "Match expression name not found"),
        ({"source": [{"prefix": "a", "suffix": "b"}]}, "Only one key allowed"),
        ({"source": [{"regex": "a"}]}, "Unrecognized match type regex"),
        ({"source": [{"prefix": ["a"]}]}, "prefix match pattern must be a string"),
        ({"source": [{"prefix": {"suffix": "a"}}]}, "Unsupported prefix pattern: suffix"),
        ({"source": [{"equals-ignore-case": ["a"]}]}, "equals-ignore-case match pattern must be a string"),
        ({"source": [{"wildcard": "a**"}]}, "Consecutive wildcard characters at pos 2"),
        ({"source": [{"wildcard": r"\*a**"}]}, "Consecutive wildcard characters at pos 4"),
        ({"source": [{"wildcard": r"a\d"}]}, "Invalid escape character at pos 2"),
        ({"source": [{"wildcard": 1}]}, "wildcard match pattern must be a string"),
        ({"source": [{"exists": "yes"}]}, "exists match pattern must be either true or false"),
        ({"source": [{"anything-but": []}]}, "mixed type is not supported"),
        ({"source": [{"anything-but": ["a", 1]}]}, "mixed type is not supported"),
        ({"source": [{"anything-but": [None]}]}, "null"),
        ({"source": [{"anything-but": [{"prefix": "a"}]}]}, "Inside anything but list"),
        ({"source": [{"anything-but": {"numeric": ["=", 1]}}]}, "Unsupported anything-but pattern: numeric"),
        ({"source": [{"anything-but": {"prefix": ""}}]}, "Null prefix/suffix not allowed"),
        ({"source": [{"anything-but": {"wildcard": ["a**"]}}]}, "Consecutive wildcard characters"),
        ({"source": [{"numeric": 1}]}, "Value of numeric must be an array"),
        ({"source": [{"numeric": ["~", 1]}]}, "Unrecognized numeric range operator"),
        ({"source": [{"numeric": [">"]}]}, "must be numeric"),
        ({"source": [{"cidr": "10.0.0.0/99"}]}, "IPv4 mask bits must be < 32"),
        ({"$or": {"source": ["a"]}}, "must be an Array"),
        ({"$or": ["a", "b"]}, "Only JSON object"),
        ({"$or": [{"source": ["a"]}]}, "at least 2 Objects"),
    ],
)
def test_a_rule_with_a_bad_pattern_is_refused_with_the_reason(
    cloud: Cloud, pattern: Any, reason: str
) -> None:
    text = pattern if isinstance(pattern, str) else json.dumps(pattern)
    events = cloud.client("events")
    with pytest.raises(ClientError, match="InvalidEventPatternException") as caught:
        events.put_rule(Name="rule", EventPattern=text)
    assert reason in str(caught.value)
    assert events.list_rules()["Rules"] == []


def test_a_pattern_over_the_quota_is_refused(cloud: Cloud) -> None:
    pattern = json.dumps({"source": ["a" * 2048]})
    with pytest.raises(ClientError, match="LimitExceededException"):
        cloud.client("events").put_rule(Name="rule", EventPattern=pattern)


def test_a_pattern_is_tested_against_whole_events_alone(cloud: Cloud) -> None:
    event = json.dumps({"source": "aws.ecr"})
    with pytest.raises(ClientError, match=r"(?s)ValidationException.*id, account, time"):
        cloud.client("events").test_event_pattern(EventPattern='{"source": ["aws.ecr"]}', Event=event)


def test_a_rule_delivers_what_its_pattern_matches(handmade: Handmade) -> None:
    """Where moto is wrong, so that rules are seen to use the same matcher."""
    queue = "arn:aws:sqs:ap-southeast-2:123456789012:got"
    rule = handmade.rule({"detail": {"image-tags": [{"exists": False}]}}, queue, allow=False)
    handmade.queue("got", rule=rule)
    for tags in ([], ["latest"]):
        handmade.cloud.events.emit("aws.ecr", "ECR Image Scan", {"image-tags": tags})
    handmade.cloud.settle()
    bodies = [json.loads(message["Body"])["detail"] for message in handmade.messages("got")]
    assert bodies == [{"image-tags": []}]
