"""A whole check: which rules meet which networks, what is said, and what never passes in silence."""

from __future__ import annotations

import pytest

from convcost.budget.explain import Explainer
from convcost.budget.findings import findings
from convcost.budget.loosened import loosened
from convcost.budget.read import own_rules
from convcost.errors import ConvcostError, UsageError
from convcost.view import FAIL, PASS
from tests.budget.repository import MACS, TINY

TOTAL = "id: total, metric: macs, max: 10M"


def short_rules_of(budget):
    return own_rules(f"{TINY}budget: {{{budget}}}\n".encode(), "t.yaml")[None]


def said(result):
    explainer = Explainer()
    return findings(result, lambda verdict: explainer.reason(verdict, result.sides_of(verdict)))


def met(result):
    return [(v.rule.id, v.subject.at(v.rule.conditions).label) for v in result.verdicts]


def test_rules_meet_the_specs_they_name(repo):
    repo.write("nets/edge.yaml", TINY)
    repo.write("other/big.yaml", TINY)
    repo.budget(
        TOTAL,
        'id: edge, metric: macs, max: 10M, specs: ["nets/edge*.yaml"]',
        "id: big, metric: macs, max: 10M, specs: [other/big.yaml, lenet]",
        "id: wide, metric: macs, max: 100M, variant: wide, specs: nets/tiny.yaml",
    )
    assert [
        ("total", "nets/edge.yaml"),
        ("edge", "nets/edge.yaml"),
        ("total", "nets/tiny.yaml"),
        ("wide", "nets/tiny.yaml@wide"),
        ("big", "other/big.yaml"),
        ("big", "lenet"),
    ] == met(repo.check())


def test_arguments_narrow_the_run(repo):
    repo.write("nets/edge.yaml", TINY)
    repo.budget(TOTAL, "id: wide, metric: macs, max: 100M, variant: wide")
    assert [("total", "nets/edge.yaml"), ("wide", "nets/edge.yaml@wide")] == met(repo.check("nets/edge.yaml"))
    assert [("total", "nets/edge.yaml@wide"), ("wide", "nets/edge.yaml@wide")] == met(
        repo.check("nets/edge.yaml@wide")
    )
    assert [("wide", "nets/tiny.yaml@wide")] == met(repo.check("nets/tiny.yaml", only=("wide",)))


