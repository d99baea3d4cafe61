"""Budget files: what they mean, and every mistake with its place and a hint."""

from __future__ import annotations

import json

import pytest
import yaml
from jsonschema import Draft202012Validator

from convcost.budget.read import find, own_rules, read_text
from convcost.errors import ConvcostError
from tests.budget.repository import TINY
from tests.running import ROOT

SCHEMA = Draft202012Validator(json.loads((ROOT / "convcost/schemas/budget.schema.json").read_text("utf-8")))
ISSUE = """\
convcost_budget: 1
specs: ["nets/*.yaml"]
baseline: {source: "git:origin/main", on_missing: warn}
budgets:
  - {id: total, metric: macs, max: 1.6G, warn: 1.5G}
  - {id: no-creep, metric: macs, max_increase: +2%, and_over: 5M}
  - {id: ram, specs: ["nets/edge*.yaml"], metric: peak_bytes, policy: fused, dtype: int8, max: 512 KiB}
  - {id: pays, metric: reduction_saving, of: each, layers: "inception_*.**", min: 1.5x}
  - {id: wide, metric: macs, layers: "**.b5.*", exclude: "stem.**", of: each, max: 120M, level: warn, message: "Hm."}
"""


def read(text):
    return read_text(text.encode(), "b.yaml", "/nowhere")


def one(rule, head='specs: ["a.yaml"]\n'):
    return f"convcost_budget: 1\n{head}budgets:\n  - {{{rule}}}\n"


def test_a_budget_file_says_what_it_says():
    budget = read(ISSUE)
    total, creep, ram, pays, wide = budget.rules
    assert ("git", "origin/main", "warn") == budget.baseline[:3]
    assert (1_600_000_000, 1_500_000_000) == (total.max.value, total.warn.value)
    assert (50, 5_000_000) == (1 / creep.max_increase.value, creep.and_over.value)
    assert (524_288, "fused", "int8") == (ram.max.value, ram.policy, ram.conditions.dtype)
    assert (1.5, "each", ("inception_*.**",)) == (pays.min.value, pays.of, pays.layers)
    assert ("warn", "Hm.", ("stem.**",)) == (wide.level, wide.message, wide.exclude)
    assert (5, 5) == (total.loc.line, total.loc.column)


def test_the_schema_takes_the_same_file():
    assert [] == list(SCHEMA.iter_errors(yaml.safe_load(ISSUE)))


