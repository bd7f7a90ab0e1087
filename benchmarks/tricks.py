"""What each of the cold start's tricks wins: the start without it, against the start with all of them.

    python -m benchmarks.tricks [ROUNDS]

A trick is taken out of a copy of the archive, by replacing the text that makes it; what is measured is the
CPU time of the function's process, from its start to its first registration, and of that what it takes once
it has the event. Each start without a trick is compared with the start of the whole archive just before it,
so that whatever else the machine does befalls both. It takes about half a second for each trick and round.
"""

from __future__ import annotations

import re
import statistics
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.runtime import Bench, Seen

Change = Callable[[Path], None]


@dataclass(frozen=True)
class Trick:
    """``without`` takes it out of an unpacked archive. Raises RuntimeError when the archive has it not."""

    name: str
    without: Change


def replaced(file: str, *edits: tuple[str, str]) -> Change:
    """Replaces texts of one file, each of which must stand in it exactly once."""

    def change(directory: Path) -> None:
        path = directory / file
        text = path.read_text(encoding="utf-8")
        for old, new in edits:
            if text.count(old) != 1:
                raise RuntimeError(f"{file} has {text.count(old)} times what is to be replaced: {old!r}")
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")

    return change


def at_once(*modules: str) -> Change:
    """Loads modules with the others, which are imported inside of functions only."""

    def change(directory: Path) -> None:
        texts = [path.read_text(encoding="utf-8") for path in directory.rglob("*.py")]
        for module in modules:
            inside = re.compile(rf"^ +from {re.escape(module)} import \w[\w, ]*  # noqa: PLC0415$", re.M)
            if not any(inside.search(text) for text in texts):
                raise RuntimeError(f"no function imports {module}")
        imports = "".join(f"import {module}\n" for module in modules)
        replaced("handler/entry.py", ("\nload()\n", f"\n{imports}load()\n"))(directory)

    return change


def both(*changes: Change) -> Change:
    def change(directory: Path) -> None:
        for each in changes:
            each(directory)

    return change


def plain_dataclasses(directory: Path) -> None:
    """Lets ``dataclass`` generate what ``Value`` has once for all."""
    found = 0
    for path in directory.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        text, here = re.subn(
            r"(@dataclass\(.*), eq=False, repr=False\)\nclass (\w+)\(Value\):", r"\1)\nclass \2:", text
        )
        path.write_text(text, encoding="utf-8")
        found += here
    if not found:
        raise RuntimeError("no class is a Value")


_CLIENTS = "handler/aws/clients.py"
_NO_LISTING = (
    _CLIENTS,
    ("    def list_available_services(self, type_name", "    def unused(self, type_name"),
)
_NO_ENDPOINTS = (_CLIENTS, ('if name != "endpoints":', "if True:"))
_GROUPS = {
    "retention": ("handler.retention",),
    "notices": ("handler.aws.events", "handler.report.notices"),
    "gates": (
        "handler.gates.requirements",
        "handler.gates.admission",
        "handler.gates.manifest",
        "handler.download",
    ),
    "a failed registration": ("handler.failed_registration",),
    "equality of settings": ("handler.document.canonical",),
    "policies": ("handler.policy.semver", "handler.policy.glob", "handler.policy.regex"),
}

TRICKS = (
    Trick(
        "no garbage collection until all is loaded, none among that later",
        replaced(
            "handler/cold_start.py",
            ("\ngc.disable()\n", "\n"),
            ("    gc.freeze()\n    gc.enable()\n", ""),
        ),
    ),
    Trick(
        "what is loaded is kept out of later collections",
        replaced("handler/cold_start.py", ("    gc.freeze()\n", "")),
    ),
    Trick("models are read before the event", replaced("handler/entry.py", ("\nload()\n", "\n"))),
    Trick("services are not listed", replaced(*_NO_LISTING)),
    Trick("endpoints are not read", replaced(*_NO_ENDPOINTS)),
    Trick(
        "services are not listed, endpoints not read", both(replaced(*_NO_LISTING), replaced(*_NO_ENDPOINTS))
    ),
    Trick(
        "botocore without boto3",
        replaced(
            _CLIENTS,
            ("import botocore.session\n", "import boto3\nimport botocore.session\n"),
            ("session = botocore.session.get_session()", "session = boto3.Session()._session"),
        ),
    ),
    Trick(
        "a user agent of our own",
        replaced(
            _CLIENTS, ('            user_agent=f"ecr-batch-updater Botocore/{botocore.__version__}",\n', "")
        ),
    ),
    Trick(
        "the client for events is made when needed",
        replaced(
            _CLIENTS,
            ('cache(lambda: client("events", _ATTEMPTS))', '[client("events", _ATTEMPTS)].copy'),
        ),
    ),
    Trick(
        "threads are imported when needed",
        replaced(
            "handler/parallel.py",
            ("\nif TYPE_CHECKING:\n    from", "\nfrom"),
        ),
    ),
    *(Trick(f"modules load when needed: {name}", at_once(*modules)) for name, modules in _GROUPS.items()),
    Trick(
        "modules load when needed: all of these",
        at_once(*(name for names in _GROUPS.values() for name in names)),
    ),
    Trick("comparison and representation written once (Value)", plain_dataclasses),
)


def main(rounds: int, names: Iterable[str]) -> None:
    """Measures the tricks whose name contains one of ``names``, all if there are none, and prints a table."""
    tricks = [trick for trick in TRICKS if not names or any(name in trick.name for name in names)]
    pairs: dict[str, list[tuple[Seen, Seen]]] = {trick.name: [] for trick in tricks}
    with Bench() as bench:
        programs = {
            trick.name: bench.variant(f"without-{number}", trick.without)
            for number, trick in enumerate(tricks)
        }
        for _ in range(rounds):
            for name, program in programs.items():
                pairs[name].append((bench.start(bench.packaged), bench.start(program)))
    print(
        f"{'without':<64} {'ms':>7} {'share':>7} {'quartiles':>15} {'after the event: ms':>20} {'share':>6}"
    )
    for name, seen in pairs.items():
        whole, event = (_compared(seen, what) for what in ("cpu", "cpu_event"))
        print(f"{name:<64} {whole} {event}")
    whole = statistics.median(each.cpu for seen in pairs.values() for each, _ in seen) * 1000
    event = statistics.median(each.cpu_event for seen in pairs.values() for each, _ in seen) * 1000
    print(f"with all of them: {whole:.1f} ms, {event:.1f} ms of them after the event; {rounds} rounds")


def _compared(pairs: list[tuple[Seen, Seen]], what: str) -> str:
    without = statistics.median(getattr(each, what) for _, each in pairs) * 1000
    shares = [(1 - getattr(all_, what) / getattr(less, what)) * 100 for all_, less in pairs]
    low, middle, high = statistics.quantiles(shares, n=4)
    return f"{without:7.1f} {middle:5.1f} % {low:6.1f} to {high:5.1f}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15, sys.argv[2:])
