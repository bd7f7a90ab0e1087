"""What starts a run. An event is a hint that something may have changed, and evidence about its own tag.

The events are those of AmazonECR/latest/userguide/ecr-eventbridge.html (a push, and the replication
event that a replicated repository sends instead of it, a basic scan that is over), that of an enhanced scan
(image-scanning-enhanced-events.html there), CloudTrail's record of somebody else's registration
(eventbridge/latest/userguide/eb-service-event-cloudtrail.html), the tick of a scheduled rule, and
``{"action": "reconcile"}`` for a direct call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from handler.document.image import Repository
from handler.errors import EventError

_IMAGE_EVENTS = {"ECR Image Action": "PUSH", "ECR Replication Action": "REPLICATE"}
_SHOWN = 200


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """``tag`` and ``digest`` are those of a pushed image, "" where the event names none.

    ``at`` is None unless an image was pushed. ``scanned`` is the digest of an image whose scan is over.
    ``definitions`` are those of the pair that are meant, empty for all of them.
    """

    event_id: str
    at: datetime | None = None
    tag: str = ""
    digest: str = ""
    scanned: str = ""
    dry_run: bool = False
    definitions: tuple[str, ...] = ()

    @property
    def is_push(self) -> bool:
        """Whether an image was pushed or replicated; otherwise it is a scan or a reconcile."""
        return self.at is not None


def read_event(event: Any, repository: Repository, definitions: tuple[str, ...], request_id: str) -> Trigger:
    """Reads the function's event; ``definitions`` are the pair's own.

    Raises EventError for anything that is not an event for this pair.
    """
    match event:
        case {"action": "reconcile", **options}:
            return _reconcile(dict(options), definitions, request_id)
        case {"source": "aws.events", "detail-type": "Scheduled Event"}:
            return Trigger(event_id=str(event.get("id") or request_id))
        case {"source": "aws.ecr", "detail-type": str(kind), "detail": dict(detail)} if kind in _IMAGE_EVENTS:
            return _push(event, detail, _IMAGE_EVENTS[kind], repository)
        case {"detail-type": "ECR Image Scan", "source": "aws.ecr", "detail": dict(detail)}:
            return _scan(event, detail, repository, repository.name)
        case {"detail-type": "Inspector2 Scan", "source": "aws.inspector2", "detail": dict(detail)}:
            return _scan(event, detail, repository, repository.arn)
        case {"detail-type": "AWS API Call via CloudTrail", "source": "aws.batch", "detail": dict(detail)}:
            return _change(event, detail, repository, definitions)
    raise _refused(
        event,
        "is none of: ECR Image Action, ECR Replication Action, ECR Image Scan, Inspector2 Scan, Scheduled "
        "Event, {'action': 'reconcile'}",
    )


def _push(
    event: Mapping[str, Any], detail: Mapping[str, Any], action: str, repository: Repository
) -> Trigger:
    expected = {"repository-name": repository.name, "action-type": action, "result": "SUCCESS"}
    _check(event, detail, repository, expected)
    # A push without a tag was seen with an empty one, too.
    tag, digest = ("" if detail.get(key) is None else detail[key] for key in ("image-tag", "image-digest"))
    if not isinstance(tag, str) or not isinstance(digest, str):
        raise _refused(event, "has an image-tag or image-digest that is no string")
    return Trigger(event_id=_text(event, "id"), at=_time(event), tag=tag, digest=digest)


def _scan(event: Mapping[str, Any], detail: Mapping[str, Any], repository: Repository, name: str) -> Trigger:
    """Whatever the scan found: ECR is asked. Its digest is evidence that ECR must have the scan."""
    _check(event, detail, repository, {"repository-name": name})
    digest = detail.get("image-digest")
    if not isinstance(digest, str) or not digest:
        raise _refused(event, "has an image-digest that is no string")
    return Trigger(event_id=_text(event, "id"), scanned=digest)


def _change(
    event: Mapping[str, Any], detail: Mapping[str, Any], repository: Repository, definitions: tuple[str, ...]
) -> Trigger:
    """A reconcile of the one definition, whoever registered what: Batch is asked."""
    _check(event, detail, repository, {"eventName": "RegisterJobDefinition"})
    parameters = detail.get("requestParameters")
    name = parameters.get("jobDefinitionName") if isinstance(parameters, Mapping) else None
    if name not in definitions:
        expected = f"expected one of {', '.join(definitions)}"
        raise _refused(event, f"has detail.requestParameters.jobDefinitionName {_shown(name)}, {expected}")
    return Trigger(event_id=_text(event, "id"), definitions=(name,))


def _check(
    event: Mapping[str, Any], detail: Mapping[str, Any], repository: Repository, expected: Mapping[str, str]
) -> None:
    """Raises EventError unless the event is of the repository's registry, and its detail as expected."""
    everything = {
        "account": (event.get("account"), repository.account),
        "region": (event.get("region"), repository.region),
        **{f"detail.{key}": (detail.get(key), wanted) for key, wanted in expected.items()},
    }
    for key, (found, wanted) in everything.items():
        if found != wanted:
            raise _refused(event, f"has {key} {_shown(found)}, this function takes {wanted!r} only")


def _reconcile(options: dict[Any, Any], definitions: tuple[str, ...], request_id: str) -> Trigger:
    unknown = sorted(map(str, options.keys() - {"dryRun", "jobDefinitions"}))
    if unknown:
        raise _refused({"action": "reconcile", **options}, f"has unknown keys {', '.join(unknown)}")
    dry_run, chosen = options.get("dryRun", False), options.get("jobDefinitions", list(definitions))
    if not isinstance(dry_run, bool):
        raise _refused(options, f"has dryRun {_shown(dry_run)}, expected true or false")
    if not isinstance(chosen, list) or not chosen or not all(name in definitions for name in chosen):
        raise _refused(
            options,
            f"has jobDefinitions {_shown(chosen)}, expected a list of some of {', '.join(definitions)}",
        )
    some = () if set(chosen) == set(definitions) else tuple(dict.fromkeys(chosen))
    return Trigger(event_id=request_id, dry_run=dry_run, definitions=some)


def _text(event: Mapping[str, Any], key: str) -> str:
    value = event.get(key)
    if not isinstance(value, str) or not value:
        raise _refused(event, f"has {key} {_shown(value)}, expected a string")
    return value


def _time(event: Mapping[str, Any]) -> datetime:
    text = _text(event, "time")
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise _refused(event, f"has time {_shown(text)}, expected ISO 8601") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _refused(event: Any, why: str) -> EventError:
    return EventError(
        f"the event {_shown(event)} {why}",
        remedy="see the rule's event pattern and who else may invoke the function; `pulumi up` restores both",
    )


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
