"""Amazon SQS: queues and their policies."""

from __future__ import annotations

import json
from typing import Any

from local.inputs import Inputs
from local.provider.calls import described, retag, standing, tagged, unless_gone
from local.provider.kind import NOTHING, Kind, Place, Properties, State

# Property -> the attribute's name, and what it is when the program says nothing: a number of the provider's
# schema, or None where the provider leaves what AWS has (AWSSimpleQueueService/latest/APIReference/
# API_SetQueueAttributes.html).
_ATTRIBUTES: dict[str, tuple[str, int | None]] = {
    "visibilityTimeoutSeconds": ("VisibilityTimeout", 30),
    "messageRetentionSeconds": ("MessageRetentionPeriod", 345600),
    "maxMessageSize": ("MaximumMessageSize", 262144),
    "delaySeconds": ("DelaySeconds", 0),
    "receiveWaitTimeSeconds": ("ReceiveMessageWaitTimeSeconds", 0),
    "sqsManagedSseEnabled": ("SqsManagedSseEnabled", None),
    "kmsMasterKeyId": ("KmsMasterKeyId", None),
    "redrivePolicy": ("RedrivePolicy", None),
    "policy": ("Policy", None),
}
_TEXTS = ("kmsMasterKeyId", "redrivePolicy", "policy")
_BOOLEANS = ("sqsManagedSseEnabled",)


def _create_queue(place: Place, inputs: Inputs) -> State:
    name, tags = inputs.get("name"), inputs.get("tags") or {}
    attributes = _attributes(inputs)
    inputs.done()
    url = place.client("sqs").create_queue(QueueName=name, Attributes=attributes, tags=tags)["QueueUrl"]
    return standing(_read_queue, place, url, inputs)


def _attributes(inputs: Inputs) -> dict[str, str]:
    return {
        attribute: _text(value)
        for key, (attribute, default) in _ATTRIBUTES.items()
        if (value := inputs.get(key, default)) is not None
    }


def _read_queue(place: Place, identity: str, known: Properties = NOTHING) -> State | None:
    sqs = place.client("sqs")
    found = unless_gone(sqs.get_queue_attributes, QueueUrl=identity, AttributeNames=["All"])
    if found is None:
        return None
    attributes = found["Attributes"]
    arn = attributes["QueueArn"]
    told = {
        key: _value(key, attributes[attribute])
        for key, (attribute, _) in _ATTRIBUTES.items()
        if attribute in attributes
    }
    tags = sqs.list_queue_tags(QueueUrl=identity).get("Tags", {})
    computed = {"name": arn.rpartition(":")[2], "arn": arn, "url": identity}
    return described(identity, {**told, **computed, **tagged(tags)}, place=place, known=known)


def _update_queue(place: Place, state: State, inputs: Inputs) -> State:
    sqs, url = place.client("sqs"), state.id
    inputs.get("name")
    tags, wanted = inputs.get("tags"), _attributes(inputs)
    inputs.done()
    standing_now = _attributes(Inputs(state.properties))
    changed = {key: value for key, value in wanted.items() if value != standing_now.get(key)}
    if changed:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=changed)
    retag(
        state.properties,
        tags,
        put=lambda pairs: sqs.tag_queue(QueueUrl=url, Tags=pairs),
        remove=lambda keys: sqs.untag_queue(QueueUrl=url, TagKeys=keys),
    )
    return standing(_read_queue, place, url, inputs)


def _delete_queue(place: Place, state: State) -> None:
    unless_gone(place.client("sqs").delete_queue, QueueUrl=state.id)


def _put_policy(place: Place, inputs: Inputs) -> State:
    """Overwrites what policy there is, as AWS does."""
    url, policy = inputs.get("queueUrl"), inputs.get("policy")
    inputs.done()
    place.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return standing(_read_policy, place, url, inputs)


def _read_policy(place: Place, identity: str, known: Properties = NOTHING) -> State | None:
    queue = _read_queue(place, identity)
    if queue is None or "policy" not in queue.properties:
        return None
    return described(
        identity, {"queueUrl": identity, "policy": queue.properties["policy"]}, place=place, known=known
    )


def _delete_policy(place: Place, state: State) -> None:
    unless_gone(place.client("sqs").set_queue_attributes, QueueUrl=state.id, Attributes={"Policy": ""})


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return json.dumps(value)
    return value if isinstance(value, str) else str(int(value))


def _value(key: str, text: str) -> Any:
    if key in _BOOLEANS:
        return text == "true"
    return text if key in _TEXTS else int(text)


KINDS = (
    Kind(
        token="aws:sqs/queue:Queue",
        create=_create_queue,
        read=_read_queue,
        update=_update_queue,
        delete=_delete_queue,
        documents=frozenset({"policy", "redrivePolicy"}),
    ),
    Kind(
        token="aws:sqs/queuePolicy:QueuePolicy",
        create=_put_policy,
        read=_read_policy,
        update=lambda place, _state, inputs: _put_policy(place, inputs),
        delete=_delete_policy,
        named="",
        fixed=frozenset({"queueUrl"}),
        documents=frozenset({"policy"}),
    ),
)
