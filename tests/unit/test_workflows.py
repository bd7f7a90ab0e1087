"""The workflows of GitHub and of docs/deploying-gitlab.md against the rules that they promise to keep.

actionlint and zizmor, which `make check` runs, look at what holds for any workflow; this looks at
what holds for ours.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.check_lock_files import pins

ROOT = Path(__file__).resolve().parents[2]
GITHUB = ROOT / ".github"
WORKFLOWS = {path.stem: path for path in sorted((GITHUB / "workflows").iterdir())}
ACTION = GITHUB / "actions" / "pulumi" / "action.yml"
FILES = [*WORKFLOWS.values(), ACTION]
HERE = "github.event.pull_request.head.repo.full_name == github.repository"
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
# Job -> what its token may do. Whoever adds a permission says here why it is needed.
PERMISSIONS = {
    "checks/checks": {"contents": "read"},
    "preview/preview": {"contents": "read", "id-token": "write", "pull-requests": "write"},
    "preview/previews": {},
    "deploy/dev": {"contents": "read", "id-token": "write"},
    "deploy/prod": {"contents": "read", "id-token": "write"},
}


def parsed(path: Path) -> dict[str, Any]:
    # YAML 1.1 reads the key `on` as true.
    return {"on" if key is True else key: value for key, value in yaml.safe_load(path.read_text()).items()}


def jobs() -> dict[str, dict[str, Any]]:
    return {
        f"{name}/{job}": body
        for name, path in WORKFLOWS.items()
        for job, body in parsed(path)["jobs"].items()
    }


JOBS = jobs()


def bash(script: str, directory: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs a step as a runner does, with these variables alone."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=directory,
        env={"PATH": os.defpath, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def uses(path: Path) -> list[str]:
    """Each `uses:` as it is written, with its comment."""
    return [line.strip() for line in re.findall(r"^[\s-]*uses:(.*)$", path.read_text(), re.MULTILINE)]


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    else:
        yield str(value)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_action_is_pinned_by_commit_with_its_version_beside_it(path: Path) -> None:
    foreign = [each for each in uses(path) if not each.startswith("$/")]
    assert foreign
    assert [each for each in foreign if not PINNED.fullmatch(each)] == []


def test_an_action_has_the_same_pin_wherever_it_is_used() -> None:
    pinned = {each for path in FILES for each in uses(path) if not each.startswith("$/")}
    names = [each.partition("@")[0] for each in pinned]
    assert len(names) == len(set(names)), pinned


def test_our_own_action_is_there() -> None:
    ours = {each.removeprefix("$/") for path in FILES for each in uses(path) if each.startswith("$/")}
    assert ours == {ACTION.parent.relative_to(ROOT).as_posix()}


def test_a_workflow_grants_nothing_and_each_job_what_it_needs() -> None:
    assert {name: parsed(path)["permissions"] for name, path in WORKFLOWS.items()} == {
        name: {} for name in WORKFLOWS
    }
    assert {name: job["permissions"] for name, job in JOBS.items()} == PERMISSIONS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_secret_is_read(path: Path) -> None:
    assert [text for text in strings(parsed(path)) if "secrets" in text] == []


def test_no_workflow_runs_on_what_gives_a_fork_the_rights_of_this_repository() -> None:
    triggers = {name: set(parsed(path)["on"]) for name, path in WORKFLOWS.items()}
    assert triggers == {"checks": {"pull_request", "push"}, "preview": {"pull_request"}, "deploy": {"push"}}
    pushes = [parsed(WORKFLOWS[name])["on"]["push"] for name in ("checks", "deploy")]
    assert pushes == [{"branches": ["main"]}] * 2


def test_a_job_that_a_pull_request_starts_gets_credentials_only_when_it_is_from_here() -> None:
    started = [
        job
        for name, job in JOBS.items()
        if "pull_request" in parsed(WORKFLOWS[name.partition("/")[0]])["on"]
        and "id-token" in job["permissions"]
    ]
    assert [job["if"] for job in started] == [HERE]


@pytest.mark.parametrize(
    ("result", "code", "said"),
    [
        ("success", 0, "a comment on the pull request"),
        ("skipped", 0, "a pull request from a fork gets no credentials"),
        ("failure", 1, "ended as failure"),
        ("cancelled", 1, "ended as cancelled"),
    ],
)
def test_the_required_check_passes_for_a_fork_and_says_why_there_is_no_preview(
    tmp_path: Path, result: str, code: int, said: str
) -> None:
    job = JOBS["preview/previews"]
    assert (job["needs"], job["if"]) == ("preview", "always()")
    (step,) = job["steps"]
    ended = bash(step["run"], tmp_path, RESULT=result, GITHUB_STEP_SUMMARY=str(tmp_path / "summary"))
    assert ended.returncode == code
    assert said in ended.stdout
    assert (tmp_path / "summary").exists() is (result == "skipped")


def test_the_checks_that_the_page_requires_report_for_every_pull_request() -> None:
    page = (ROOT / "docs" / "deploying.md").read_text()
    (listed,) = re.findall(r"the status checks (.*?), no force", page, re.DOTALL)
    checks = JOBS["checks/checks"]
    pythons = checks["strategy"]["matrix"]["python"]
    assert "if" not in checks
    assert re.findall(r"`(.+?)`", listed) == [
        *(checks["name"].replace("${{ matrix.python }}", python) for python in pythons),
        JOBS["preview/previews"]["name"],
    ]


@pytest.mark.parametrize("name", JOBS)
def test_a_job_ends_and_leaves_no_token_on_the_disk(name: str) -> None:
    job = JOBS[name]
    assert job["timeout-minutes"] <= 30
    checkouts = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
    assert all(step["with"] == {"persist-credentials": False} for step in checkouts)


def test_deployments_are_never_cancelled_and_dev_does_not_wait_for_prod() -> None:
    groups = [JOBS[f"deploy/{stack}"]["concurrency"] for stack in ("dev", "prod")]
    assert groups == [{"group": f"deploy-{stack}", "cancel-in-progress": False} for stack in ("dev", "prod")]
    assert "concurrency" not in parsed(WORKFLOWS["deploy"])
    assert JOBS["deploy/prod"]["needs"] == "dev"


def test_each_stack_is_deployed_in_the_environment_of_its_name_and_previewed() -> None:
    deployed = {job["environment"]: job["steps"][-1]["with"] for job in JOBS.values() if "environment" in job}
    assert {name: (given["command"], given["stack"]) for name, given in deployed.items()} == {
        "dev": ("up", "dev"),
        "prod": ("up", "prod"),
    }
    preview = JOBS["preview/preview"]
    assert preview["steps"][-1]["with"]["command"] == "preview"
    assert {each["stack"] for each in preview["strategy"]["matrix"]["include"]} == deployed.keys()


def test_the_report_of_a_preview_becomes_a_comment() -> None:
    run = parsed(ACTION)["runs"]["steps"][-1]
    assert run["uses"].startswith("pulumi/actions@")
    assert run["with"]["comment-on-pr"] is True


def test_dependencies_are_locked_and_installed_before_there_are_credentials() -> None:
    steps = parsed(ACTION)["runs"]["steps"]
    install = next(i for i, step in enumerate(steps) if "pip install" in step.get("run", ""))
    assume = next(i for i, step in enumerate(steps) if "configure-aws-credentials" in step.get("uses", ""))
    assert "--require-hashes -r requirements.txt" in steps[install]["run"]
    assert install < assume


def test_the_pulumi_cli_has_the_version_of_the_locked_sdk() -> None:
    locked = pins((ROOT / "requirements.txt").read_text())["pulumi"]
    assert parsed(ACTION)["runs"]["steps"][-1]["with"]["pulumi-version"] == locked
    assert gitlab()[".pulumi"]["image"] == f"pulumi/pulumi-python:{locked}"


@pytest.mark.parametrize(
    ("text", "region"),
    [((ROOT / "Pulumi.dev.yaml").read_text(), "ap-southeast-2"), ("config:\n  aws:profile: x\n", None)],
)
def test_the_region_is_that_of_the_stack_file_and_a_missing_one_is_an_error(
    tmp_path: Path, text: str, region: str | None
) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text(text)
    script = next(step["run"] for step in parsed(ACTION)["runs"]["steps"] if step.get("id") == "stack")
    result = bash(script, tmp_path, STACK="dev", GITHUB_OUTPUT=str(tmp_path / "output"))
    if region is None:
        assert result.returncode != 0
        assert "Pulumi.dev.yaml sets no aws:region" in result.stderr
    else:
        assert (tmp_path / "output").read_text() == f"region={region}\n"


def lint(root: Path) -> list[int]:
    """The exit codes of actionlint and zizmor, called as `make check` calls them."""
    commands = re.findall(r"^\t\$\(BIN\)/((?:actionlint|zizmor) .*)$", (ROOT / "Makefile").read_text(), re.M)
    assert len(commands) == 2
    bin_ = Path(sys.executable).parent
    return [
        subprocess.run(f"{bin_}/{each}", cwd=root, shell=True, capture_output=True, check=False).returncode
        for each in commands
    ]


@pytest.mark.parametrize(
    ("before", "after", "red"),
    [
        ("name: checks", "name: checks", (False, False)),
        ("${{ matrix.python }}", "${{ matrix.pyhton }}", (True, False)),
        ("@3d3c42e5aac5ba805825da76410c181273ba90b1", "@v7", (False, True)),
        ("          persist-credentials: false\n", "          fetch-depth: 1\n", (False, True)),
        ("permissions: {}", "permissions: write-all", (False, True)),
        ("  pull_request:\n", "  pull_request_target:\n", (False, True)),
    ],
    ids=["nothing", "expression", "pin", "token", "permissions", "trigger"],
)
def test_a_planted_fault_turns_the_linter_red_that_knows_it(
    tmp_path: Path, before: str, after: str, red: tuple[bool, bool]
) -> None:
    shutil.copytree(GITHUB, tmp_path / ".github")
    checks = tmp_path / ".github" / "workflows" / "checks.yml"
    assert before in checks.read_text()
    checks.write_text(checks.read_text().replace(before, after))
    assert tuple(code != 0 for code in lint(tmp_path)) == red


def gitlab() -> dict[str, Any]:
    page = (ROOT / "docs" / "deploying-gitlab.md").read_text()
    (text,) = re.findall(r"```yaml\n(# \.gitlab-ci\.yml\n.*?)\n```\n\n-", page, re.DOTALL)
    document: dict[str, Any] = yaml.safe_load(text)
    return document


def test_gitlabs_jobs_belong_to_stages_and_extend_what_is_there() -> None:
    document = gitlab()
    real = {key: job for key, job in document.items() if isinstance(job, dict) and "stage" in job}
    assert [job["stage"] for job in real.values()] == document["stages"] == list(real)
    assert {job.get("extends", ".pulumi") for job in real.values()} == {".pulumi"}


def test_gitlabs_jobs_get_aws_by_oidc_and_store_no_key() -> None:
    document = gitlab()
    assert document[".pulumi"]["id_tokens"] == {"AWS_ID_TOKEN": {"aud": "sts.amazonaws.com"}}
    assert [text for text in strings(document) if "ACCESS_KEY" in text] == []
    roles = {name: document[name]["variables"]["AWS_ROLE_ARN"] for name in ("preview", "dev", "prod")}
    assert roles == {"preview": "$AWS_PREVIEW_ROLE", "dev": "$AWS_DEPLOY_ROLE", "prod": "$AWS_DEPLOY_ROLE"}
    # The checks of a fork's code have nothing to take away.
    assert "extends" not in document["checks"]


def test_gitlab_deploys_dev_on_merge_and_prod_by_hand_each_one_at_a_time() -> None:
    document = gitlab()
    on_main = {"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}
    assert document["dev"]["rules"] == [on_main]
    assert document["prod"]["rules"] == [{**on_main, "when": "manual", "allow_failure": False}]
    for stack in ("dev", "prod"):
        job = document[stack]
        assert (job["environment"], job["variables"]["STACK"]) == (stack, stack)
        assert (job["resource_group"], job["interruptible"]) == (f"deploy-{stack}", False)
    assert document["preview"]["parallel"]["matrix"] == [{"STACK": ["dev", "prod"]}]
