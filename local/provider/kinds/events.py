"""Amazon EventBridge: rules and their targets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local.constraints import refusal
from local.inputs import Inputs
from local.provider.calls import described, retag, standing, tag_list, tagged, unless_gone
from local.provider.kind import NOTHING, Kind, Place, Properties, State

_DEFAULT_BUS = "default"
_RULE = {
    "description": "Description",
    "eventBusName": "EventBusName",
    "eventPattern": "EventPattern",
    "roleArn": "RoleArn",
    "scheduleExpression": "ScheduleExpression",
}
# What EventBridge does on its own: eventbridge/latest/userguide/eb-rule-retry-policy.html
_ATTEMPTS, _ONE_DAY = 185, 86400


def _create_rule(place: Place, inputs: Inputs) -> State:
    """A rule of that name that stands is overwritten, as in AWS."""
    wanted, tags = _rule(inputs), tag_list(inputs.get("tags"))
    inputs.done()
    place.client("events").put_rule(**wanted, Tags=tags)
    return standing(_read_rule, place, _rule_id(wanted.get("EventBusName"), wanted["Name"]), inputs)


def _rule(inputs: Inputs) -> dict[str, Any]:
    parameters = inputs.call(**{parameter: key for key, parameter in _RULE.items()})
    return {**parameters, "Name": inputs.get("name"), "State": inputs.get("state", "ENABLED")}


def _rule_id(bus: str | None, name: str) -> str:
    return name if bus in (None, _DEFAULT_BUS) else f"{bus}/{name}"


def _read_rule(place: Place, identity: str, known: Properties = NOTHING) -> State | None:
    events = place.client("events")
    bus, _, name = identity.rpartition("/")
    found = unless_gone(events.describe_rule, Name=name, EventBusName=bus or _DEFAULT_BUS)
    if found is None:
        return None
    told = {key: found.get(parameter) for key, parameter in _RULE.items()}
    computed = {
        "name": name,
        "arn": found["Arn"],
        "state": found["State"],
        **tagged(events.list_tags_for_resource(ResourceARN=found["Arn"])["Tags"]),
    }
    return described(_rule_id(bus or None, name), {**told, **computed}, place=place, known=known)


def _update_rule(place: Place, state: State, inputs: Inputs) -> State:
    events, arn = place.client("events"), place.arn("events", f"rule/{state.id}")
    wanted, tags = _rule(inputs), inputs.get("tags")
    inputs.done()
    events.put_rule(**wanted)
    retag(
        state.properties,
        tags,
        put=lambda pairs: events.tag_resource(ResourceARN=arn, Tags=tag_list(pairs)),
        remove=lambda keys: events.untag_resource(ResourceARN=arn, TagKeys=keys),
    )
    return standing(_read_rule, place, state.id, inputs)


def _delete_rule(place: Place, state: State) -> None:
    """Removes the rule alone: EventBridge refuses while it has targets."""
    bus, _, name = state.id.rpartition("/")
    unless_gone(place.client("events").delete_rule, Name=name, EventBusName=bus or _DEFAULT_BUS)


def _put_target(place: Place, inputs: Inputs) -> State:
    """A target of that id that stands is overwritten, as in AWS."""
    rule, bus = inputs.get("rule"), inputs.get("eventBusName", _DEFAULT_BUS)
    target = {"Id": inputs.get("targetId"), **inputs.call(Arn="arn", Input="input", RoleArn="roleArn")}
    if retry := inputs.get("retryPolicy"):
        target["RetryPolicy"] = {
            "MaximumRetryAttempts": int(retry.get("maximumRetryAttempts", _ATTEMPTS)),
            "MaximumEventAgeInSeconds": int(retry.get("maximumEventAgeInSeconds", _ONE_DAY)),
        }
    if dead_letters := inputs.get("deadLetterConfig"):
        target["DeadLetterConfig"] = {"Arn": dead_letters["arn"]}
    inputs.done()
    answer = place.client("events").put_targets(Rule=rule, EventBusName=bus, Targets=[target])
    for failed in answer["FailedEntries"]:
        raise refusal("PutTargets", failed["ErrorCode"], failed["ErrorMessage"])
    return standing(_read_target, place, f"{bus}/{rule}/{target['Id']}", inputs)


def _read_target(place: Place, identity: str, known: Properties = NOTHING) -> State | None:
    """``identity`` is a state's, ``RULE-TARGET`` or ``BUS-RULE-TARGET``, or an import's, with slashes."""
    events = place.client("events")
    for bus, rule, target_id in _named(events, identity, known):
        found = unless_gone(events.list_targets_by_rule, Rule=rule, EventBusName=bus) or {"Targets": []}
        for target in found["Targets"]:
            if target["Id"] == target_id:
                return _target(place, bus, rule, target, known)
    return None


def _named(events: Any, identity: str, known: Properties) -> Iterator[tuple[str, str, str]]:
    """Each bus, rule and target that an id can mean: names hold hyphens, too."""
    if known:
        yield known.get("eventBusName", _DEFAULT_BUS), known["rule"], known["targetId"]
        return
    if "/" in identity:
        rest, _, target_id = identity.rpartition("/")
        bus, _, rule = rest.rpartition("/")
        yield bus or _DEFAULT_BUS, rule, target_id
        return
    for bus in (each["Name"] for each in events.list_event_buses()["EventBuses"]):
        prefix = "" if bus == _DEFAULT_BUS else f"{bus}-"
        for page in events.get_paginator("list_rules").paginate(EventBusName=bus):
            for rule in (each["Name"] for each in page["Rules"]):
                if identity.startswith(f"{prefix}{rule}-"):
                    yield bus, rule, identity.removeprefix(f"{prefix}{rule}-")


def _target(place: Place, bus: str, rule: str, target: dict[str, Any], known: Properties) -> State:
    retry, dead_letters = target.get("RetryPolicy"), target.get("DeadLetterConfig")
    told = {
        "rule": rule,
        "targetId": target["Id"],
        "eventBusName": bus,
        "arn": target["Arn"],
        "input": target.get("Input"),
        "roleArn": target.get("RoleArn"),
        "retryPolicy": retry and {key[0].lower() + key[1:]: value for key, value in retry.items()},
        "deadLetterConfig": dead_letters and {"arn": dead_letters["Arn"]},
    }
    prefix = "" if bus == _DEFAULT_BUS else f"{bus}-"
    return described(f"{prefix}{rule}-{target['Id']}", told, place=place, known=known)


def _remove_target(place: Place, state: State) -> None:
    properties = state.properties
    answer = unless_gone(
        place.client("events").remove_targets,
        Rule=properties["rule"],
        EventBusName=properties.get("eventBusName", _DEFAULT_BUS),
        Ids=[properties["targetId"]],
    )
    for failed in answer["FailedEntries"] if answer else []:
        raise refusal("RemoveTargets", failed["ErrorCode"], failed["ErrorMessage"])


KINDS = (
    Kind(
        token="aws:cloudwatch/eventRule:EventRule",
        create=_create_rule,
        read=_read_rule,
        update=_update_rule,
        delete=_delete_rule,
        fixed=frozenset({"name", "eventBusName"}),
        documents=frozenset({"eventPattern"}),
    ),
    Kind(
        token="aws:cloudwatch/eventTarget:EventTarget",
        create=_put_target,
        read=_read_target,
        update=lambda place, _state, inputs: _put_target(place, inputs),
        delete=_remove_target,
        named="targetId",
        fixed=frozenset({"rule", "targetId", "eventBusName"}),
        documents=frozenset({"input"}),
    ),
)
