"""What the component takes, typed so that Pulumi can make a schema of it.

Made of components/pair.py by `make schema`: change that, not this. Keys and values are those of a pair in the
stack configuration, in snake_case, and ``protect``.
"""

# ruff: noqa: I002 - Pulumi's analyzer reads the annotations as they are, so they must not be strings.

from typing import NotRequired, TypedDict

import pulumi

from components.pair import Dashboard
from handler.gates.requirements import Severity
from handler.policy.ranking import Order
from handler.settings import LogLevel, Pin


class ImagePolicyArgs(TypedDict):
    """Which tags are candidates, and which of them wins. Exactly one of glob, regex and semver."""

    glob: NotRequired[str]
    """A pattern such as `release-*`."""
    regex: NotRequired[str]
    """A regular expression such as `^main-([0-9]+)$`."""
    semver: NotRequired[str]
    """A range such as `>=1.4 <2`."""
    order: NotRequired[Order]
    """How glob and regex pick among the matching tags."""
    ignore: NotRequired[list[str]]
    """Patterns of tags that are never candidates."""
    allow_downgrade: NotRequired[bool]
    """Falls back to an older image when the selected one disappears."""


class RequiresArgs(TypedDict):
    """The gates that the selected image must pass."""

    max_severity: NotRequired[Severity]
    """The worst severity of scan findings that is let through."""
    scan_timeout: NotRequired[str]
    """How long to wait for a scan, such as `1h`."""
    min_age: NotRequired[str]
    """How long an image must have been in ECR, such as `10m`."""
    platform: NotRequired[str]
    """The platform that the image must be built for, such as `linux/arm64`."""


class BatchImageUpdaterArgs(TypedDict):
    """One ECR repository and the AWS Batch job definitions that follow it."""

    repository: pulumi.Input[str]
    """The name of the repository, in the account and region of the component."""
    job_definitions: list[pulumi.Input[str]]
    """The names of the job definitions, without revisions."""
    image_tag: NotRequired[str]
    """The tag to follow; `latest` unless given."""
    image_policy: NotRequired[ImagePolicyArgs]
    """Chooses among many tags instead of following one."""
    pin: NotRequired[Pin]
    """Whether new revisions name the image by digest (the default) or by tag."""
    pass_roles: NotRequired[list[pulumi.Input[str]]]
    """The ARNs of the job and execution roles that the job definitions name."""
    permissions_boundary: NotRequired[str]
    """The ARN of the managed policy that bounds what the function's role can ever do."""
    adopt: NotRequired[dict[str, list[str]]]
    """Job definition -> containers to take over although they use another image."""
    requires: NotRequired[RequiresArgs]
    """The gates that an image must pass before it is rolled out."""
    paused: NotRequired[bool]
    """Disables the rules; a direct call answers that the pair is paused."""
    dry_run: NotRequired[bool]
    """Plans and logs, and registers nothing."""
    keep_revisions: NotRequired[int]
    """How many ACTIVE revisions to keep of each job definition; all unless given."""
    reconcile: NotRequired[str]
    """A schedule expression, such as `rate(1 hour)`, on which to look without an event."""
    follow_changes: NotRequired[bool]
    """Looks as soon as somebody else registers a revision. Needs a trail of AWS CloudTrail."""
    dashboard: NotRequired[Dashboard]
    """Where the pair is drawn; `overview` is what the program makes of all its pairs."""
    notify: NotRequired[bool]
    """Whether updates and failures are published as EventBridge events; true unless given."""
    alarm_topics: NotRequired[list[pulumi.Input[str]]]
    """The ARNs of the SNS topics that the alarms notify."""
    log_level: NotRequired[LogLevel]
    """The least severe log records to write; outcomes and metrics are always written."""
    log_retention_days: NotRequired[int]
    """How many days logs are kept; 14 unless given."""
    timeout_seconds: NotRequired[int]
    """The function's timeout in seconds; 300 unless given."""
    memory_mb: NotRequired[int]
    """The function's memory in megabytes; 256 unless given."""
    omit_fields: NotRequired[list[str]]
    """Fields that AWS Batch returns but refuses to register; a last resort."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags of the AWS resources. They win over the component's own."""
    protect: NotRequired[bool]
    """Protects the failure queue and the log group from deletion."""