@pytest.mark.parametrize(
    ("text", "where", "said", "hint"),
    [
        pytest.param(one("id: a, metric: mac, max: 1G"), "4:21", "no metric 'mac'", "'macs'", id="metric"),
        pytest.param(one("id: a, metric: macs, mx: 1G"), "4:27", "a rule has no 'mx'", "'max'", id="key"),
        pytest.param(
            one("id: a, metric: macs, max: 5m"), "4:32", "'m' is not a unit", "a million is M", id="5m"
        ),
        pytest.param(
            one("id: a, metric: macs, max: 7B"), "4:32", "'B' is not a unit", "a billion is G", id="7B"
        ),
        pytest.param(
            one("id: a, metric: peak_bytes, max: 5 KB"), "4:38", "'KB' is not a unit", "kB is 1000", id="KB"
        ),
        pytest.param(
            one("id: a, metric: peak_bytes, max: 512"), "4:38", "has no unit", "bytes need one", id="no unit"
        ),
        pytest.param(
            one("id: a, metric: macs, max_increase: 2%"), "4:41", "'2%' has no sign", "+2%", id="no sign"
        ),
        pytest.param(
            one("id: a, metric: macs, max_increase: -2%"), "4:41", "below zero", "never fails", id="shrink"
        ),
        pytest.param(
            one("id: a, metric: reduction_saving, layers: i, of: each, min: 1.5"),
            "4:65",
            "'1.5' is not a ratio",
            "1.5x",
            id="no x",
        ),
        pytest.param(
            one("id: a, metric: macs, max: 1G, warn: 2G"),
            "4:42",
            "warn (2G) is above",
            None,
            id="warn above max",
        ),
        pytest.param(
            one("id: a, metric: intensity, min: 2x, warn: 1x"),
            "4:47",
            "warn (1x) is below",
            None,
            id="warn below",
        ),
        pytest.param(
            one("id: a, metric: macs, max_increase: +2%, warn: +3%"),
            "4:52",
            "warn (+3%) is above",
            None,
            id="warn above increase",
        ),
        pytest.param(
            one("id: a, metric: macs, min: 2, max: 1"), "4:32", "nothing can pass", None, id="min max"
        ),
        pytest.param(one("id: a, metric: macs"), "4:10", "has no limit", None, id="no limit"),
        pytest.param(one("metric: macs, max: 1G"), "4:5", "a rule needs id:", None, id="no id"),
        pytest.param(
            one("id: a b, metric: macs, max: 1G"), "4:10", "cannot be an id", "letters", id="bad id"
        ),
        pytest.param(
            one("id: a, metric: macs, max: 1G}\n  - {id: a, metric: macs, max: 2G"),
            "5:10",
            "duplicate rule id 'a'",
            None,
            id="two ids",
        ),
        pytest.param(
            one("id: a, metric: macs, max: 1G, policy: fused"), "4:44", "has no policy", None, id="policy"
        ),
        pytest.param(
            one("id: a, metric: peak_bytes, max: 1 B, policy: fused, layers: x, of: max"),
            "4:51",
            "it has no layers",
            "eager",
            id="fused layers",
        ),
        pytest.param(
            one("id: a, metric: peak_bytes, max: 1 B, layers: x"),
            "4:51",
            "peaks do not add",
            "of: max",
            id="peaks",
        ),
        pytest.param(
            one("id: a, metric: stride, max: 1, layers: x"),
            "4:45",
            "does not add up",
            "of: each",
            id="strides",
        ),
        pytest.param(
            one("id: a, metric: macs, max: 1, of: each"), "4:39", "of needs layers", "all", id="of alone"
        ),
        pytest.param(
            one("id: a, metric: macs, max: 1, layers: x, of: eahc"),
            "4:50",
            "not 'eahc'",
            "'each'",
            id="of typo",
        ),
        pytest.param(
            one("id: a, metric: macs, max: 1, dtype: flot32"), "4:42", "not 'flot32'", "'float32'", id="dtype"
        ),
        pytest.param(
            one("id: a, metric: macs, max: 1, batch: 0"),
            "4:42",
            "an integer from 1 to 1,000,000,000",
            None,
            id="batch",
        ),
        pytest.param(
            one("id: a, metric: macs, max: 1, and_over: 3"),
            "4:45",
            "needs a max_increase in %",
            None,
            id="and_over",
        ),
        pytest.param(
            one("id: a, metric: reduction_saving, max_increase: +1%"),
            "4:53",
            "improvement",
            "min",
            id="saving",
        ),
        pytest.param(
            one("id: a, metric: macs, max_increase: 5k, and_over: 3"),
            "4:55",
            "and_over needs a max_increase in %",
            None,
            id="and_over beside an amount",
        ),
        pytest.param(
            one("id: a, metric: macs, max_increase: +5k"),
            "4:41",
            "an amount has no sign",
            "write 5k",
            id="an amount with a sign",
        ),
        pytest.param(
            one("id: a, metric: peak_bytes, max_increase: 5k"),
            "4:47",
            "'k' is not a unit of bytes",
            "KiB",
            id="an amount of another unit",
        ),
        pytest.param(
            one("id: a, metric: macs, max_increase: 5k, warn: +1%"),
            "4:51",
            "warn and max_increase are both in %, or both amounts",
            None,
            id="growth both ways",
        ),
        pytest.param(
            one("id: a, metric: macs, max: 1k, warn: 110%"),
            "4:42",
            "warn (110%) is above the limit (1k)",
            None,
            id="a warning above its limit",
        ),
        pytest.param(
            one("id: a, metric: macs, min: 1k, warn: 90%"),
            "4:42",
            "warn (90%) is below min (1k)",
            None,
            id="a warning below its limit",
        ),
        pytest.param(
            one("id: a, metric: macs, max_increase: +2%, warn: 50%"),
            "4:52",
            "'50%' has no sign",
            "+50%",
            id="growth without a sign",
        ),
        pytest.param(
            one("id: a, metric: macs, max: 1, batch: 1000000001"),
            "4:42",
            "an integer from 1 to 1,000,000,000",
            None,
            id="a batch too large",
        ),
        pytest.param(
            one('id: a, metric: macs, max: 1, input: "3,8,8"'), "4:42", "as in 3x224x224", None, id="size"
        ),
        pytest.param(
            one("id: a, metric: macs, max: 1, input: [3, x]"), "4:42", "not '3xx'", None, id="sizes"
        ),
        pytest.param(
            one(f"id: {'a' * 101}, metric: macs, max: 1"), "4:10", "cannot be an id", None, id="a long id"
        ),
        pytest.param(
            one(f"id: a, metric: macs, max: 1, message: {'x' * 501}"),
            "4:44",
            "more than 500 characters",
            None,
            id="a long message",
        ),
        pytest.param(
            one("id: a, metric: macs, max: 1, layers: []"), "4:43", "text or a list", None, id="no layers"
        ),
        pytest.param(
            one("id: a, metric: macs, max: 1, message: ~"),
            "4:44",
            "must be text, found",
            None,
            id="no message",
        ),
        pytest.param(
            one("id: a, metric: macs, max: 1, zzzz: 1"),
            "4:35",
            "no 'zzzz'",
            "it has id, metric",
            id="far off",
        ),
        pytest.param(
            one("id: a, metric: zzzz, max: 1"),
            "4:21",
            "no metric 'zzzz'",
            "the metrics are macs",
            id="no metric",
        ),
        pytest.param(
            one("id: a, metric: macs, max: 1", "specs: [x.yaml]\nbaseline: [a]\n"),
            "3:11",
            "baseline: must be a mapping",
            None,
            id="a list for a baseline",
        ),
        pytest.param(
            one("id: a, metric: macs, max: 1", "specs: [x.yaml]\nbaseline: {on_missing: warn}\n"),
            "3:11",
            "baseline: needs source:",
            None,
            id="a baseline without source",
        ),
        pytest.param(
            one("id: a, metric: macs, max: 1, level: wran"), "4:42", "not 'wran'", "'warn'", id="level"
        ),
        pytest.param(
            one("id: a, metric: macs, max: 1, layers: x, allow_empty: ja"),
            "4:59",
            "true or false",
            None,
            id="flag",
        ),
        pytest.param(one("id: a, metric: macs, max: 1", ""), "3:5", "has no specs", None, id="no specs"),
        pytest.param(
            one("id: a, metric: macs, max: 1", "specs: [/etc/a.yaml]\n"),
            "2:9",
            "relative",
            "folder",
            id="absolute",
        ),
        pytest.param(
            one("id: a, metric: macs, max: 1", "specs: [resnet@50]\n"), "2:9", "without @", "variant", id="at"
        ),
        pytest.param(
            one("id: a, metric: macs, max: 1", "specs: [x.yaml]\nbaseline: git:-x\n"),
            "3:11",
            "'-x' is not a git ref",
            "branch",
            id="a ref that is an option",
        ),
        pytest.param(
            one("id: a, metric: macs, max: 1", "specs: [x.yaml]\nbaseline: gti:main\n"),
            "3:11",
            "a baseline is git:REF",
            "'git'",
            id="baseline kind",
        ),
        pytest.param(
            one(
                "id: a, metric: macs, max: 1",
                "specs: [x.yaml]\nbaseline: {source: git:a, on_missing: wran}\n",
            ),
            "3:39",
            "not 'wran'",
            "'warn'",
            id="on_missing",
        ),
        pytest.param(
            "specs: [a.yaml]\nbudgets: []\n", "1:1", "convcost_budget: 1 is missing", None, id="version"
        ),
        pytest.param(
            "convcost_budget: 2\nspecs: [a.yaml]\nbudgets: []\n", "1:18", "version 1", None, id="other"
        ),
        pytest.param(
            "convcost_budget: 1\nspecs: [a.yaml]\nbudgets: {}\n", "3:10", "list of at least", None, id="map"
        ),
        pytest.param(
            "convcost_budget: 1\nspcs: [a]\nbudgets: []\n", "2:1", "no 'spcs'", "'specs'", id="head"
        ),
        pytest.param("- 1\n", "1:1", "a budget file must be a mapping", None, id="a list"),
        pytest.param(" \n", "1:1", "the budget file is empty", None, id="empty"),
        pytest.param("a: [\n", "2:1", "this is not YAML", None, id="no yaml"),
    ],
)
def test_every_mistake_has_a_place_and_a_hint(text, where, said, hint):
    with pytest.raises(ConvcostError) as caught:
        read(text)
    found = [d for d in caught.value.diagnostics if str(d.loc) == f"b.yaml:{where}" and said in d.message]
    assert found, str(caught.value)
    assert hint is None or hint in (found[0].hint or "")


