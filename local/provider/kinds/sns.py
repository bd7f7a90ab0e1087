"""Amazon SNS: topics, their policies, and subscriptions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from local.constraints import refusal
from local.inputs import Inputs
from local.provider.calls import described, retag, standing, tag_list, tagged, unless_gone
from local.provider.kind import NOTHING, Kind, Place, Properties, State

# Property -> attribute; AWS takes "" for "none" (sns/latest/api/API_SetTopicAttributes.html).
_TOPIC = {
    "deliveryPolicy": "DeliveryPolicy",
    "displayName": "DisplayName",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
}
_SUBSCRIPTION = {
    "deliveryPolicy": "DeliveryPolicy",
    "filterPolicy": "FilterPolicy",
    "rawMessageDelivery": "RawMessageDelivery",
    "redrivePolicy": "RedrivePolicy",
}
_DEFAULT_POLICY = "__default_policy_ID"
_PENDING = "pending confirmation"


def _create_topic(place: Place, inputs: Inputs) -> State:
    """AWS takes the name of a topic that stands for that topic; pulumi-aws looks first, and refuses."""
    sns, name, tags = place.client("sns"), inputs.get("name"), inputs.get("tags")
    attributes = _attributes(inputs, _TOPIC)
    inputs.done()
    if unless_gone(sns.get_topic_attributes, TopicArn=place.arn("sns", name)) is not None:
        raise refusal("CreateTopic", "InvalidParameter", f"SNS Topic ({name}) already exists")
    arn = sns.create_topic(Name=name, Attributes=attributes, Tags=tag_list(tags))["TopicArn"]
    return standing(_read_topic, place, arn, inputs)


def _read_topic(place: Place, identity: str, known: Properties = NOTHING) -> State | None:
    sns = place.client("sns")
    found = unless_gone(sns.get_topic_attributes, TopicArn=identity)
    if found is None:
        return None
    attributes = found["Attributes"]
    told = {key: attributes.get(attribute) for key, attribute in _TOPIC.items()}
    tags = sns.list_tags_for_resource(ResourceArn=identity)["Tags"]
    computed = {"name": identity.rpartition(":")[2], "arn": identity, "owner": attributes["Owner"]}
    return described(identity, {**told, **computed, **tagged(tags)}, place=place, known=known)


def _update_topic(place: Place, state: State, inputs: Inputs) -> State:
    sns, arn = place.client("sns"), state.id
    inputs.get("name")
    tags, wanted = inputs.get("tags"), _attributes(inputs, _TOPIC)
    inputs.done()
    present = _attributes(Inputs(state.properties), _TOPIC)
    if "Policy" not in wanted:
        # The provider leaves the policy that the topic has when the program gives none.
        present.pop("Policy", None)
    for attribute, value in _changed(present, wanted):
        sns.set_topic_attributes(TopicArn=arn, AttributeName=attribute, AttributeValue=value)
    retag(
        state.properties,
        tags,
        put=lambda pairs: sns.tag_resource(ResourceArn=arn, Tags=tag_list(pairs)),
        remove=lambda keys: sns.untag_resource(ResourceArn=arn, TagKeys=keys),
    )
    return standing(_read_topic, place, arn, inputs)


def _delete_topic(place: Place, state: State) -> None:
    unless_gone(place.client("sns").delete_topic, TopicArn=state.id)


def _put_policy(place: Place, inputs: Inputs) -> State:
    arn, policy = inputs.get("arn"), inputs.get("policy")
    inputs.done()
    _set_policy(place, arn, policy)
    return standing(_read_policy, place, arn, inputs)


def _set_policy(place: Place, arn: str, policy: str) -> None:
    place.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)


def _read_policy(place: Place, identity: str, known: Properties = NOTHING) -> State | None:
    """A topic is never without a policy: the one that AWS gives to each is none of a program's."""
    topic = _read_topic(place, identity)
    policy = topic.properties.get("policy", "{}") if topic else "{}"
    if topic is None or json.loads(policy).get("Id") == _DEFAULT_POLICY:
        return None
    told = {"arn": identity, "policy": policy, "owner": topic.properties["owner"]}
    return described(identity, told, place=place, known=known)


def _delete_policy(place: Place, state: State) -> None:
    """Gives the topic AWS's own policy back (sns/latest/dg/sns-access-policy-use-cases.html)."""
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [
            f"SNS:{verb}"
            for verb in (
                "GetTopicAttributes",
                "SetTopicAttributes",
                "AddPermission",
                "RemovePermission",
                "DeleteTopic",
                "Subscribe",
                "ListSubscriptionsByTopic",
                "Publish",
            )
        ],
        "Resource": state.id,
        "Condition": {"StringEquals": {"AWS:SourceOwner": place.account}},
    }
    document = {"Version": "2008-10-17", "Id": _DEFAULT_POLICY, "Statement": [statement]}
    unless_gone(_set_policy, place=place, arn=state.id, policy=json.dumps(document))


