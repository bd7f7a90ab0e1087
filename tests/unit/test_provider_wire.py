"""Values on the engine's wire: decoded, encoded, revealed, and kept secret."""

from __future__ import annotations

from typing import Any

import pulumi
from google.protobuf import struct_pb2
from pulumi.runtime import rpc

from local.provider.wire import (
    UNKNOWN,
    Blob,
    Secret,
    comparable,
    decode,
    encode,
    keep_secret,
    plain,
)

SIGNATURE = "4dabf18193072939515e22adb298388d"
ARCHIVE = {
    SIGNATURE: "0def7320c3a5731c473e5ecbe6d01bc7",
    "hash": "one",
    "assets": {"a.py": {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "hash": "two", "text": "x = 1"}},
}
ELIDED = {key: value for key, value in ARCHIVE.items() if key != "assets"}


def sent(values: dict[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(values)
    return struct


def test_what_the_engine_sends_comes_back_as_it_was() -> None:
    values = sent(
        {
            "whole": 3,
            "part": 0.5,
            "no": False,
            "nested": {"list": ["a", {"b": rpc.UNKNOWN}]},
            "secret": rpc.wrap_rpc_secret({"deep": ["x"]}),
            "code": ARCHIVE,
        }
    )
    assert encode(decode(values)) == values


def test_whole_numbers_unknowns_and_secrets_are_told_apart() -> None:
    found = decode(sent({"n": 3, "u": rpc.UNKNOWN, "s": rpc.wrap_rpc_secret("x")}))
    assert found == {"n": 3, "u": UNKNOWN, "s": Secret("x")}
    assert isinstance(found["n"], int)


def test_what_is_null_counts_as_left_out_at_any_depth() -> None:
    assert decode(sent({"a": None, "b": {"c": None, "d": 1}})) == {"b": {"d": 1}}
    assert dict(encode({"a": None, "b": {"c": None, "d": 1}})) == dict(sent({"b": {"d": 1}}))


def test_a_kind_gets_plain_values_and_pulumis_archives() -> None:
    found = plain(decode(sent({"s": rpc.wrap_rpc_secret({"k": "x"}), "code": ARCHIVE})))
    assert found["s"] == {"k": "x"}
    assert isinstance(found["code"], pulumi.AssetArchive)
    inner = found["code"].assets["a.py"]
    assert isinstance(inner, pulumi.StringAsset)
    assert inner.text == "x = 1"


def test_an_archive_whose_contents_the_engine_left_out_is_left_out() -> None:
    assert plain(decode(sent({"code": ELIDED, "name": "f"}))) == {"name": "f"}


def test_archives_are_the_same_when_their_hashes_are() -> None:
    assert decode(sent({"c": ARCHIVE})) == decode(sent({"c": ELIDED}))
    assert Blob({"hash": "one"}) != Blob({"hash": "three"})


def test_an_archive_that_stays_is_the_same_in_both_sides_of_a_comparison() -> None:
    old, new = comparable(decode(sent({"code": ELIDED})), decode(sent({"code": ARCHIVE, "arn": rpc.UNKNOWN})))
    assert old["code"].assets.keys() == new["code"].assets.keys()
    assert new.keys() == {"code"}
    old, new = comparable(decode(sent({"code": {**ELIDED, "hash": "old"}})), decode(sent({"code": ARCHIVE})))
    assert (list(old), list(new)) == ([], ["code"])


def test_what_was_secret_is_secret_afterwards_and_its_neighbours_are_not() -> None:
    given = {"name": "n", "tags": {"team": Secret("x"), "open": "o"}, "list": ["a", Secret("b")]}
    outputs = {"name": "n", "tags": {"team": "x", "open": "o", "new": "y"}, "list": ["a", "b"], "arn": "z"}
    assert keep_secret(outputs, given) == {
        "name": "n",
        "tags": {"team": Secret("x"), "open": "o", "new": "y"},
        "list": Secret(["a", "b"]),
        "arn": "z",
    }


def test_a_secret_map_is_secret_as_a_whole() -> None:
    assert keep_secret({"tags": {"a": "1"}}, {"tags": Secret({"a": "1"})}) == {"tags": Secret({"a": "1"})}
