"""The stand-in for Pulumi's language host runs the very program, as a process of its own each time."""

from __future__ import annotations

import sys

from tests.support.engine import Project

IN_ITS_OWN = {"name": "python", "options": {"virtualenv": "own"}}


def test_a_program_runs_with_its_configuration_in_its_folder_and_exports(project: Project) -> None:
    project.write(
        "import os, pulumi, beside\n"
        "seen = [pulumi.Config().get('key'), pulumi.runtime.is_dry_run(), os.getpid(), os.getcwd()]\n"
        "pulumi.export('seen', seen)\n"
    )
    (project.folder / "beside.py").write_text("")
    project.pulumi("stack", "init", "dev")
    project.pulumi("config", "set", "key", "value")
    seen = []
    for _ in range(2):
        project.up()
        seen.append(project.pulumi("stack", "output", "--json").stdout)
    assert '"value",\n    false' in seen[0]
    assert str(project.folder) in seen[0]
    # An update runs the program in a preview and then once more; no two of all these share a process.
    assert seen[0] != seen[1]


def test_a_run_error_is_told_without_a_traceback_and_ends_with_code_1(project: Project) -> None:
    project.write("import pulumi\nraise pulumi.RunError('the key is wrong')\n")
    project.pulumi("stack", "init", "dev")
    ran = project.preview(check=False)
    assert (ran.code, "the key is wrong" in ran.output, "Traceback" in ran.output) == (1, True, False)


def test_an_exception_is_told_with_its_traceback(project: Project) -> None:
    project.write("{}['missing']\n")
    project.pulumi("stack", "init", "dev")
    ran = project.preview(check=False)
    assert ran.code == 1
    assert "KeyError: 'missing'" in ran.output


def test_the_environment_that_the_project_names_is_made_and_used(project: Project) -> None:
    project.write("import sys, pulumi\npulumi.export('prefix', sys.prefix)\n", runtime=IN_ITS_OWN)
    (project.folder / "requirements.txt").write_text("")
    project.pulumi("install")
    assert (project.folder / "own" / "pyvenv.cfg").exists()
    project.pulumi("stack", "init", "dev")
    # It has no pulumi, and the program is not run with that of another environment instead.
    ran = project.preview(check=False)
    assert ran.code != 0
    assert "No module named 'pulumi'" in ran.output
    assert sys.prefix not in ran.stdout
