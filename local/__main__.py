"""``python -m local up``: the local cloud on a port, for any AWS client."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from components.naming import Names
from local.cloud import ACCESS_KEY, REGION, SECRET_KEY, Cloud
from local.provider.rehearsal import rehearsal
from local.server import PortTaken
from local.stack_pairs import StackFile, read_stack, seed_stack
from ops.errors import OpsError

if TYPE_CHECKING:
    from local.provider.server import Serving

_MANIFEST = (
    '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",'
    '"config":{"size":1},"layers":[],"annotations":{"build":"\'$(date +%s)\'"}}'
)
_OUTCOMES = "--filter-pattern '{ $.outcome = * }' --query 'events[].message' --output text"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; 0 when it was ended with Ctrl-C, 2 when it could not start."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    logging.getLogger("local").setLevel(logging.INFO)
    project = Path(options.project_dir)
    try:
        stack = StackFile("", None, {}) if options.empty else read_stack(project, options.stack)
    except OpsError as error:
        print(error, file=sys.stderr)
        return 2
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    region = options.region or stack.region or REGION
    try:
        with Cloud(port=options.port, region=region, time_factor=options.time_factor) as cloud:
            if stack.pairs:
                seed_stack(cloud, stack)
            if stack.pairs and not options.engine:
                from local.deploy import deploy_program  # noqa: PLC0415 - Pulumi is slow to import

                deploy_program(cloud, options.stack, project_dir=project)
            with contextlib.ExitStack() as opened:
                lines = _introduction(cloud)
                if options.engine:
                    provider = opened.enter_context(_served(cloud, options.engine_port))
                    name = "" if options.empty else options.stack
                    lines += ["", *rehearsal(provider.attach, project.resolve(), stack.project, name)]
                lines += _first_steps(options.stack, stack, project.resolve(), deployed=not options.engine)
                print("\n".join(lines), flush=True)
                stop.wait()
    except PortTaken as error:
        print(error, file=sys.stderr)
        return 2
    print("\nThe local cloud has ended; nothing of it is kept.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    up = commands.add_parser("up", help="run the local cloud until Ctrl-C")
    up.add_argument("--port", type=int, default=0, help="the port on 127.0.0.1 (default: any free one)")
    up.add_argument("--stack", default="dev", help="the stack to deploy and to seed (default: dev)")
    up.add_argument("--empty", action="store_true", help="deploy and seed nothing")
    up.add_argument(
        "--engine", action="store_true", help="deploy nothing, and be the provider of pulumi up and its kind"
    )
    up.add_argument("--engine-port", type=int, default=0, help="the provider's port (default: any free one)")
    up.add_argument("--region", help=f"default: that of the stack, else {REGION}")
    up.add_argument("--project-dir", default=".", help="where Pulumi.yaml is (default: here)")
    up.add_argument(
        "--time-factor",
        type=float,
        default=0.01,
        help="every wait between retries is AWS's times this (default: 0.01, so a minute takes 0.6 s)",
    )
    return parser


def _served(cloud: Cloud, port: int) -> contextlib.AbstractContextManager[Serving]:
    # The functions' processes are forked and use no gRPC; it would warn of each.
    os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")
    from local.provider.server import serve  # noqa: PLC0415 - gRPC is slow to import

    return serve(cloud, port=port)


def _introduction(cloud: Cloud) -> list[str]:
    return [
        f"The local cloud answers at {cloud.endpoint} as account {cloud.account}, region {cloud.region}.",
        f"Waits between retries are AWS's times {cloud.work.time_factor}. Ctrl-C ends it.",
        "",
        "Point any AWS client at it; the first line puts aws and ecr-batch on the path:",
        f". {Path(sys.prefix) / 'bin' / 'activate'}",
        f"export AWS_ENDPOINT_URL={cloud.endpoint}",
        f"export AWS_ACCESS_KEY_ID={ACCESS_KEY}",
        f"export AWS_SECRET_ACCESS_KEY={SECRET_KEY}",
        f"export AWS_DEFAULT_REGION={cloud.region}",
    ]


def _first_steps(name: str, stack: StackFile, project: Path, *, deployed: bool) -> list[str]:
    lines = []
    for pair_name, pair in list(stack.pairs.items())[:1]:
        group = Names(stack.project, name, pair_name).log_group
        tag, choose = (
            (pair.image_tag, "") if pair.image_policy is None else ("TAG", f" (TAG: for {pair.policy})")
        )
        put = f"aws ecr put-image --repository-name {pair.repository} --image-tag {tag}"
        describe = f"aws batch describe-job-definitions --job-definition-name {pair.job_definitions[0]}"
        told = f"The stack {name} is deployed. Push" if deployed else "Once that is done, push"
        lines += [
            "",
            f"{told} an image{choose}, then look:",
            f"{put} --image-manifest '{_MANIFEST}'",
            f"{describe} --query 'jobDefinitions[].[revision, containerProperties.image]' --output table",
            f"aws logs filter-log-events --log-group-name {group} {_OUTCOMES}",
            "",
            f"Or look with the operator's tool, from {project}; docs/operations.md says what it can do:",
            f"ecr-batch --stack {name} status",
            f"ecr-batch --stack {name} monitor --since 1h",
        ]
    return lines


if __name__ == "__main__":
    sys.exit(main())
