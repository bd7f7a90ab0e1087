"""The account's default event bus, to which notices are sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handler.aws.calls import call
from handler.clock import REFUSED_NOTICES, Clock
from handler.errors import MalformedAnswer, NoticesLost, UpdaterError

# eventbridge/latest/APIReference/API_PutEvents.html, also for the codes of what may pass by itself
_MOST_ENTRIES = 10
_PASSING = {"InternalFailure", "InternalException", "ThrottlingException"}
_ACTION, _BUS = "events:PutEvents", "the default event bus"


class Bus:
    """Sends notices through a botocore EventBridge client."""

    def __init__(self, client: Any, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def publish(self, notices: Mapping[str, Mapping[str, Any]]) -> None:
        """Sends all of them, by definition; what becomes of one does not stop the others.

        A notice arrives twice only if the answer to the call is lost. Raises NoticesLost, which says what
        became of each that was not sent.
        """
        lost: dict[str, str] = {}
        names = list(notices)
        for start in range(0, len(names), _MOST_ENTRIES):
            lost |= self._send({name: notices[name] for name in names[start : start + _MOST_ENTRIES]})
        if lost:
            raise NoticesLost(
                f"{len(lost)} of {len(notices)} notice(s) were not published: {_listed(lost)}",
                remedy="repair what AWS says; the outcomes stand and are in the log, but a retry does not "
                "publish them",
            )

    def _send(self, notices: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
        """What was lost of one call's worth of notices: definition -> why."""
        left, refused, passing = notices, dict[str, str](), dict[str, str]()
        try:
            self._clock.check("publish the outcomes")
            for _ in self._clock.attempts(REFUSED_NOTICES, "publish the outcomes once more"):
                answers = self._put(left)
                refused |= {name: _why(answer) for name, answer in answers.items() if not _passes(answer)}
                passing = {name: _why(answer) for name, answer in answers.items() if _passes(answer)}
                left = {name: notices[name] for name in passing}
                if not left:
                    break
        except UpdaterError as error:
            passing = dict.fromkeys(left, f"{type(error).__name__}: {error}")
        return refused | passing

    def _put(self, notices: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
        """What the answer, otherwise a success, says of those that were refused. Raises AwsError."""
        answer = call(self._client.put_events, _ACTION, _BUS, Entries=list(notices.values()))
        entries = answer.get("Entries")
        if not isinstance(entries, list) or len(entries) != len(notices):
            raise MalformedAnswer(
                f"{_ACTION} on {_BUS} answered with something else: {str(answer)[:300]}", action=_ACTION
            )
        return {name: entry for name, entry in zip(notices, entries, strict=True) if not entry.get("EventId")}


def _passes(entry: Mapping[str, Any]) -> bool:
    return entry.get("ErrorCode") in _PASSING


def _why(entry: Mapping[str, Any]) -> str:
    return f"{entry.get('ErrorCode', 'no code')}: {entry.get('ErrorMessage', 'no reason')}"


def _listed(lost: Mapping[str, str]) -> str:
    """Each reason once, after the definitions that it is true of."""
    reasons = dict.fromkeys(lost.values())
    return "; ".join(f"{', '.join(name for name in lost if lost[name] == why)}: {why}" for why in reasons)
