"""The command line: global options, verbs, and from errors to exit codes."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from handler.errors import UpdaterError
from ops.completion import pair_names, stack_names
from ops.context import GlobalOptions
from ops.errors import Exit, OpsError
from ops.output import Format, print_error, print_line
from ops.verbs.check import check
from ops.verbs.history import history
from ops.verbs.hold import hold
from ops.verbs.monitor import monitor
from ops.verbs.policy import policy
from ops.verbs.reconcile import reconcile
from ops.verbs.redrive import redrive
from ops.verbs.rollback import rollback
from ops.verbs.simulate import simulate
from ops.verbs.status import status
from ops.verbs.test import test
from ops.verbs.unhold import unhold
from ops.version import version as read_version

NAME = "ecr-batch"

app = typer.Typer(
    name=NAME,
    help="Look after a stack's pairs: ECR repositories and the AWS Batch job definitions that follow them.",
    epilog="Exit codes: 0 yes or done; 1 the answer is no, or declined; 2 could not; 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Paragraphs of a docstring are filled to the width of the terminal.
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    if asked:
        print_line(f"ecr-batch {read_version()}")
        raise typer.Exit


@app.callback()
def _global_options(
    context: typer.Context,
    stack: Annotated[
        str | None,
        typer.Option(
            "-s",
            "--stack",
            help="The stack, also as org/project/stack. Default: PULUMI_STACK, else the only one.",
            autocompletion=stack_names,
        ),
    ] = None,
    pair: Annotated[
        str | None, typer.Option("-p", "--pair", help="One pair. Default: all.", autocompletion=pair_names)
    ] = None,
    cwd: Annotated[Path, typer.Option("-C", "--cwd", help="Run as if started in this directory.")] = Path(),
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="Instead of the stack's file: output of `pulumi config --json --show-secrets` (- is stdin).",
        ),
    ] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", help="The AWS profile. Default: aws:profile of the stack.")
    ] = None,
    region: Annotated[
        str | None, typer.Option("--region", help="The AWS region. Default: aws:region of the stack.")
    ] = None,
    endpoint_url: Annotated[
        str | None,
        typer.Option("--endpoint-url", help="Where AWS is, e.g. the local cloud. Default: AWS_ENDPOINT_URL."),
    ] = None,
    output: Annotated[
        Format, typer.Option("-o", "--output", help="A table, or one JSON document.")
    ] = Format.TABLE,
    version: Annotated[  # noqa: ARG001 - its callback does the work
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    context.obj = GlobalOptions(
        stack=stack,
        pair=pair,
        cwd=cwd,
        config=config,
        profile=profile,
        region=region,
        endpoint_url=endpoint_url,
        output=output,
    )


for verb in (
    check,
    test,
    status,
    monitor,
    history,
    rollback,
    hold,
    unhold,
    reconcile,
    redrive,
    simulate,
):
    app.command()(verb)
app.add_typer(policy, name="policy")


def exit_code_of(run: Callable[[], object]) -> int:
    """Runs the command line; every way in which it can end has its exit code.

    Python's own code for an uncaught exception is 1, which here would mean that the answer is no.
    """
    try:
        run()
    except SystemExit as end:
        if end.code and _was_interrupted(end):
            return Exit.INTERRUPTED
        return end.code if isinstance(end.code, int) else Exit.OK if end.code is None else Exit.CANNOT
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except (OpsError, UpdaterError) as error:
        print_error(f"ecr-batch: {error}")
        return Exit.CANNOT
    except Exception:  # noqa: BLE001 - shown whole, and not passed off as an answer
        traceback.print_exc()
        print_error("ecr-batch: this is a defect of the tool; please report it with the lines above")
        return Exit.CANNOT
    return Exit.OK


def _was_interrupted(end: BaseException) -> bool:
    """Whether Ctrl-C began it: typer's prompts make an Abort of it, which ends like a "no"."""
    cause: BaseException | None = end
    while cause is not None and not isinstance(cause, KeyboardInterrupt):
        cause = cause.__context__
    return cause is not None


def main() -> NoReturn:
    """The console script."""
    # Named, since `python -m ops.cli` would be called otherwise in its own help and in what completes it.
    sys.exit(exit_code_of(lambda: app(prog_name=NAME)))


if __name__ == "__main__":
    main()