def test_all_mistakes_are_reported_at_once():
    text = (
        ISSUE.replace("1.6G", "1.6g")
        .replace("+2%", "2%")
        .replace("int8", "int9")
        .replace("id: wide", "id: ram")
    )
    with pytest.raises(ConvcostError) as caught:
        read(text)
    assert [5, 6, 7] == [d.loc.line for d in caught.value.diagnostics]


def test_the_file_is_found_upwards_to_the_repositorys_root(tmp_path):
    inner = tmp_path / "repo" / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "convcost.budget.yaml").write_text("")
    assert str(tmp_path / "convcost.budget.yaml") == find(str(inner))
    (tmp_path / "repo" / ".git").mkdir()
    assert None is find(str(inner))
    (tmp_path / "repo" / "convcost.budget.yaml").write_text("")
    assert str(tmp_path / "repo" / "convcost.budget.yaml") == find(str(inner))


def test_a_spec_carries_the_same_rules_in_short():
    text = TINY.replace("wide: {width: 32}", "wide: {width: 32, budget: {macs: {max: 5M, warn: 4M}}}")
    rules = own_rules((text + "budget: {macs: 4.2G, peak_bytes: 12 MiB}\n").encode(), "t.yaml")
    assert {None, "wide"} == set(rules)
    assert [("macs", 4_200_000_000), ("peak_bytes", 12 << 20)] == [
        (r.metric, r.max.value) for r in rules[None]
    ]
    (wide,) = rules["wide"]
    assert ("wide", 4_000_000) == (wide.conditions.variant, wide.warn.value)


