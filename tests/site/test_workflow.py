"""Is the workflow that publishes the site one that a clone could run?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import workflow
from tools.common import ROOT, ToolError

BOOK = workflow.load()
JOBS = BOOK["jobs"]
# The rule that the host's own documents give: a step is an action by owner, name and version.
PINNED = re.compile(r"actions/[a-z-]+@v\d+")
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf8"), re.MULTILINE))
TOOLS = {"git", "test"}  # of the machine, not of the repository

STEPS = [(job, step) for job in JOBS for step in workflow.of_job(BOOK, job)]


def called(command: str) -> list[list[str]]:
    """The commands of a step, in words."""
    lines = re.split(r"\n|&&|\|\|", command)
    return [line.split() for line in lines if line.strip()]


@pytest.mark.parametrize(("job", "step"), STEPS, ids=[f"{job}-{s.name}" for job, s in STEPS])
def test_step_is_known(job: str, step: workflow.Step) -> None:
    """Is each step an official action with its major version, or a command that is there?"""
    if step.action:
        assert PINNED.fullmatch(step.action)
        return
    assert "${{" not in step.command  # a text from outside would be run as a command
    for program, *words in called(step.command):
        if program == "make":
            assert set(words) <= TARGETS
        elif program == ".venv/bin/python":
            assert words[0] == "-m"
            assert (ROOT / f"{words[1].replace('.', '/')}.py").is_file()
        else:
            assert program in TOOLS | {"sudo"}


def test_every_supported_python() -> None:
    """Does the test job run on each Python that the requirements resolve for?"""
    head = (ROOT / "requirements.txt").read_text("utf8").split("\n-e", 1)[0]
    assert JOBS["test"]["strategy"]["matrix"]["python"] == re.findall(r"3\.1\d(?=[,. ])", head)[:3]


def test_it_does_what_ci_does() -> None:
    """Are the make targets of .ci/run the ones of the test job, in the same order?"""
    script = re.findall(r"^make (\w+)$", (ROOT / ".ci" / "run").read_text("utf8"), re.MULTILINE)
    commands = [step.command for step in workflow.of_job(BOOK, "test")]
    assert [c for c in commands if c.removeprefix("make ") in script] == [
        f"make {t}" for t in script
    ]


def test_rights_are_few() -> None:
    """May a job write only where publishing is its purpose?"""
    assert BOOK["permissions"] == {"contents": "read"}
    writes = {
        name: sorted(right for right, how in job.get("permissions", {}).items() if how == "write")
        for name, job in JOBS.items()
    }
    assert writes == {
        "test": [],
        "build": [],
        "publish": ["id-token", "pages"],
        "notebooks": ["contents"],
    }


def test_only_a_tested_site_is_published() -> None:
    """Do both publishing jobs wait for the tests, and does a proposed change publish nothing?"""
    for name in ("publish", "notebooks"):
        assert set(JOBS[name]["needs"]) == {"test", "build"}
    assert "pull_request'" in JOBS["build"]["if"]
    assert "vars.LOSSLAND_LAUNCH == 'on'" in JOBS["notebooks"]["if"]


SMALL = """
on: push
jobs:
  good:
    steps:
      - uses: actions/checkout@v5
      - name: write
        run: echo "$WORD $FROM_HOST" > out.txt
        env: {WORD: hello, FROM_HOST: "${{ steps.x.outputs.y }}"}
  bad:
    steps:
      - name: fails
        run: |
          false
          touch never
      - run: touch never
  pushes:
    steps: [{name: away, run: git push}]
"""


@pytest.fixture
def small(tmp_path: Path) -> dict[str, object]:
    """A workflow of three jobs."""
    path = tmp_path / "small.yml"
    path.write_text(SMALL, "utf8")
    return workflow.load(path)


def test_commands_run_as_on_the_host(
    small: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Are commands run in order, with the step's settings and the machine's for the host's?"""
    monkeypatch.setenv("FROM_HOST", "world")
    workflow.walk(workflow.of_job(small, "good"), tmp_path)
    assert (tmp_path / "out.txt").read_text("utf8") == "hello world\n"


def test_first_failure_is_the_end(small: dict[str, object], tmp_path: Path) -> None:
    """Does a failing line stop the job, and does the message name its step?"""
    with pytest.raises(ToolError, match="'fails' failed with exit code 1"):
        workflow.walk(workflow.of_job(small, "bad"), tmp_path)
    assert not (tmp_path / "never").exists()


def test_nothing_is_published_from_here(small: dict[str, object], tmp_path: Path) -> None:
    """Is a step that pushes refused, and an unknown job told?"""
    with pytest.raises(ToolError, match="only the host does that"):
        workflow.walk(workflow.of_job(small, "pushes"), tmp_path)
    with pytest.raises(ToolError, match="say good or bad or pushes"):
        workflow.of_job(small, "deploy")
