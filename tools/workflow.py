"""Walk the published workflow on this machine: `python -m tools.workflow --list | --run JOB`.

`.github/workflows/book.yml` says what a code host does with every commit. --run JOB does the `run:`
steps of a job in their order, each with bash and the first failure as the end, as the host does;
--step NAME does one of them. Steps that use an action (fetching the code, setting up Python) are
named and left out: here the clone and its Python are there already. A setting that only the host
knows, such as the site's address, is taken from this machine's environment.
"""

from __future__ import annotations

import argparse
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tools.common import ROOT, ToolError, run

WORKFLOW = ROOT / ".github" / "workflows" / "book.yml"
SHELL = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")
KNOWN_TO_THE_HOST = "${{"
PUBLISHES = "git push"


@dataclass(frozen=True)
class Step:
    """One step of a job: a command, or an action of the host's."""

    name: str
    command: str = ""
    action: str = ""
    environment: dict[str, str] = field(default_factory=dict)


def load(path: Path = WORKFLOW) -> dict[str, Any]:
    """The workflow as data. YAML 1.1 reads its key `on` as the truth value; here it is "on"."""
    data: dict[Any, Any] = yaml.safe_load(path.read_text("utf8"))
    return {"on" if key is True else str(key): value for key, value in data.items()}


def steps(job: dict[str, Any]) -> Iterator[Step]:
    """A job's steps in their order."""
    for entry in job["steps"]:
        action, command = entry.get("uses", ""), entry.get("run", "").strip()
        name = entry.get("name") or action or command.splitlines()[0]
        yield Step(name, command, action, {k: str(v) for k, v in entry.get("env", {}).items()})


def of_job(workflow: dict[str, Any], name: str) -> list[Step]:
    """The steps of the job with this name."""
    jobs = workflow["jobs"]
    if name not in jobs:
        raise ToolError(f"'{name}' is not a job of the workflow: say {' or '.join(jobs)}.")
    return list(steps(jobs[name]))


def environment(step: Step) -> dict[str, str]:
    """This machine's environment with the step's own settings; what the host knows stays ours."""
    own = {k: v for k, v in step.environment.items() if KNOWN_TO_THE_HOST not in v}
    return {**os.environ, **own}


def walk(chosen: list[Step], folder: Path) -> None:
    """Run the commands; raises ToolError with the name of the first that fails."""
    for step in chosen:
        if step.action:
            print(f"-- {step.name}: the host's, left out", flush=True)
            continue
        if PUBLISHES in step.command:
            raise ToolError(f"'{step.name}' publishes: only the host does that.")
        print(f"-- {step.name}", flush=True)
        result = subprocess.run(
            [*SHELL, step.command], cwd=folder, env=environment(step), check=False
        )
        if result.returncode:
            raise ToolError(f"'{step.name}' failed with exit code {result.returncode}.")


def main() -> None:
    """List the workflow's steps, or run those of a job."""
    parser = argparse.ArgumentParser(prog="python -m tools.workflow", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--list", action="store_true", help="name every job with its steps")
    what.add_argument("--run", metavar="JOB", help="run a job's commands here")
    parser.add_argument("--step", metavar="NAME", help="run this step of it alone")
    options = parser.parse_args()
    workflow = load()
    if options.list:
        for name, job in workflow["jobs"].items():
            print(name)
            for step in steps(job):
                print(f"  {step.name}" + (f": {step.command}" if step.command else ""))
        return
    chosen = of_job(workflow, options.run)
    if options.step:
        names = [step.name for step in chosen]
        chosen = [step for step in chosen if step.name == options.step]
        if not chosen:
            raise ToolError(f"'{options.step}' is not a step of it: say {' or '.join(names)}.")
    walk(chosen, ROOT)


if __name__ == "__main__":
    run(main)
