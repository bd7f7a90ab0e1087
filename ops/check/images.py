"""The images that ACTIVE revisions name by digest: are they there, and will they stay?

A revision whose image is gone can't start, and a rollback to it fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handler.document.containers import containers_of
from handler.document.image import ImageReference
from handler.provenance import is_ours
from ops.check.ask import Ask
from ops.check.definitions import Definition
from ops.check.expected import Expected
from ops.check.lifecycle import Fate, Rule, StoredImage, fate, rules_of
from ops.check.verdict import Finding, Good, Link, Verdict

_SOON = timedelta(days=14)
_ABSENT = ("RepositoryNotFoundException",)


@dataclass(frozen=True, kw_only=True)
class Images:
    """What the repository holds, by digest, and its lifecycle rules."""

    stored: Mapping[str, StoredImage]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, kw_only=True)
class Pin:
    """A revision that names an image by digest. ``position`` is 0 for the newest ACTIVE revision.

    ``spared``: retention will never deregister it, since it is not the updater's own.
    """

    definition: str
    revision: int
    position: int
    digest: str
    spared: bool


def look_at_repository(ask: Ask, name: str) -> bool:
    """Whether ECR knows the repository."""
    return ask("ecr", "describe_repositories", absent=_ABSENT, repositoryNames=[name]) is not None


def look_at_images(ask: Ask, repository: str) -> Images | None:
    """Everything in the repository; None if there is no repository."""
    details = ask.listed(
        "ecr",
        "describe_images",
        "imageDetails",
        absent=_ABSENT,
        repositoryName=repository,
        PaginationConfig={"PageSize": 1000},
    )
    if details is None:
        return None
    policy = ask(
        "ecr",
        "get_lifecycle_policy",
        absent=[*_ABSENT, "LifecyclePolicyNotFoundException"],
        repositoryName=repository,
    )
    return Images(
        stored={
            item["imageDigest"]: StoredImage(
                pushed_at=item["imagePushedAt"], tags=tuple(item.get("imageTags", ()))
            )
            for item in details
            if item.get("imageStatus", "ACTIVE") == "ACTIVE"
        },
        rules=rules_of(policy["lifecyclePolicyText"]) if policy else (),
    )


def pins_of(definitions: Sequence[Definition], expected: Expected) -> tuple[Pin, ...]:
    """Every image of the repository that an ACTIVE revision names by digest."""
    owns = expected.target.owns
    return tuple(
        Pin(
            definition=definition.name,
            revision=revision.number,
            position=position,
            digest=digest,
            spared=not is_ours(revision.tags),
        )
        for definition in definitions
        for position, revision in enumerate(definition.active)
        for digest in sorted(
            {
                ImageReference.parse(container.image).digest
                for container in containers_of(revision.document)
                if owns(container.image)
            }
            - {""}
        )
    )


def judge_repository(exists: bool, expected: Expected) -> Verdict:
    """Whether there is anything to push to."""
    name = expected.pair.repository
    if exists:
        return Good(link=Link.REPOSITORY, subject=name)
    return Finding(
        link=Link.REPOSITORY,
        subject=name,
        found="ECR has no such repository in this account and region",
        remedy=f"run {expected.aws(f'ecr create-repository --repository-name {name}')}, or correct "
        f"{expected.key('repository')} and {expected.redeploy}",
    )


def judge_images(pins: Sequence[Pin], images: Images, expected: Expected, now: datetime) -> Iterator[Verdict]:
    """Images that are gone, and images that a lifecycle rule will delete."""
    gone = list(_gone(pins, images, expected))
    threatened = list(_threatened(pins, images, expected, now))
    yield from gone
    if not gone:
        yield Good(link=Link.STORED, subject=expected.pair.repository, note="those of all ACTIVE revisions")
    yield from threatened
    if not threatened:
        count = len(images.rules)
        note = f"{count} lifecycle rule{'s' * (count > 1)}" if count else "no lifecycle policy"
        yield Good(link=Link.LIFECYCLE, subject=expected.pair.repository, note=note)


def _gone(pins: Sequence[Pin], images: Images, expected: Expected) -> Iterator[Finding]:
    for name, lost in _by_definition([pin for pin in pins if pin.digest not in images.stored]).items():
        newest = [pin for pin in lost if pin.position == 0]
        if newest:
            yield Finding(
                link=Link.STORED,
                subject=name,
                found=f"the image of its newest revision, {newest[0].revision}, is gone from "
                f"{expected.pair.repository} or archived: no new job can start",
                remedy=f"push it again, then run {expected.tool('reconcile')}; or roll back with "
                f"{expected.tool(f'rollback {name}')}",
            )
        older = [pin for pin in lost if pin.position > 0]
        if older:
            yield Finding(
                link=Link.STORED,
                subject=name,
                found=f"the images of {_revisions(older)} are gone from {expected.pair.repository} or "
                "archived, so they can't start, and a rollback to them fails",
                remedy=_deregister(older, expected),
            )


def _threatened(pins: Sequence[Pin], images: Images, expected: Expected, now: datetime) -> Iterator[Finding]:
    newest = {pin.digest for pin in pins if pin.position == 0}
    fates = {
        digest: fate(digest, images.stored, images.rules)
        for digest in {pin.digest for pin in pins} & images.stored.keys()
    }
    threats: dict[tuple[str, Rule], list[Pin]] = {}
    for pin in pins:
        end = fates.get(pin.digest)
        if end is None:
            continue
        image = images.stored[pin.digest]
        if pin.digest in newest:
            threatens = _threatens_newest(end, image, now)
        else:
            threatens = _outlives(pin, end, expected.pair.keep_revisions)
        if threatens:
            threats.setdefault((pin.definition, end.rule), []).append(pin)
    for (name, rule), doomed in threats.items():
        ends = [end for pin in doomed if (end := fates[pin.digest]) is not None]
        first = min(ends, key=lambda end: end.order)
        does = "archives" if rule.archives else "deletes"
        yield Finding(
            link=Link.LIFECYCLE,
            subject=name,
            found=f"a lifecycle rule of {expected.pair.repository} ({rule}) {does} the images of "
            f"{_revisions(doomed)}, the first of them {first}",
            remedy="let the rule spare what revisions need (an untagged rule spares images that also carry a "
            f"tag of their own, such as the commit's), set {expected.key('keepRevisions')} so that "
            f"revisions go before their images, or {_deregister(doomed, expected)}",
        )


def _threatens_newest(end: Fate, image: StoredImage, now: datetime) -> bool:
    """The next push gives the newest revision another image, unless the end comes before."""
    if end.pushes is not None:
        return end.pushes == 0
    return not image.tags or (end.due is not None and end.due - now <= _SOON)


def _outlives(pin: Pin, end: Fate, keep: int | None) -> bool:
    """Whether an older revision will still be ACTIVE when its image goes.

    Each push brings one revision and at least one image, so a rule that counts can be compared with
    retention; a rule by age can't.
    """
    if keep is None or pin.spared or end.pushes is None:
        return True
    return end.pushes < keep - pin.position


def _by_definition(pins: Sequence[Pin]) -> dict[str, list[Pin]]:
    found: dict[str, list[Pin]] = {}
    for pin in pins:
        found.setdefault(pin.definition, []).append(pin)
    return found


def _revisions(pins: Sequence[Pin]) -> str:
    numbers = sorted({pin.revision for pin in pins})
    return f"revision{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"


def _deregister(pins: Sequence[Pin], expected: Expected) -> str:
    first = min(pins, key=lambda pin: pin.revision)
    command = f"batch deregister-job-definition --job-definition {first.definition}:{first.revision}"
    others = " and so on" if len({pin.revision for pin in pins}) > 1 else ""
    return f"deregister what no job names any more: {expected.aws(command)}{others}"
