"""The pages about budgets: what they show was really run, and their snippets work."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import sys

import pytest
import yaml

from convcost.budget.model import BUDGET_METRICS
from convcost.budget.read import read_text
from convcost.budget.rules import KEYS
from convcost.cli._check_reports import FORMATS
from tests.budget.repository import TINY
from tests.running import ROOT

DOCS = ROOT / "docs"


def blocks(page, language):
    text = (DOCS / f"{page}.md").read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def walkthrough():
    spec = importlib.util.spec_from_file_location("walkthrough", DOCS / "walkthrough.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_walk_through_is_what_happens(walkthrough):
    page = (DOCS / "ci.md").read_text("utf-8")
    assert page == walkthrough.fill(page)
    assert "exit code 1" in page
    assert "budget raised 8M → 9M" in page


def test_a_stale_walk_through_is_noticed(walkthrough):
    page = (DOCS / "ci.md").read_text("utf-8")
    head = page[: page.index("That is a budget of absolute limits")]
    assert head == walkthrough.fill(head.replace("3 within", "4 within"))


def test_the_page_about_budgets_has_every_key_metric_and_format():
    page = (DOCS / "budgets.md").read_text("utf-8")
    assert [] == [word for word in (*KEYS, *BUDGET_METRICS, *FORMATS) if f"`{word}`" not in page]


def test_the_example_is_a_budget():
    (first, _) = blocks("budgets", "yaml")
    assert 5 == len(read_text(first.encode(), "budgets.md", "/").rules)


def test_the_short_form_is_one_too(repo):
    (_, short) = blocks("budgets", "yaml")
    repo.write("nets/tiny.yaml", TINY + short)
    assert 0 == repo.run("check", "nets/tiny.yaml").returncode


def test_the_workflow_uses_inputs_that_the_action_has():
    (workflow,) = blocks("github-action", "yaml")
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    steps = yaml.safe_load(workflow)["jobs"]["budget"]["steps"]
    assert set(steps[1]["with"]) <= set(action["inputs"])
    page = (DOCS / "github-action.md").read_text("utf-8")
    assert [] == [name for name in action["inputs"] if f"`{name}`" not in page]


def test_the_gitlab_job_runs(repo):
    repo.budget("id: creep, metric: macs, max_increase: +2%")
    base = repo.commit()
    repo.write("nets/tiny.yaml", TINY.replace("kernel: 3}", "kernel: 5}", 1))
    (snippet,) = blocks("gitlab", "yaml")
    job = yaml.safe_load(snippet)["budget"]
    (line,) = job["script"]
    program, *words = shlex.split(line.replace("$CI_MERGE_REQUEST_DIFF_BASE_SHA", base))
    done = repo.run(*words)
    assert ("convcost", 1) == (program, done.returncode)
    assert (repo.path / job["artifacts"]["reports"]["junit"]).exists()


def test_the_pre_commit_hooks_exist():
    (snippet,) = blocks("pre-commit", "yaml")
    (config,) = yaml.safe_load(snippet)["repos"]
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert [hook["id"] for hook in config["hooks"]] == [hook["id"] for hook in hooks]


@pytest.mark.parametrize("name", ["ci", "budgets", "github-action", "gitlab", "pre-commit", "pytest"])
def test_links_lead_somewhere(name):
    page = (DOCS / f"{name}.md").read_text("utf-8")
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", page)]
    assert [] == [link for link in links if "://" not in link and not (DOCS / link).exists()]


def test_the_benchmark_keeps_its_budgets(tmp_path):
    """One run of the benchmark, to see that it still measures what it says; not how fast."""
    sys.path.insert(0, str(ROOT))
    try:
        from bench import budget
    finally:
        sys.path.remove(str(ROOT))
    names = budget.prepare(tmp_path)
    budget.change(tmp_path, names[:2])
    assert (50, 20) == (len(names), len(budget.RULES))
    assert all(seconds > 0 for seconds in budget.once(tmp_path))
    assert os.path.exists(names[0])
