"""Whether the deployed rule would let an event through, as EventBridge itself judges it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from handler.aws.calls import code_of
from ops.aws import in_operators_words
from ops.errors import NotDeployed


@dataclass(frozen=True, kw_only=True)
class RuleCheck:
    """What EventBridge says of the rule ``name``; ``problem`` is "" when a push would get through."""

    name: str
    enabled: bool
    matches: bool

    @property
    def problem(self) -> str:
        if not self.enabled:
            return (
                f"rule {self.name} is disabled, so no push starts anything: `pulumi up --refresh` enables it"
            )
        if not self.matches:
            return f"rule {self.name} does not match such a push: `pulumi up --refresh` restores its pattern"
        return ""

    def fields(self) -> dict[str, Any]:
        """The check as JSON."""
        return {"name": self.name, "enabled": self.enabled, "matchesPush": self.matches}


def check_rule(client: Any, name: str, event: dict[str, Any]) -> RuleCheck:
    """Asks EventBridge, through a botocore client, about its rule ``name``. Raises OpsError."""
    try:
        rule = client.describe_rule(Name=name)
        answer = client.test_event_pattern(EventPattern=rule["EventPattern"], Event=json.dumps(event))
    except ClientError as error:
        if code_of(error) == "ResourceNotFoundException":
            raise NotDeployed(f"rule {name}") from error
        raise in_operators_words(error) from error
    except BotoCoreError as error:
        raise in_operators_words(error) from error
    return RuleCheck(name=name, enabled=rule["State"].startswith("ENABLED"), matches=bool(answer["Result"]))
