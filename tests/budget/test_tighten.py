"""Limits brought down to today's cost: ``budget tighten``."""

from __future__ import annotations

from convcost.budget.read import read_budget
from convcost.view import PASS
from tests.budget.repository import MACS, TINY


def test_tighten_lowers_and_never_raises(repo):
    repo.budget(
        "id: loose, metric: macs, max: 9M, warn: 8M",
        "id: exceeded, metric: macs, max: 1M",
        'id: each, metric: macs, layers: "*", of: each, max: 9M  ',
        "id: low, metric: intensity, min: 1x",
        head='# a comment that stays\nspecs: ["nets/*.yaml"]   # and this\n',
    )
    done = repo.run("budget", "tighten")
    assert "loose: max 9M → 3.227M\nloose: warn 8M → 3.08M\neach: max 9M → 2.596M\n" == done.stdout
    text = (repo.path / "convcost.budget.yaml").read_text()
    assert "# a comment that stays" in text
    assert 'specs: ["nets/*.yaml"]   # and this' in text
    assert "{id: loose, metric: macs, max: 3.227M, warn: 3.08M}" in text
    assert "max: 1M}" in text
    assert "max: 2.596M  }" in text
    assert "every limit is tight already\n" == repo.run("budget", "tighten").stdout


def test_tighten_to_today(repo):
    repo.budget("id: total, metric: macs, max: 9M")
    repo.run("budget", "tighten", "--margin", "0%")
    (rule,) = read_budget("convcost.budget.yaml").rules
    assert 2_934_000 == rule.max.value
    assert MACS <= rule.max.value


def test_an_alias_holds_for_both_its_rules(repo):
    repo.write("nets/wide.yaml", TINY.replace("width: 16", "width: 32"))
    repo.write(
        "convcost.budget.yaml",
        'convcost_budget: 1\nspecs: ["nets/*.yaml"]\nbudgets:\n'
        "  - {id: a, metric: macs, max: &top 90M, specs: [nets/tiny.yaml]}\n"
        "  - {id: b, metric: macs, max: *top, specs: [nets/wide.yaml]}\n",
    )
    assert 0 == repo.run("budget", "tighten").returncode
    assert [PASS, PASS] == [v.status for v in repo.check().verdicts]


def test_a_warning_in_percent_follows_its_limit(repo):
    repo.budget("id: total, metric: macs, max: 9M, warn: 95%")
    assert "total: max 9M → 3.227M\n" == repo.run("budget", "tighten").stdout
    (rule,) = read_budget("convcost.budget.yaml").rules
    assert 3_065_650 == rule.warn.value


def test_ratios_stay_as_they_are(repo):
    repo.budget("id: a, metric: intensity, max: 99x", "id: b, metric: macs, max: 9M")
    assert "b: max 9M → 3.227M\n" == repo.run("budget", "tighten").stdout
    assert "max: 99x}" in (repo.path / "convcost.budget.yaml").read_text()
