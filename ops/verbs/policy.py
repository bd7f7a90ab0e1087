"""``ecr-batch policy``: image policies by themselves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from handler.aws.ecr import Ecr
from handler.document.image import Image
from handler.errors import AwsError, RepositoryNotFound
from handler.policy import Policy
from handler.settings import Settings
from ops.access import give_up, repository_of
from ops.context import Context, GlobalOptions, open_context
from ops.errors import Exit, UsageError
from ops.files import read_lines
from ops.output import Format, print_json, print_line, print_table
from ops.policy_try import COLUMNS, Judgement, read_list, read_policy, summary, try_policy

policy = typer.Typer(help="Try an image policy before it decides anything.", no_args_is_help=True)


@policy.command("try")
def try_(
    context: typer.Context,
    text: Annotated[
        str | None,
        typer.Option(
            "--policy",
            metavar="YAML",
            help="The policy, as under imagePolicy: '{semver: \">=1.4 <2\"}'. Default: that of the pair.",
        ),
    ] = None,
    tags: Annotated[
        Path | None,
        typer.Option(
            "--list",
            metavar="FILE",
            help="One tag a line, each with its push time or none; - is stdin. Default: the repository.",
        ),
    ] = None,
    repository: Annotated[
        str | None, typer.Option("--repository", help="The repository to list. Default: that of the pair.")
    ] = None,
) -> None:
    """Show what a policy would select, and why each tag is taken or left; 0 if it selects one, else 1.

    With --policy and --list it needs neither AWS nor a stack.
    """
    options: GlobalOptions = context.obj
    chosen = read_policy(text) if text is not None else None
    if tags is not None:
        images, timed = read_list(read_lines(tags), name="standard input" if str(tags) == "-" else str(tags))
        chosen = chosen or _pair(open_context(options, os.environ)).policy
    else:
        opened = open_context(options, os.environ)
        settings = None if chosen and repository else _pair(opened)
        chosen = chosen or (settings.policy if settings else None)
        images, timed = _listed(opened, repository or (settings.repository if settings else "")), True
    assert chosen is not None
    raise typer.Exit(_show(options.output, chosen, try_policy(chosen, images, timed=timed)))


def _pair(context: Context) -> Settings:
    """The one pair that is meant."""
    if len(context.pairs) != 1:
        raise UsageError(
            f"stack {context.stack.name} has several pairs: {', '.join(context.pairs)}",
            remedy="name one with -p/--pair",
        )
    return next(iter(context.pairs.values()))


def _listed(context: Context, name: str) -> list[Image]:
    ecr = Ecr(context.aws.client("ecr"), repository_of(name, context.aws))
    try:
        return list(ecr.images())
    except RepositoryNotFound as error:
        raise UsageError(error.message, remedy="name a repository with --repository") from error
    except AwsError as error:
        give_up(error)


def _show(output: Format, chosen: Policy, judgements: list[Judgement]) -> Exit:
    found = summary(chosen, judgements)
    if output is Format.JSON:
        print_json(found)
    else:
        print_table(COLUMNS, [each.cells() for each in judgements])
        candidates = sum(each.verdict != "left" for each in judgements)
        selected = found["selected"] or "none"
        print_line(f"{chosen}: {candidates} of {len(judgements)} tags are candidates; selected: {selected}")
    return Exit.OK if found["selected"] else Exit.NO
