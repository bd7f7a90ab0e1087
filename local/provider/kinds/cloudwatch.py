"""Amazon CloudWatch: alarms and dashboards."""

from __future__ import annotations

from typing import Any

from local.inputs import Inputs
from local.provider.calls import described, retag, standing, tag_list, tagged, unless_gone
from local.provider.kind import NOTHING, Kind, Place, Properties, State

# Property -> parameter of PutMetricAlarm, which DescribeAlarms gives back under the same name.
_PLAIN = {
    "actionsEnabled": "ActionsEnabled",
    "alarmActions": "AlarmActions",
    "alarmDescription": "AlarmDescription",
    "comparisonOperator": "ComparisonOperator",
    "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
    "extendedStatistic": "ExtendedStatistic",
    "insufficientDataActions": "InsufficientDataActions",
    "metricName": "MetricName",
    "namespace": "Namespace",
    "okActions": "OKActions",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "treatMissingData": "TreatMissingData",
    "unit": "Unit",
}
_INTEGERS = {
    "datapointsToAlarm": "DatapointsToAlarm",
    "evaluationPeriods": "EvaluationPeriods",
    "period": "Period",
}
# What the provider's schema says where the program says nothing, and sends.
_DEFAULTS: dict[str, Any] = {"actionsEnabled": True, "treatMissingData": "missing"}


def _create_alarm(place: Place, inputs: Inputs) -> State:
    """An alarm of that name that stands is overwritten, as in AWS."""
    wanted, tags = _alarm(inputs), tag_list(inputs.get("tags"))
    inputs.done()
    place.client("cloudwatch").put_metric_alarm(**wanted, Tags=tags)
    return standing(_read_alarm, place, wanted["AlarmName"], inputs)


def _alarm(inputs: Inputs) -> dict[str, Any]:
    values = {parameter: inputs.get(key, _DEFAULTS.get(key)) for key, parameter in _PLAIN.items()}
    values |= {parameter: inputs.number(key) for key, parameter in _INTEGERS.items()}
    dimensions = [{"Name": key, "Value": value} for key, value in (inputs.get("dimensions") or {}).items()]
    values |= {"AlarmName": inputs.get("name"), "Dimensions": dimensions}
    return {parameter: value for parameter, value in values.items() if value is not None}


def _read_alarm(place: Place, identity: str, known: Properties = NOTHING) -> State | None:
    cloudwatch = place.client("cloudwatch")
    found = cloudwatch.describe_alarms(AlarmNames=[identity], AlarmTypes=["MetricAlarm"])["MetricAlarms"]
    if not found:
        return None
    alarm = found[0]
    told = {key: alarm.get(parameter) for key, parameter in (_PLAIN | _INTEGERS).items()}
    arn = alarm["AlarmArn"]
    computed = {
        "name": identity,
        "arn": arn,
        "dimensions": {each["Name"]: each["Value"] for each in alarm["Dimensions"]},
        **tagged(cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"]),
    }
    return described(identity, {**told, **computed}, place=place, known=known)


def _update_alarm(place: Place, state: State, inputs: Inputs) -> State:
    cloudwatch, arn = place.client("cloudwatch"), place.arn("cloudwatch", f"alarm:{state.id}")
    wanted, tags = _alarm(inputs), inputs.get("tags")
    inputs.done()
    cloudwatch.put_metric_alarm(**wanted)
    retag(
        state.properties,
        tags,
        put=lambda pairs: cloudwatch.tag_resource(ResourceARN=arn, Tags=tag_list(pairs)),
        remove=lambda keys: cloudwatch.untag_resource(ResourceARN=arn, TagKeys=keys),
    )
    return standing(_read_alarm, place, state.id, inputs)


def _delete_alarm(place: Place, state: State) -> None:
    unless_gone(place.client("cloudwatch").delete_alarms, AlarmNames=[state.id])


def _put_dashboard(place: Place, inputs: Inputs) -> State:
    """A dashboard of that name that stands is overwritten, as in AWS."""
    name, body = inputs.get("dashboardName"), inputs.get("dashboardBody")
    inputs.done()
    place.client("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=body)
    return standing(_read_dashboard, place, name, inputs)


def _read_dashboard(place: Place, identity: str, known: Properties = NOTHING) -> State | None:
    found = unless_gone(place.client("cloudwatch").get_dashboard, DashboardName=identity)
    if found is None:
        return None
    told = {
        "dashboardName": found["DashboardName"],
        "dashboardBody": found["DashboardBody"],
        "dashboardArn": found["DashboardArn"],
    }
    return described(identity, told, place=place, known=known)


def _delete_dashboard(place: Place, state: State) -> None:
    unless_gone(place.client("cloudwatch").delete_dashboards, DashboardNames=[state.id])


KINDS = (
    Kind(
        token="aws:cloudwatch/metricAlarm:MetricAlarm",
        create=_create_alarm,
        read=_read_alarm,
        update=_update_alarm,
        delete=_delete_alarm,
    ),
    Kind(
        token="aws:cloudwatch/dashboard:Dashboard",
        create=_put_dashboard,
        read=_read_dashboard,
        update=lambda place, _state, inputs: _put_dashboard(place, inputs),
        delete=_delete_dashboard,
        named="dashboardName",
        fixed=frozenset({"dashboardName"}),
        documents=frozenset({"dashboardBody"}),
    ),
)
