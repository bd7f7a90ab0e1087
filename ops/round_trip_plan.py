"""Whether a round trip may be made, and on what: everything that can be known before anything is touched."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping

from components.naming import Names
from handler.settings import Settings
from ops.aws import Aws
from ops.function import Function
from ops.image_store import Images
from ops.probe import Manifest, Refused, probe_of
from ops.rehearsal import Rehearsal
from ops.revisions import newest_revisions
from ops.round_trip import Subject
from ops.status import Row, State, status


def subject_of(
    chosen: Settings,
    every: Mapping[str, Settings],
    aws: Aws,
    rehearsal: Rehearsal,
    *,
    project: str,
    stack: str,
    timeout: int,
) -> Subject:
    """What a round trip of the pair ``chosen`` works on; ``every`` are the stack's pairs.

    ``timeout`` is the function's, in seconds. Raises Refused, or another OpsError.
    """
    _check_works(chosen, rehearsal)
    active = {
        name: settings
        for name, settings in every.items()
        if settings.repository == chosen.repository
        and not (settings.paused or settings.dry_run or _min_age(settings))
    }
    rows = status(active.values(), aws)
    tag, digest = _check_current([row for row in rows if row.pair == chosen.pair])
    _check_none_behind(rows, tag, digest)
    images = Images(aws.client("ecr", attempts=5), chosen.repository)
    original = _original(images, tag, digest)
    watched = {
        row.definition: row.pair
        for row in rows
        if row.state is State.CURRENT
        and row.selected is not None
        and (row.selected.tag, row.selected.digest) == (tag, digest)
    }
    probe = probe_of(original, secrets.randbits(32))
    return Subject(
        pairs={name: active[name] for name in dict.fromkeys(watched.values())},
        watched=watched,
        before=newest_revisions(watched, aws),
        images=images,
        tag=tag,
        original=original,
        probe=probe,
        function=Function(aws, Names(project, stack, chosen.pair).base, timeout=timeout),
        by_hand=_by_hand(images.name, tag, original, probe, aws.region_name, f"{stack} -p {chosen.pair}"),
    )


def _check_works(chosen: Settings, rehearsal: Rehearsal) -> None:
    for is_set, key in ((chosen.paused, "paused"), (chosen.dry_run, "dryRun")):
        if is_set:
            raise Refused(
                f"pair {chosen.pair} has {key}: true, so a push would give no revision",
                remedy=f"set its {key} to false and run `pulumi up` first",
            )
    if _min_age(chosen):
        raise Refused(
            f"pair {chosen.pair} requires an age of {_min_age(chosen)}, and the probe would be new",
            remedy="use `ecr-batch test` without --push, or take minAge out of the pair's requires meanwhile",
        )
    if rehearsal.problems:
        raise Refused(
            f"a push would not be rolled out: {'; '.join(rehearsal.problems)}",
            remedy="repair that first; `ecr-batch test` shows when it is",
        )


def _min_age(settings: Settings) -> str:
    return settings.requires.min_age if settings.requires else ""


def _check_current(rows: list[Row]) -> tuple[str, str]:
    """The tag and digest that every definition is on."""
    wrong = [
        f"{row.definition} is {row.state.value}: {row.reason}"
        for row in rows
        if row.state is not State.CURRENT
    ]
    if wrong:
        raise Refused(
            f"not every definition is current, so it could not be put back as it is: {'; '.join(wrong)}",
            remedy="bring them to the selected image first; `ecr-batch status` shows them",
        )
    selected = rows[0].selected
    assert selected is not None
    return selected.tag, selected.digest


def _check_none_behind(rows: Iterable[Row], tag: str, digest: str) -> None:
    """One of another pair that is behind may take the probe, and nobody would wait for it to be off that."""
    behind = [
        f"{row.definition} of pair {row.pair} is {row.state.value}: {row.reason}"
        for row in rows
        if row.state is State.BEHIND
        and row.selected is not None
        and (row.selected.tag, row.selected.digest) == (tag, digest)
    ]
    if behind:
        raise Refused(
            f"not every definition that follows the tag {tag} is current: {'; '.join(behind)}",
            remedy="bring them to the selected image first; `ecr-batch reconcile` does",
        )


def _original(images: Images, tag: str, digest: str) -> Manifest:
    if not images.may_move(tag):
        raise Refused(
            f"repository {images.name} has immutable tags, so {tag} can be put on no other image and back",
            remedy="use `ecr-batch test` without --push there; an immutable tag is rolled out "
            "by its first push",
        )
    manifest = images.tagged(tag)
    if manifest is None or manifest.digest != digest:
        found = f"one with digest {manifest.digest}" if manifest else "none that can be read"
        raise Refused(
            f"the manifest that ECR has for {images.name}:{tag} is {found}, not {digest}",
            remedy="if somebody is pushing, wait for that and try again",
        )
    return manifest


def _by_hand(repository: str, tag: str, original: Manifest, probe: Manifest, region: str, pair: str) -> str:
    """Shell commands that put everything back, from whatever point."""
    at = f"--region {region} --repository-name {repository}"
    fetch = (
        f"aws ecr batch-get-image {at} --image-ids imageDigest={original.digest} "
        f"--accepted-media-types {original.media_type} --query 'images[0].imageManifest' --output text"
    )
    restore = (
        f'aws ecr put-image {at} --image-tag {tag} --image-manifest "$({fetch})" '
        f"--image-manifest-media-type {original.media_type} --image-digest {original.digest}"
    )
    delete = f"aws ecr batch-delete-image {at} --image-ids imageDigest={probe.digest}"
    return "\n".join(f"  {command}" for command in (restore, f"ecr-batch -s {pair} reconcile", delete))
