"""The account's default event bus, to which notices are sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from handler.aws.calls import call
from handler.clock import REFUSED_NOTICES, Clock
from handler.errors import MalformedAnswer, NoticesLost, UpdaterError
from handler.report.notices import Notice

# eventbridge/latest/APIReference/API_PutEvents.html, also for the codes of what may pass by itself
_MOST_ENTRIES = 10
_PASSING = {"InternalFailure", "InternalException", "ThrottlingException"}
_ACTION, _BUS = "events:PutEvents", "the default event bus"


class Bus:
    """Sends notices through a botocore EventBridge client."""

    def __init__(self, client: Any, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def publish(self, notices: Sequence[Notice]) -> None:
        """Sends all of them; what becomes of one does not stop the others.

        A notice arrives twice only if the answer to the call is lost. Raises NoticesLost, which says what
        became of each that was not sent.
        """
        lost: dict[str, str] = {}
        for start in range(0, len(notices), _MOST_ENTRIES):
            lost |= self._send(notices[start : start + _MOST_ENTRIES])
        if lost:
            raise NoticesLost(
                f"{len(lost)} of {len(notices)} notice(s) were not published: {_listed(lost)}",
                remedy="repair what AWS says; the outcomes stand and are in the log, but a retry does not "
                "publish them",
            )

    def _send(self, notices: Sequence[Notice]) -> dict[str, str]:
        """What was lost of one call's worth of notices: definition -> why."""
        final: dict[str, str] = {}
        passing: dict[str, str] = {}
        try:
            self._clock.check("publish the outcomes")
            for _ in self._clock.attempts(REFUSED_NOTICES, "publish the outcomes once more"):
                refused = self._put(notices)
                final |= {item.definition: _why(entry) for item, entry in refused if not _passes(entry)}
                passing = {item.definition: _why(entry) for item, entry in refused if _passes(entry)}
                notices = [item for item in notices if item.definition in passing]
                if not notices:
                    break
        except UpdaterError as error:
            passing = {item.definition: f"{type(error).__name__}: {error}" for item in notices}
        return final | passing

    def _put(self, notices: Sequence[Notice]) -> list[tuple[Notice, Mapping[str, Any]]]:
        """The notices that were refused in an answer that is otherwise a success. Raises AwsError."""
        answer = call(self._client.put_events, _ACTION, _BUS, Entries=[item.entry() for item in notices])
        entries = answer.get("Entries")
        if not isinstance(entries, list) or len(entries) != len(notices):
            raise MalformedAnswer(f"{_ACTION} on {_BUS} answered with something else: {str(answer)[:300]}")
        told = zip(notices, entries, strict=True)
        return [(notice, entry) for notice, entry in told if not entry.get("EventId")]


def _passes(entry: Mapping[str, Any]) -> bool:
    return entry.get("ErrorCode") in _PASSING


def _why(entry: Mapping[str, Any]) -> str:
    return f"{entry.get('ErrorCode', 'no code')}: {entry.get('ErrorMessage', 'no reason')}"


def _listed(lost: Mapping[str, str]) -> str:
    """Each reason once, after the definitions that it is true of."""
    reasons = dict.fromkeys(lost.values())
    return "; ".join(f"{', '.join(name for name in lost if lost[name] == why)}: {why}" for why in reasons)
