"""The GitHub action, its steps run as a runner's shell would, in a shallow clone of a bare repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml

from tests.budget.repository import IDENTITY, TINY, Repo
from tests.running import ROOT, environment

ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = ACTION["runs"]["steps"]

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the action's steps are bash")

GH = """\
#!/usr/bin/env bash
printf '%s\\n' "$@" >> "$CALLS"; echo -- >> "$CALLS"
case "$*" in *--jq*) printf '%s' "$EXISTING" ;; esac
"""


class Runner:
    """Runs the steps one after the other, expressions filled in, as GitHub does."""

    def __init__(self, folder, work, event, **inputs):
        self.folder = folder
        self.work = work
        self.event = event
        self.inputs = {name: spec["default"] for name, spec in ACTION["inputs"].items()}
        self.inputs |= {"install": "", "token": "t"} | inputs
        self.outputs = {}
        self.log = ""
        bin_ = Repo(folder / "bin")
        wrapper = f'#!/bin/sh\nexec "{sys.executable}" -m convcost "$@"\n'
        for name, text in (("convcost", wrapper), ("gh", GH)):
            bin_.write(name, text).chmod(0o755)
        self.environ = environment(
            **IDENTITY,
            PATH=f"{bin_.path}{os.pathsep}{os.environ['PATH']}",
            GITHUB_STEP_SUMMARY=str(folder / "summary.md"),
            GITHUB_OUTPUT=str(folder / "output"),
            GITHUB_WORKSPACE=str(work),
            GITHUB_REPOSITORY="me/nets",
            RUNNER_TEMP=str(folder),
            CALLS=str(folder / "calls"),
            EXISTING="",
        )

    def filled(self, text):
        """Return a text with every expression's value."""
        known = {
            **{f"inputs.{name}": value for name, value in self.inputs.items()},
            **{f"github.event.{name}": value for name, value in self.event.items()},
            "github.action_path": str(ROOT),
            "steps.check.outputs.exit-code": self.outputs.get("exit-code", ""),
        }
        return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda match: known.get(match.group(1), ""), text)

    def run(self):
        """Run all steps; return the exit code of the first that fails, else 0."""
        for step in STEPS:
            if "if" in step and self.inputs["comment"] != "true":
                continue
            code = self.step(step)
            if code:
                return code
        return 0

    def step(self, step):
        env = self.environ | {name: self.filled(text) for name, text in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=self.work / self.filled(step.get("working-directory", ".")),
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        self.log += done.stdout + done.stderr
        output = self.folder / "output"
        if output.exists():
            self.outputs |= dict(line.split("=", 1) for line in output.read_text().splitlines())
        return done.returncode

    def read(self, name):
        """Return a file that the steps wrote; '' if there is none."""
        file = self.folder / name
        return file.read_text("utf-8") if file.exists() else ""


@pytest.fixture
def runner(tmp_path):
    """Return a maker of runners in a shallow clone of a pull request's head."""
    author = Repo(tmp_path / "author")
    author.write("nets/tiny.yaml", TINY)
    author.budget("id: creep, metric: macs, max_increase: +2%", "id: total, metric: macs, max: 10M")
    base = author.commit("base")
    author.git("init", "--quiet", "--bare", str(tmp_path / "origin.git"))
    author.git("remote", "add", "origin", str(tmp_path / "origin.git"))
    author.git("push", "--quiet", "origin", "main")
    author.git("checkout", "--quiet", "-b", "change")
    author.write("nets/tiny.yaml", TINY.replace("kernel: 3}", "kernel: 5}", 1))
    author.commit("a larger stem")
    author.git("push", "--quiet", "origin", "change")
    author.git(
        "clone",
        "--quiet",
        "--depth=1",
        "--branch=change",
        f"file://{tmp_path}/origin.git",
        str(tmp_path / "work"),
    )
    event = {
        "pull_request.base.sha": base,
        "pull_request.head.repo.full_name": "me/nets",
        "pull_request.number": "7",
    }
    return lambda **inputs: Runner(tmp_path, tmp_path / "work", event, **inputs)


def test_the_clone_is_shallow_and_lacks_the_base(runner):
    made = runner()
    clone = Repo(made.work)
    assert "true" == clone.git("rev-parse", "--is-shallow-repository")
    with pytest.raises(subprocess.CalledProcessError):
        clone.git("cat-file", "-e", made.event["pull_request.base.sha"])


def test_a_pull_request_that_makes_the_network_dearer_fails_and_says_why(runner):
    made = runner()
    assert 1 == made.run(), made.log
    assert "::error file=nets/tiny.yaml,line=8,col=5,title=convcost creep::" in made.log
    assert "~ stem.conv  442.4 k → 1.229 M" in made.log
    summary = made.read("summary.md")
    assert summary.startswith("<!-- convcost-check -->\n### 1 budget exceeded, 1 within, against git:")
    assert "" == made.read("calls")


def test_a_push_is_held_to_what_the_budget_says(runner):
    made = runner(baseline="none")
    made.event["pull_request.base.sha"] = ""
    assert 2 == made.run()
    assert "rule 'creep' has max_increase, and there is no baseline" in made.log


def test_within_budget_passes(runner):
    made = runner(baseline="git:HEAD")
    assert 0 == made.run(), made.log
    assert "### no budget exceeded, 2 within, against git:HEAD" in made.read("summary.md")


def test_reports_are_written_where_asked_for(runner):
    made = runner(sarif="out.sarif", junit="out.xml", specs="nets/tiny.yaml", strict="true")
    assert 1 == made.run()
    assert {"out.sarif", "out.xml"} <= {file.name for file in made.work.iterdir()}


def test_a_comment_is_written_once_and_then_kept_up_to_date(runner):
    made = runner(comment="true")
    assert 1 == made.run()
    assert "POST" in made.read("calls")
    assert "repos/me/nets/issues/7/comments" in made.read("calls")
    made.environ["EXISTING"] = "123\n456\n"
    made.run()
    assert "PATCH\nrepos/me/nets/issues/comments/123\n" in made.read("calls")


def test_never_for_forks(runner):
    made = runner(comment="true")
    made.event["pull_request.head.repo.full_name"] = "them/nets"
    assert 1 == made.run()
    assert "" == made.read("calls")
    assert "writes no comments on pull requests from forks" in made.log


@pytest.mark.parametrize(
    "inputs",
    [
        pytest.param({"specs": "nets/tiny.yaml; touch pwned"}, id="specs"),
        pytest.param({"budget": "$(touch pwned)"}, id="budget"),
        pytest.param({"baseline": "git:`touch pwned`"}, id="baseline"),
        pytest.param({"baseline": "git:--output=pwned"}, id="an option for git"),
        pytest.param({"specs": "--budget=pwned"}, id="an option for us"),
        pytest.param({"install": "$(touch pwned)"}, id="install"),
    ],
)
def test_inputs_are_data(runner, inputs):
    made = runner(**inputs)
    made.environ["PIP_NO_INDEX"] = "1"
    assert made.run() != 0
    assert not list(made.folder.rglob("pwned"))


def test_no_expression_stands_in_a_script():
    scripts = [step["run"] for step in STEPS]
    assert len(scripts) == 5
    assert all("${{" not in script for script in scripts)


def test_every_input_is_described_and_used():
    used = set(re.findall(r"inputs\.([\w-]+)", str(STEPS)))
    assert set(ACTION["inputs"]) == used
    assert all(spec["description"] for spec in ACTION["inputs"].values())
