"""Deploys the program to a local cloud, pushes images, and checks what comes out."""

from __future__ import annotations

import importlib.util
import sys


def main() -> int:
    """0 when every expectation held, 1 when one did not, 2 when the demonstration cannot run here."""
    if importlib.util.find_spec("awslambdaric") is None:
        print(
            "The demonstration runs the function in AWS's Lambda runtime client (awslambdaric), which exists "
            "for Linux alone. Run it on Linux, in a container for example.",
            file=sys.stderr,
        )
        return 2
    from local.cloud import REGION, Cloud  # noqa: PLC0415 - what follows needs awslambdaric
    from local.demo.screen import Screen  # noqa: PLC0415
    from local.demo.stack import PROJECT, STACK  # noqa: PLC0415
    from local.demo.stage import Stage  # noqa: PLC0415
    from local.demo.steps import STEPS  # noqa: PLC0415
    from local.deploy import deploy_program  # noqa: PLC0415
    from local.stack_pairs import read_stack, seed_stack  # noqa: PLC0415

    screen = Screen()
    stack = read_stack(PROJECT, STACK)
    with Cloud(region=stack.region or REGION) as cloud:
        screen.say(f"The local cloud answers at {cloud.endpoint}; the stack {STACK} is deployed to it.")
        seed_stack(cloud, stack)
        outputs = deploy_program(cloud, STACK, project_dir=PROJECT)["pairs"]
        name, pair = next(iter(stack.pairs.items()))
        stage = Stage(
            cloud=cloud,
            screen=screen,
            repository=pair.repository,
            tag=pair.image_tag,
            job_definition=pair.job_definitions[0],
            outputs=outputs[name],
        )
        for step in STEPS:
            step(stage)
    if screen.failed:
        screen.title(f"{len(screen.failed)} expectations did not hold")
        return 1
    screen.title("Every expectation held.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
