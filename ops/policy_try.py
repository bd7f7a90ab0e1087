"""``ecr-batch policy try``: what an image policy makes of a list of tags, or of a repository.

It is the function's own policy that is asked, and the configuration's own check that reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from components.pair import parse
from components.policy_proof.proof import tag_filters
from components.problems import ConfigErrors, Spelling
from handler.document.image import Image
from handler.policy import Left, Policy, Taken, judge
from handler.policy.semver import Version
from ops.errors import UsageError
from ops.pulumi_files.document import YamlError, read_yaml
from ops.pulumi_files.scalars import UnresolvableError
from ops.pulumi_files.value import value_of

COLUMNS = ("VERDICT", "TAG", "PUSHED", "WHY")
_KEY = "imagePolicy"
_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """``verdict`` is ``selected``, ``candidate`` or ``left``; ``timed``: the push time is a real one."""

    image: Image
    verdict: str
    why: str
    timed: bool

    def fields(self) -> dict[str, Any]:
        """The judgement as JSON; what is unknown is null."""
        pushed_at = self.image.pushed_at if self.timed else None
        return {
            "verdict": self.verdict,
            "tag": self.image.tag,
            "digest": self.image.digest or None,
            "pushedAt": pushed_at.isoformat() if pushed_at else None,
            "why": self.why,
        }

    def cells(self) -> tuple[str, ...]:
        """The judgement as a line of the table."""
        pushed_at = self.image.pushed_at if self.timed else None
        return (
            self.verdict,
            self.image.tag,
            f"{pushed_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if pushed_at else "-",
            self.why,
        )


def read_policy(text: str) -> Policy:
    """The policy that the YAML ``text`` describes, as under ``imagePolicy``; raises UsageError."""
    try:
        value = value_of(read_yaml(text.encode()).value).content
    except (YamlError, UnresolvableError) as error:
        raise UsageError(f"--policy is no YAML: {error}", remedy=_EXAMPLE) from error
    pair = {"repository": "placeholder", "jobDefinitions": ["placeholder"], _KEY: value}
    try:
        return parse("", pair, spelling=Spelling.YAML).policy
    except ConfigErrors as error:
        found = [
            f"{problem.key}: found {problem.found}, expected {problem.expected}" for problem in error.problems
        ]
        remedies = [problem.remedy for problem in error.problems if problem.remedy]
        raise UsageError(
            f"--policy can't be used: {'; '.join(found)}", remedy="; ".join(remedies) or _EXAMPLE
        ) from error


_EXAMPLE = "write it as in the stack's configuration, such as --policy '{semver: \">=1.4 <2\"}'"


def read_list(lines: Iterable[str], *, name: str) -> tuple[list[Image], bool]:
    """The images of a list of one tag a line, each with its push time or none with one; whether they have.

    Without times, the lines stand in the order of the pushes, the last one the newest. Empty lines and those
    that begin with ``#`` do not count. Raises UsageError.
    """
    images: list[Image] = []
    timed: set[bool] = set()
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        tag, *rest = re.split(r"[\s,]+", text, maxsplit=1)
        pushed_at = _time(rest[0], f"{name}, line {number}") if rest else _UNKNOWN + timedelta(seconds=number)
        timed.add(bool(rest))
        images.append(Image(tag=tag, digest="", pushed_at=pushed_at))
    if len(timed) > 1:
        raise UsageError(
            f"{name} has lines with a push time and lines without",
            remedy="give every line its push time, or none; then the last line is the newest push",
        )
    return images, timed == {True}


def try_policy(policy: Policy, images: Sequence[Image], *, timed: bool = True) -> list[Judgement]:
    """Every image, the selected one first, then the other candidates from high to low, then what is left."""
    ranks = [(judge(policy, image), image) for image in images]
    taken = sorted(
        ((rank, image) for rank, image in ranks if isinstance(rank, Taken)), key=lambda pair: pair[0]
    )
    judgements = [
        Judgement(image=image, verdict="candidate", why=_taken(policy, rank, timed), timed=timed)
        for rank, image in reversed(taken)
    ]
    if judgements:
        judgements[0] = replace(judgements[0], verdict="selected")
    return judgements + [
        Judgement(image=image, verdict="left", why=rank.reason, timed=timed)
        for rank, image in ranks
        if isinstance(rank, Left)
    ]


def summary(policy: Policy, judgements: Sequence[Judgement]) -> Mapping[str, Any]:
    """The trial as one JSON document."""
    selected = next((each.image.tag for each in judgements if each.verdict == "selected"), None)
    return {
        "policy": dict(policy.specification()),
        "selected": selected,
        "ruleFilters": tag_filters(policy),
        "images": [each.fields() for each in judgements],
    }


def _taken(policy: Policy, rank: Taken, timed: bool) -> str:
    if policy.tag is not None:
        return "the tag itself"
    match rank.key:
        case Version():
            return f"version {rank.key}"
        case datetime():
            return "by the time of its push" if timed else "by its place in the list"
        case str():
            return f"by the text {rank.key!r}"
        case (number,):
            return f"by the number {number}"
    return f"by the numbers {', '.join('none' if number < 0 else str(number) for number in rank.key)}"


def _time(text: str, where: str) -> datetime:
    try:
        time = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f"{where}: {text.strip()!r} is no push time", remedy="write it as 2026-11-24T12:00:00Z"
        ) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
