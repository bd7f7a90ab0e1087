"""What every verb works with: the global options, and the stack and AWS account that they lead to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from components.naming import Names
from handler.settings import Settings
from ops.aws import Aws
from ops.errors import UsageError
from ops.output import Format, print_error
from ops.stack import Stack, open_stack


@dataclass(frozen=True, kw_only=True)
class GlobalOptions:
    """The options before the verb, as they were given."""

    stack: str | None = None
    pair: str | None = None
    cwd: Path = Path()
    config: Path | None = None
    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    output: Format = Format.TABLE


@dataclass(frozen=True, kw_only=True)
class Context:
    """The stack that is meant and the way to AWS; ``pairs`` holds the chosen pair, or all, by name."""

    output: Format
    stack: Stack
    pairs: Mapping[str, Settings]
    aws: Aws

    def pair_of(self, definition: str) -> Settings:
        """The chosen pair that a job definition belongs to. Raises UsageError."""
        for settings in self.pairs.values():
            if definition in settings.job_definitions:
                return settings
        there_are = [name for settings in self.pairs.values() for name in settings.job_definitions]
        raise UsageError(
            f"{definition} is no job definition of {self._scope}",
            remedy=f"name one of them: {', '.join(there_are)}",
        )

    def names(self, pair: str) -> Names:
        """The physical names of what a pair's deployment created."""
        return Names(self.stack.project, self.stack.name, pair)

    @property
    def _scope(self) -> str:
        if len(self.pairs) == len(self.stack.config.pairs):
            return f"stack {self.stack.name}"
        return f"pair {', '.join(self.pairs)}"


def open_context(options: GlobalOptions, environment: Mapping[str, str]) -> Context:
    """Reads the stack; calls nothing on AWS. Raises OpsError.

    As in Pulumi's own provider, the stack's aws:region and aws:profile win over the environment; an
    option wins over both.
    """
    stack = open_stack(options.cwd, chosen=options.stack, environment=environment, config=options.config)
    if stack.doubt:
        print_error(f"ecr-batch: warning: {stack.doubt}")
    return Context(
        output=options.output,
        stack=stack,
        pairs=_chosen(stack, options.pair),
        aws=Aws(
            profile=options.profile or stack.profile,
            region=options.region or stack.region,
            endpoint_url=options.endpoint_url,
            accounts=stack.accounts,
        ),
    )


def _chosen(stack: Stack, pair: str | None) -> Mapping[str, Settings]:
    pairs = {name: value.settings(name) for name, value in stack.config.pairs.items()}
    if pair is None:
        return pairs
    if pair not in pairs:
        raise UsageError(
            f"stack {stack.name} has no pair {pair}", remedy=f"name one of its pairs: {', '.join(pairs)}"
        )
    return {pair: pairs[pair]}