def _subscribe(place: Place, inputs: Inputs) -> State:
    where = inputs.call(TopicArn="topic", Protocol="protocol", Endpoint="endpoint")
    attributes = _attributes(inputs, _SUBSCRIPTION)
    _waits(inputs)
    inputs.done()
    answer = place.client("sns").subscribe(**where, Attributes=attributes, ReturnSubscriptionArn=True)
    return standing(_read_subscription, place, answer["SubscriptionArn"], inputs)


def _waits(inputs: Inputs) -> None:
    """How the provider waits for endpoints that confirm by themselves, which it does here at once."""
    inputs.get("confirmationTimeoutInMinutes")
    inputs.get("endpointAutoConfirms")


def _read_subscription(place: Place, identity: str, known: Properties = NOTHING) -> State | None:
    found = unless_gone(place.client("sns").get_subscription_attributes, SubscriptionArn=identity)
    if found is None:
        return None
    attributes = found["Attributes"]
    told: dict[str, Any] = {
        key: _truth(attributes.get(attribute)) for key, attribute in _SUBSCRIPTION.items()
    }
    computed = {
        "arn": identity,
        "topic": attributes["TopicArn"],
        "protocol": attributes["Protocol"],
        "endpoint": attributes["Endpoint"],
        "ownerId": attributes["Owner"],
        "pendingConfirmation": _truth(attributes["PendingConfirmation"]),
        "confirmationWasAuthenticated": _truth(attributes["ConfirmationWasAuthenticated"]),
        "confirmationTimeoutInMinutes": known.get("confirmationTimeoutInMinutes", 1),
        "endpointAutoConfirms": known.get("endpointAutoConfirms", False),
    }
    return described(identity, {**told, **computed}, place=place, known=known)


def _update_subscription(place: Place, state: State, inputs: Inputs) -> State:
    inputs.call(TopicArn="topic", Protocol="protocol", Endpoint="endpoint")
    wanted = _attributes(inputs, _SUBSCRIPTION)
    _waits(inputs)
    inputs.done()
    for attribute, value in _changed(_attributes(Inputs(state.properties), _SUBSCRIPTION), wanted):
        emptied = "false" if attribute == "RawMessageDelivery" else ""
        place.client("sns").set_subscription_attributes(
            SubscriptionArn=state.id, AttributeName=attribute, AttributeValue=value or emptied
        )
    return standing(_read_subscription, place, state.id, inputs)


def _unsubscribe(place: Place, state: State) -> None:
    """Nobody can take back a subscription that waits for its confirmation: AWS drops it after two days."""
    try:
        unless_gone(place.client("sns").unsubscribe, SubscriptionArn=state.id)
    except ClientError as error:
        if _PENDING not in error.response["Error"]["Message"]:
            raise


def _attributes(inputs: Inputs, names: Mapping[str, str]) -> dict[str, str]:
    values = {attribute: inputs.get(key) for key, attribute in names.items()}
    return {
        attribute: json.dumps(value) if isinstance(value, bool) else str(value)
        for attribute, value in values.items()
        if value is not None
    }


def _changed(present: Mapping[str, str], wanted: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each attribute that is to change with its value, "" for one that was taken away."""
    names = sorted({*present, *wanted})
    return [(name, wanted.get(name, "")) for name in names if present.get(name) != wanted.get(name)]


def _truth(value: str | None) -> Any:
    return {"true": True, "false": False}.get(value or "", value)


KINDS = (
    Kind(
        token="aws:sns/topic:Topic",
        create=_create_topic,
        read=_read_topic,
        update=_update_topic,
        delete=_delete_topic,
        documents=frozenset({"policy", "deliveryPolicy"}),
    ),
    Kind(
        token="aws:sns/topicPolicy:TopicPolicy",
        create=_put_policy,
        read=_read_policy,
        update=lambda place, _state, inputs: _put_policy(place, inputs),
        delete=_delete_policy,
        named="",
        fixed=frozenset({"arn"}),
        documents=frozenset({"policy"}),
    ),
    Kind(
        token="aws:sns/topicSubscription:TopicSubscription",
        create=_subscribe,
        read=_read_subscription,
        update=_update_subscription,
        delete=_unsubscribe,
        named="",
        fixed=frozenset({"topic", "protocol", "endpoint"}),
        documents=frozenset({"filterPolicy", "redrivePolicy", "deliveryPolicy"}),
    ),
)
