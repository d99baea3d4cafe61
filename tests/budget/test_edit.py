"""Writing budget files: ``budget init`` and ``budget tighten``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.budget.edit import ceiling, parsed
from convcost.budget.read import read_budget
from convcost.view import PASS
from tests.budget.repository import MACS, TINY


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        pytest.param(0, "count", "0", id="nothing"),
        pytest.param(999, "count", "999", id="small"),
        pytest.param(1_582_671_872, "count", "1.583G", id="up"),
        pytest.param(1_600_000_000, "count", "1.6G", id="no zeros"),
        pytest.param(999_999, "count", "1000k", id="up to the next unit"),
        pytest.param(123_456, "count", "123.5k", id="four digits"),
        pytest.param(1023, "bytes", "1023 B", id="bytes"),
        pytest.param(524_288, "bytes", "512 KiB", id="KiB"),
        pytest.param(10_235_904, "bytes", "9.762 MiB", id="MiB"),
        pytest.param(427, "pixels", "427", id="pixels"),
    ],
)
def test_ceiling(value, unit, expected):
    assert expected == ceiling(value, unit)


@given(st.integers(0, 10**16), st.sampled_from(["count", "bytes"]))
def test_a_ceiling_is_no_less_and_hardly_more(value, unit):
    written = parsed(ceiling(value, unit), unit)
    assert value <= written <= value * 1.001 + 1  # four digits: a thousandth at most


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
