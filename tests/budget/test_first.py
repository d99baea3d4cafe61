"""A first budget file: ``budget init``."""

from __future__ import annotations

import pytest

from convcost.baseline.git import main_of
from convcost.budget.first import as_globs
from convcost.budget.read import read_budget
from convcost.view import PASS
from tests.budget.repository import TINY


def test_init_writes_a_budget_that_holds(repo):
    repo.write("nets/ünïcode.yaml", TINY)
    repo.write("other/tiny.yaml", TINY)
    repo.write("not_a_spec.yaml", "a: 1\n")
    repo.write(".hidden/tiny.yaml", TINY)
    done = repo.run("budget", "init")
    assert (0, "convcost.budget.yaml: 3 networks at today's cost + 10%\n") == (done.returncode, done.stdout)
    text = (repo.path / "convcost.budget.yaml").read_text("utf-8")
    assert "{id: nets/tiny-macs, specs: [nets/tiny.yaml], metric: macs, max: 3.227M}" in text
    result = repo.check()
    assert [PASS] * 9 == [v.status for v in result.verdicts]
    assert {"nets/tiny.yaml", "nets/ünïcode.yaml", "other/tiny.yaml"} == {
        v.subject.label for v in result.verdicts
    }


def test_init_writes_over_nothing(repo):
    repo.write("convcost.budget.yaml", "mine")
    done = repo.run("budget", "init")
    assert 2 == done.returncode
    assert "is there already" in done.stderr
    assert "mine" == (repo.path / "convcost.budget.yaml").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["init", "--margin", "10"], "a share ends in %: 10%", id="margin"),
        pytest.param(["init", "nets/none.yaml"], "cannot be read", id="no such spec"),
        pytest.param(["init", "--output", "no/where.yaml"], "cannot be written", id="no such folder"),
        pytest.param(["tighten"], "there is no budget file here", id="nothing to tighten"),
        pytest.param(["tigten"], "No such command", id="a typo"),
    ],
)
def test_mistakes_exit_2(repo, arguments, said):
    done = repo.run("budget", *arguments)
    assert 2 == done.returncode
    assert said in done.stderr


def test_init_for_variants(repo):
    assert 0 == repo.run("budget", "init", "--variants", "--margin", "0%").returncode
    rules = read_budget("convcost.budget.yaml").rules
    assert {None, "wide"} == {rule.conditions.variant for rule in rules}


def test_init_writes_a_glob_so_that_a_new_network_is_covered(repo):
    repo.write("top.yaml", TINY)
    repo.write("mixed/net.yaml", TINY)
    repo.write("mixed/other.yaml", "a: 1\n")
    repo.run("budget", "init")
    text = (repo.path / "convcost.budget.yaml").read_text()
    assert 'specs: [top.yaml, mixed/net.yaml, "nets/*.yaml"]\n# a relative limit' in text
    assert 0 == repo.run("check").returncode


def test_specs_that_were_named_stay_as_they_were(repo):
    repo.run("budget", "init", "nets/tiny.yaml", "lenet")
    assert "specs: [nets/tiny.yaml, lenet]\n" in (repo.path / "convcost.budget.yaml").read_text()


def test_init_in_a_repository_holds_growth_against_its_main_branch(repo):
    repo.commit()
    repo.git("switch", "-qc", "work")
    assert 0 == repo.run("budget", "init", "--margin", "5%").returncode
    text = (repo.path / "convcost.budget.yaml").read_text()
    assert 'baseline: {source: "git:main", on_missing: warn}\n' in text
    assert "  - {id: growth, metric: macs, max_increase: +5%}\n" in text
    assert 0 == repo.run("check", "--strict").returncode
    repo.write("nets/tiny.yaml", TINY.replace("width: 16", "width: 24"))
    assert "growth" in repo.run("check").stdout
    assert 1 == repo.run("check").returncode


def test_the_main_branch(repo):
    here = str(repo.path)
    assert None is main_of(here)
    repo.git("init", "-q", "-b", "trunk")
    assert None is main_of(here)  # no commit yet
    repo.commit()
    assert "HEAD" == main_of(here)
    repo.git("update-ref", "refs/remotes/origin/master", "HEAD")
    assert "origin/master" == main_of(here)
    repo.git("update-ref", "refs/remotes/origin/dev", "HEAD")
    repo.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/dev")
    assert "origin/dev" == main_of(here)


def test_a_folder_whose_name_is_a_glob_is_no_glob(repo):
    repo.write("[ab]/tiny.yaml", TINY)
    assert ["[ab]/tiny.yaml"] == as_globs(["[ab]/tiny.yaml"], str(repo.path))


def test_a_glob_does_not_leave_the_repository(repo):
    (repo.path / "ci").mkdir()
    assert ["../nets/tiny.yaml"] == as_globs(["../nets/tiny.yaml"], str(repo.path / "ci"))
    repo.git("init", "-q")
    assert ["../nets/*.yaml"] == as_globs(["../nets/tiny.yaml"], str(repo.path / "ci"))