def test_settings_of_a_rule(repo):
    repo.budget(
        "id: batch, metric: macs, max: 1G, batch: 3",
        "id: int8, metric: weight_bytes, max: 1 MB, dtype: int8",
        "id: small, metric: macs, max: 1G, input: [3, 16, 16]",
        "id: text, metric: macs, max: 1G, input: 3x16x16",
    )
    batch, int8, small, text = (v.value.value for v in repo.check().verdicts)
    params = 3 * 16 * 9 + 16 + 16 * 8 + 8 + 8 * 32 * 9 + 32 + 32 * 10 + 10
    assert (3 * MACS, params) == (batch, int8)
    assert ((MACS - 320) // 4 + 320, small) == (small, text)


def test_a_spec_carries_its_own_budget(repo):
    wide = TINY.replace("wide: {width: 32}", "wide: {width: 32, budget: {macs: 1M}}")
    repo.write("nets/tiny.yaml", wide + "budget: {macs: {max: 2.9M}, params: 10k}\n")
    result = repo.check("nets/tiny.yaml")
    assert [
        ("macs", "nets/tiny.yaml", FAIL),
        ("params", "nets/tiny.yaml", PASS),
        ("macs", "nets/tiny.yaml@wide", FAIL),
    ] == [(v.rule.id, v.subject.at(v.rule.conditions).label, v.status) for v in result.verdicts]
    assert ["nets/tiny.yaml@wide"] == [name for _, name in met(repo.check("nets/tiny.yaml@wide"))]


def test_a_glob_that_matches_nothing_fails(repo):
    repo.budget("id: a, metric: macs, max: 1, layers: nothing.*")
    (verdict,) = repo.check().verdicts
    assert (FAIL, "no layer matches nothing.*") == (verdict.status, verdict.why)


def test_unless_it_may(repo):
    repo.budget("id: a, metric: macs, max: 1, layers: nothing.*, allow_empty: true")
    assert [PASS] == [v.status for v in repo.check().verdicts]


@pytest.mark.parametrize(
    ("rules", "specs", "said"),
    [
        pytest.param(
            ["id: a, metric: macs, max: 1, specs: [nets/tini.yaml]"],
            (),
            r"budget\.yaml:4:43: no spec matches 'nets/tini\.yaml'",
            id="no such spec",
        ),
        pytest.param(
            ['id: a, metric: macs, max: 1, specs: ["nots/*.yaml"]'],
            (),
            r"budget\.yaml:4:43: no spec matches 'nots/\*\.yaml'",
            id="a glob of specs without any",
        ),
        pytest.param(
            ["id: a, metric: macs, max: 1, specs: [lenett]"],
            (),
            r"budget\.yaml:4:43: there is no shipped spec 'lenett'",
            id="no such shipped spec",
        ),
        pytest.param([TOTAL], ("-",), "a budget covers spec files", id="standard input"),
        pytest.param([TOTAL], ("lenet",), "there is no rule to check", id="a spec without a rule"),
    ],
)
def test_what_cannot_be_checked_is_an_error(repo, rules, specs, said):
    repo.budget(*rules)
    with pytest.raises(ConvcostError, match=said):
        repo.check(*specs)


def test_a_suggestion_for_a_spec_that_is_not_there(repo):
    repo.budget("id: a, metric: macs, max: 1, specs: [nets/tini.yaml]")
    with pytest.raises(ConvcostError) as caught:
        repo.check()
    assert "did you mean 'nets/tiny.yaml'?" == caught.value.diagnostics[0].hint


def test_an_id_that_no_rule_has(repo):
    repo.budget(TOTAL)
    with pytest.raises(UsageError) as caught:
        repo.check(only=("totl",))
    assert "did you mean 'total'?" == caught.value.diagnostics[0].hint


def test_a_spec_that_is_wrong_hides_no_other(repo):
    repo.write("nets/edge.yaml", TINY.replace("conv:", "convv:", 1))
    repo.budget(TOTAL)
    result = repo.check()
    assert [("total", "nets/tiny.yaml")] == met(result)
    assert [("nets/edge.yaml:8:5", "there is no op or block 'convv'")] == [
        (str(d.loc), d.message) for e in result.errors for d in e.diagnostics
    ]
    assert 2 == result.code()


def test_a_variant_that_is_not_there_names_the_rule(repo):
    repo.budget("id: a, metric: macs, max: 1, variant: wyde")
    (error,) = repo.check().errors
    (found,) = error.diagnostics
    assert "tiny has no variant 'wyde'" == found.message
    assert "asked for by rule 'a' at convcost.budget.yaml:4:5" in found.notes


def test_a_network_without_a_rule_is_named(repo):
    repo.budget(TOTAL)
    result = repo.check("nets/tiny.yaml", "lenet")
    assert ["no rule covers lenet"] == [notice.text for notice in result.notices]


def test_what_grew_is_said_layer_by_layer_and_which_line_to_edit(repo):
    repo.budget("id: creep, metric: macs, max_increase: +2%")
    repo.commit()
    repo.write("nets/tiny.yaml", TINY.replace("kernel: 3}", "kernel: 5}", 1).replace("out: 8", "out: 9"))
    (finding,) = said(repo.check(baseline="git:HEAD"))
    assert "macs grew 2.933 M → 4.031 M (+37.4%), by more than +2%" == finding.text
    assert (
        "~ stem.conv  442.4 k → 1.229 M (+177.8%), +786.4 k  nets/tiny.yaml:8:5",
        "~ body  2.359 M → 2.654 M (+12.5%), +294.9 k  nets/tiny.yaml:10:5",
        "~ reduce  131.1 k → 147.5 k (+12.5%), +16.38 k  nets/tiny.yaml:9:5",
    ) == finding.details
    assert ("nets/tiny.yaml:8:5", "convcost.budget.yaml:4:45") == (str(finding.loc), str(finding.rule_loc))


def test_without_a_baseline_what_costs_most_is_said(repo):
    repo.budget("id: total, metric: macs, max: 2M, message: Smaller please.")
    (finding,) = said(repo.check())
    assert "macs 2.933 M is above max 2M by 933.1 k (46.7%)" == finding.text
    assert ("Smaller please.", "  body  2.359 M  nets/tiny.yaml:10:5") == finding.details[:2]


def test_rounding_hides_no_difference(repo):
    repo.budget("id: total, metric: macs, max: 2.933055M")
    (finding,) = said(repo.check())
    assert f"macs {MACS:,} is above max 2,933,055 by 1 (<0.1%)" == finding.text


@pytest.mark.parametrize(
    ("rule", "said_of_it"),
    [
        pytest.param(
            "max: 3249.9, metric: params",
            "params 3,250 is above max 3249.9 by 0.1 (<0.1%)",
            id="above by a tenth",
        ),
        pytest.param(
            "max: 3M, warn: 90%, metric: macs",
            "macs 2.933 M is above warn 2.700 M (90% of max 3M)",
            id="a warning in percent",
        ),
        pytest.param(
            "max: 3M, warn: 2.8M, metric: macs",
            "macs 2.933 M is above warn 2.8M (max 3M)",
            id="a warning at an amount",
        ),
    ],
)
def test_how_a_limit_is_missed(repo, rule, said_of_it):
    repo.budget(f"id: total, {rule}")
    (finding,) = said(repo.check())
    assert said_of_it == finding.text


def test_growth_by_an_amount(repo):
    repo.budget("id: creep, metric: params, max_increase: 100")
    repo.commit()
    repo.write("nets/tiny.yaml", TINY.replace("out: 8", "out: 9"))
    (finding,) = said(repo.check(baseline="git:HEAD"))
    assert "params grew 3,250 → 3,555 (+9.4%), by more than +100" == finding.text


def test_a_peak_says_where_and_what_is_alive(repo):
    repo.budget("id: ram, metric: peak_bytes, max: 1 KiB")
    (finding,) = said(repo.check())
    assert "peak at body" == finding.details[0]
    assert "  body  128.0 KiB (output)" == finding.details[1]


def test_limits_made_laxer_in_the_same_change_are_shown(repo):
    repo.budget(
        "id: total, metric: macs, max: 1.5G, warn: 1.4G",
        "id: gone, metric: params, max: 1M",
        "id: low, metric: intensity, min: 2x",
        "id: same, metric: params, max: 1M",
    )
    repo.commit()
    repo.budget(
        "id: total, metric: macs, max: 1.6G, warn: 1.3G",
        "id: low, metric: intensity, min: 1x, level: warn",
        "id: same, metric: params, max: 0.9M",
    )
    result = repo.check(baseline="git:HEAD")
    assert [
        ("total", "budget raised 1.5G → 1.6G"),
        ("gone", "budget removed (it was max 1M)"),
        ("low", "budget lowered 2x → 1x"),
        ("low", "level lowered from error to warn"),
    ] == [(change.rule, change.text) for change in result.loosened]
    assert "convcost.budget.yaml:4:36" == str(result.loosened[0].loc)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("max: 1.5G", "max: 1.5G", [], id="the same"),
        pytest.param("max: 1.5G", "max: 1.6G", ["budget raised 1.5G → 1.6G"], id="a max"),
        pytest.param("max: 1.6G", "max: 1.5G", [], id="a tighter max"),
        pytest.param("min: 2", "min: 1", ["budget lowered 2 → 1"], id="a min"),
        pytest.param("min: 1", "min: 2", [], id="a tighter min"),
        pytest.param("max: 2, warn: 1", "max: 2, warn: 2", ["warn raised 1 → 2"], id="a warning"),
        pytest.param("max: 2, warn: 1", "max: 2", [], id="no warning any more"),
        pytest.param("max: 2, min: 1", "max: 2", ["min removed (it was 1)"], id="no min any more"),
        pytest.param("max: 2", "max: 2, min: 1", [], id="one more limit"),
        pytest.param(
            "max_increase: +2%, and_over: 1k",
            "max_increase: +3%, and_over: 2k",
            ["max_increase raised +2% → +3%", "and_over raised 1k → 2k"],
            id="growth",
        ),
        pytest.param(
            "max_increase: +2%",
            "max_increase: 100k",
            ["max_increase changed from +2% to 100k"],
            id="a share and an amount",
        ),
        pytest.param("max: 2", "max: 2, level: warn", ["level lowered from error to warn"], id="a level"),
        pytest.param("max: 2, level: warn", "max: 2", [], id="a stricter level"),
    ],
)
def test_what_counts_as_laxer(old, new, expected):
    def rules(words):
        return short_rules_of(f"macs: {{{words}}}")

    assert expected == [change.text for change in loosened(rules(old), rules(new))]


