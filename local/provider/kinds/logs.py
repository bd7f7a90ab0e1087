"""Amazon CloudWatch Logs: log groups."""

from __future__ import annotations

from local.inputs import Inputs
from local.provider.calls import described, half_made, retag, some, standing, tagged, unless_gone
from local.provider.kind import NOTHING, Kind, Place, Properties, State


def _create(place: Place, inputs: Inputs) -> State:
    logs, name, tags = place.client("logs"), inputs.get("name"), inputs.get("tags")
    days = inputs.number("retentionInDays", 0)
    inputs.get("skipDestroy")
    inputs.done()
    logs.create_log_group(logGroupName=name, **some(tags=tags))
    if days:
        with half_made(name, inputs):
            logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    return standing(_read, place, name, inputs)


def _read(place: Place, identity: str, known: Properties = NOTHING) -> State | None:
    logs = place.client("logs")
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=identity)
    groups = [group for page in pages for group in page["logGroups"] if group["logGroupName"] == identity]
    if not groups:
        return None
    arn = place.arn("logs", f"log-group:{identity}")
    told = {
        "name": identity,
        "arn": arn,
        "retentionInDays": groups[0].get("retentionInDays", 0),
        "skipDestroy": known.get("skipDestroy", False),
        **tagged(logs.list_tags_for_resource(resourceArn=arn)["tags"]),
    }
    return described(identity, told, place=place, known=known)


def _update(place: Place, state: State, inputs: Inputs) -> State:
    logs, name = place.client("logs"), state.id
    inputs.get("name")
    inputs.get("skipDestroy")
    days, tags = inputs.number("retentionInDays", 0), inputs.get("tags")
    inputs.done()
    if days != state.properties.get("retentionInDays", 0):
        if days:
            logs.put_retention_policy(logGroupName=name, retentionInDays=days)
        else:
            logs.delete_retention_policy(logGroupName=name)
    arn = place.arn("logs", f"log-group:{name}")
    retag(
        state.properties,
        tags,
        put=lambda pairs: logs.tag_resource(resourceArn=arn, tags=pairs),
        remove=lambda keys: logs.untag_resource(resourceArn=arn, tagKeys=keys),
    )
    return standing(_read, place, name, inputs)


def _delete(place: Place, state: State) -> None:
    if not state.properties.get("skipDestroy"):
        unless_gone(place.client("logs").delete_log_group, logGroupName=state.id)


KINDS = (
    Kind(
        token="aws:cloudwatch/logGroup:LogGroup", create=_create, read=_read, update=_update, delete=_delete
    ),
)
