"""What this checkout would deploy for a pair, and the words of commands that repair it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from components.archive import archive_files
from components.naming import Names, Place, stack_topic_name
from components.pair import Pair
from handler.document.image import Repository
from handler.settings import Settings
from handler.target import Target
from ops.stack import Stack


@dataclass(frozen=True, kw_only=True)
class Expected:
    """One pair: its configuration, and the names that follow from it.

    ``topics`` are the ARNs that its alarms notify; ``files`` is the function's archive, name -> content.
    """

    names: Names
    pair: Pair
    place: Place
    topics: tuple[str, ...]
    files: Mapping[str, bytes]

    @cached_property
    def settings(self) -> Settings:
        """The settings of the pair's function."""
        return self.pair.settings(self.names.pair)

    @property
    def target(self) -> Target:
        """What the planner is told of the pair."""
        repository = Repository(
            account=self.place.account,
            region=self.place.region,
            name=self.pair.repository,
            partition=self.place.partition,
        )
        return Target(settings=self.settings, repository=repository)

    @property
    def function_arn(self) -> str:
        return self.place.arn("lambda", f"function:{self.names.base}")

    @property
    def queue_arn(self) -> str:
        return self.place.arn("sqs", self.names.queue)

    def rule_arn(self, name: str) -> str:
        return self.place.arn("events", f"rule/{name}")

    @property
    def redeploy(self) -> str:
        """Repairs what was changed by hand as well: without --refresh Pulumi would not notice."""
        return f"run `pulumi up --refresh --stack {self.names.stack}`"

    def key(self, key: str) -> str:
        """Where a key of the pair is set."""
        return f"{key} of pair {self.names.pair} in the configuration of stack {self.names.stack}"

    def tool(self, verb: str) -> str:
        """A command of this tool for this pair."""
        return f"`ecr-batch --stack {self.names.stack} --pair {self.names.pair} {verb}`"

    def aws(self, command: str) -> str:
        """A command of the AWS CLI in the stack's region."""
        return f"`aws --region {self.place.region} {command}`"


def expected_of(stack: Stack, name: str, place: Place, files: Mapping[str, bytes]) -> Expected:
    """What is expected of one pair of the stack."""
    pair = stack.config.pairs[name]
    shared = stack_topic(stack, place)
    return Expected(
        names=Names(stack.project, stack.name, name),
        pair=pair,
        place=place,
        topics=(*pair.alarm_topics, *([shared] if shared else [])),
        files=files,
    )


def stack_topic(stack: Stack, place: Place) -> str | None:
    """The ARN of the topic for the stack's addresses, if it has any."""
    if not stack.config.alarm_emails:
        return None
    return place.arn("sns", stack_topic_name(stack.project, stack.name))


def archive_content() -> dict[str, bytes]:
    """The function's archive as this checkout would deploy it."""
    return {name: path.read_bytes() for name, path in archive_files().items()}