def test_another_metric_under_the_same_id_is_laxer(repo):
    repo.budget("id: a, metric: macs, max: 1G")
    repo.commit()
    repo.budget("id: a, metric: flops, max: 1G")
    (change,) = repo.check(baseline="git:HEAD").loosened
    assert "budget changed from macs to flops" == change.text


def test_a_specs_own_limit_made_laxer_is_shown(repo):
    repo.write("nets/tiny.yaml", TINY + "budget: {macs: 3M}\n")
    repo.commit()
    repo.write("nets/tiny.yaml", TINY + "budget: {macs: 4M}\n")
    (change,) = repo.check("nets/tiny.yaml", baseline="git:HEAD").loosened
    assert ("nets/tiny.yaml macs", "budget raised 3M → 4M") == (change.rule, change.text)


def test_an_invalid_budget_in_a_spec_at_the_baseline_lets_its_repair_land(repo):
    repo.write("nets/tiny.yaml", TINY + "budget: {mac: 3M}\n")
    repo.commit()
    repo.write("nets/tiny.yaml", TINY + "budget: {macs: 3M}\n")
    result = repo.check("nets/tiny.yaml", baseline="git:HEAD")
    assert ((), (), 0) == (result.loosened, result.errors, result.code())


def test_a_rule_that_left_a_spec_is_named(repo):
    repo.write("nets/tiny.yaml", TINY + "budget: {macs: 3M, params: 4k}\n")
    repo.commit()
    repo.write("nets/tiny.yaml", TINY + "budget: {macs: 3M}\n")
    (change,) = repo.check("nets/tiny.yaml", baseline="git:HEAD").loosened
    assert ("nets/tiny.yaml params", "budget removed (it was max 4k)") == (change.rule, change.text)


def test_an_invalid_budget_at_the_baseline_lets_its_repair_land(repo):
    repo.budget("id: total, metric: macs, mx: 1.5G")
    repo.commit()
    repo.budget(TOTAL)
    result = repo.check(baseline="git:HEAD")
    (notice,) = result.notices
    assert "the budget file at git:HEAD is itself invalid: a rule has no 'mx'" == notice.text
    assert 0 == result.code(strict=True)
