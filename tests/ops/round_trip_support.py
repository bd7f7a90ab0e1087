"""What a round trip of the pair news has to leave as it was."""

from __future__ import annotations

from typing import Any

from tests.ops.cloud_fixtures import OPERATOR, Running, Site, until

RULE = "ecr-batch-updater-dev-news"
QUICK = ("-p", "news", "test", "--push", "--yes", "--interval", "0.1")


def tagged(site: Site, tag: str = "latest") -> str:
    """The digest that the tag points at."""
    found = site.cloud.client("ecr").describe_images(
        repositoryName="news-backend", imageIds=[{"imageTag": tag}]
    )
    return str(found["imageDetails"][0]["imageDigest"])


def digests(site: Site) -> set[str]:
    found = site.cloud.client("ecr").list_images(repositoryName="news-backend")["imageIds"]
    return {image["imageDigest"] for image in found}


def image(site: Site, name: str = "news-job") -> str:
    return str(site.revisions(name)[-1]["containerProperties"]["image"])


def called(site: Site, action: str) -> bool:
    return action in {call.action for call in site.cloud.needs_of(OPERATOR)}


class Before:
    """What has to be as it was."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.state = self.now()

    def now(self) -> tuple[Any, ...]:
        newest = self.site.revisions("news-job")[-1]
        same = {key: newest[key] for key in newest if key not in ("revision", "jobDefinitionArn", "tags")}
        theirs = {key: value for key, value in newest["tags"].items() if not key.startswith("ecr-batch-")}
        return tagged(self.site), digests(self.site), same, theirs

    def check(self) -> None:
        self.site.cloud.settle()
        assert self.now() == self.state


def start(site: Site, *more: str) -> Running:
    return site.start(*QUICK, *more)


def start_in_vain(site: Site, *more: str) -> Running:
    """A round trip that has pushed its probe and waits, while the function has given it up for good."""
    site.cloud.faults.add("batch:RegisterJobDefinition", "access-denied", times=3)
    run = start(site, *more)
    until(lambda: site.waiting("news") == 1, "the event of the probe is in the failure queue")
    return run
