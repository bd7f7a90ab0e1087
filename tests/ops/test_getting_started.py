"""docs/getting-started.md, played on the local cloud: its commands, as they stand there, in their order."""

from __future__ import annotations

from pathlib import Path

import yaml

from local.cloud import Cloud
from tests.ops.documents import ROOT, sections
from tests.ops.play import PAIR, Play, images, pair, staged
from tests.support.pages import blocks, page

PAGE = sections(ROOT / "docs" / "getting-started.md")


def test_rehearse_on_your_own_machine(cloud: Cloud, tmp_path: Path) -> None:
    play = Play(staged(cloud, tmp_path, pair()), "Rehearse on your own machine", PAGE)
    play.elsewhere("make demo")
    play(". .venv/bin/activate")
    play.elsewhere("python -m local up")
    play(". .venv/bin/activate")
    play("export AWS_ENDPOINT_URL")
    play("export AWS_DEFAULT_REGION=ap-southeast-2 PULUMI_STACK=dev")
    found = play("ecr-batch check", code=1)
    assert [line.split()[1] for line in found.splitlines() if "finding " in line] == ["alarm", "image"]
    assert found.splitlines()[-1].startswith("2 findings")
    play("aws ecr put-image")
    assert "current" in play("ecr-batch status --wait")
    assert sorted(images(play.site)) == [1, 2]
    play.site.cloud.settle()
    assert "updated" in play("ecr-batch monitor")
    newest = play("ecr-batch history").splitlines()[1]
    assert newest.split()[0] == "2"
    assert newest.split()[-1] == "updater"
    assert "lets such a push through" in play("ecr-batch test")
    play.end()


def test_rehearse_with_pulumis_own_commands(cloud: Cloud, tmp_path: Path) -> None:
    # What these commands do is tried on the engine itself.
    play = Play(staged(cloud, tmp_path, pair()), "Rehearse with Pulumi's own commands", PAGE)
    play(". .venv/bin/activate")
    play.elsewhere("python -m local up --stack dev --port 4570 --engine")
    play(". .venv/bin/activate")
    for names in (
        "AWS_ENDPOINT_URL",
        "AWS_DEFAULT_REGION",
        "PULUMI_DEBUG_PROVIDERS",
        "PULUMI_CONFIG_PASSPHRASE",
    ):
        play(f"export {names}")
    for verb in ("stack init dev", "up", "preview"):
        play.elsewhere(f"pulumi {verb}")
    play.elsewhere("aws events disable-rule")
    for verb in ("up --refresh", "destroy"):
        play.elsewhere(f"pulumi {verb}")
    play.end()


def test_write_a_stack_of_your_own(cloud: Cloud, tmp_path: Path) -> None:
    (text,) = blocks(page("getting-started.md"), "yaml")
    config = yaml.safe_load(text)["config"]
    assert config.pop("aws:region") == cloud.region
    keys = {key.partition(":")[2]: value for key, value in config.items()}
    site = staged(cloud, tmp_path, keys.pop("pairs"), stack="prod", **keys)
    play = Play(site, "Write a stack of your own", PAGE)
    play.elsewhere("python -m local up --stack prod")
    play("export PULUMI_STACK=prod")
    assert "selected: v1.4.2" in play("printf")
    found = play("ecr-batch check", code=1)
    assert [line.split()[1] for line in found.splitlines() if "finding " in line] == [
        "subscription",
        "image",
        "image",
    ]
    play("aws ecr put-image --repository-name thumbnails")
    assert "current" in play("ecr-batch -p thumbnails status")
    play("aws ecr put-image --repository-name ocr")
    cloud.settle()
    gated = play("ecr-batch -p ocr status", code=1)
    assert "is held back by minAge" in gated
    assert "ecr-batch-updater-prod_overview" in play("aws cloudwatch list-dashboards")
    play.end()


def test_deploy_it_to_aws(cloud: Cloud, tmp_path: Path) -> None:
    site = staged(cloud, tmp_path, pair(), alarmEmails=["ops@example.com"])
    cloud.subscriptions.confirm("ops@example.com")
    play = Play(site, "Deploy it to AWS", PAGE)
    assert set(play("aws batch describe-job-definitions").split()) == set(pair()[PAIR]["passRoles"])
    play(". .venv/bin/activate")
    play("export PULUMI_STACK=dev")
    for verb in ("login", "stack init dev", "install", "preview", "up"):
        play.elsewhere(f"pulumi {verb}")
    site.push("there before", "newsarchive-backend")
    assert "0 findings" in play("ecr-batch check")
    play("ecr-batch reconcile")
    assert "current" in play("ecr-batch status --wait")
    play.elsewhere("docker push")
    digest = site.push("pushed", "newsarchive-backend")
    assert "current" in play("ecr-batch status --wait")
    assert "2 -> 3" in play("ecr-batch monitor")
    assert images(site)[3] == f"@{digest}"
    play.end()