@pytest.mark.parametrize(
    ("budget", "column", "said"),
    [
        pytest.param("{mac: 1G}", 10, "no metric 'mac'", id="metric"),
        pytest.param("{macs: 1g}", 16, "'g' is not a unit", id="unit"),
        pytest.param("{macs: {maxx: 1G}}", 17, "has no 'maxx'", id="key"),
        pytest.param("4.2G", 9, "budget must be a mapping", id="no mapping"),
    ],
)
def test_a_specs_budget_is_read_strictly(budget, column, said):
    with pytest.raises(ConvcostError) as caught:
        own_rules(f"{TINY}budget: {budget}\n".encode(), "t.yaml")
    assert f"t.yaml:14:{column}: " in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("words", "key", "value"),
    [
        pytest.param(f"id: {'a' * 100}, metric: macs, max: 1", "id", "a" * 100, id="the longest id"),
        pytest.param(
            f"id: a, metric: macs, max: 1, message: {'x' * 500}",
            "message",
            "x" * 500,
            id="the longest message",
        ),
        pytest.param("id: a, metric: macs, max: 1, layers: [x, y]", "layers", ("x", "y"), id="layers"),
        pytest.param("id: a, metric: macs, max: 1, layers: x, exclude: y", "exclude", ("y",), id="exclude"),
        pytest.param(
            "id: a, metric: macs, max: 1, layers: x, allow_empty: true", "allow_empty", True, id="flag"
        ),
        pytest.param(
            "id: a, metric: macs, max: 1, layers: x, allow_empty: false", "allow_empty", False, id="no flag"
        ),
    ],
)
def test_what_a_rule_says(words, key, value):
    (rule,) = read(one(words)).rules
    assert value == getattr(rule, key)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("batch: 1000000000", 10**9, id="the largest batch"),
        pytest.param("batch: 1", 1, id="the smallest"),
    ],
)
def test_batches(words, expected):
    (rule,) = read(one(f"id: a, metric: macs, max: 1, {words}")).rules
    assert expected == rule.conditions.batch


def test_a_misspelt_key_is_read_as_what_was_meant_unless_that_is_there_too():
    with pytest.raises(ConvcostError) as caught:
        read(one("id: a, metric: macs, maxx: 1g"))
    assert ["CC603", "CC605"] == [d.code for d in caught.value.diagnostics]
    with pytest.raises(ConvcostError) as caught:
        read(one("id: a, metric: macs, max: 1G, maxx: 1g"))
    assert ["CC603"] == [d.code for d in caught.value.diagnostics]
