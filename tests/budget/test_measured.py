"""What a rule looks at, against the report it comes from."""

from __future__ import annotations

from fractions import Fraction

import pytest

from convcost.baseline.reports import Reports
from convcost.baseline.subject import AS_WRITTEN, Subject
from convcost.budget.measured import Measured, Value
from convcost.budget.read import read_text
from convcost.cost import METRICS, SUMMABLE
from convcost.engine import analyze
from convcost.spec import load_text
from convcost.spec.locate import parse_ref


@pytest.fixture(scope="module")
def measured():
    reports, subject = Reports(), Subject(parse_ref("inception_3a"))
    return Measured(reports.report(subject, AS_WRITTEN), reports.graph(subject, AS_WRITTEN))


def rule(words):
    text = f"convcost_budget: 1\nspecs: [a.yaml]\nbudgets:\n  - {{id: a, {words}}}\n"
    return read_text(text.encode(), "b", "/").rules[0]


LIMITS = {"bytes": "1 B", "ratio": "1x"}


@pytest.mark.parametrize("metric", SUMMABLE)
def test_a_total_is_the_reports(measured, metric):
    limit = LIMITS.get(METRICS[metric].unit, "1")
    (value,) = measured.values(rule(f"metric: {metric}, max: {limit}"))
    assert (None, measured.report.totals.metric(metric)) == (value.where, value.value)


# 3a of Szegedy et al. 2014, table 1, at 28×28: 1×1 64; 3×3 reduce 96, 128; 5×5 reduce 16, 32; projection 32
B1 = 784 * 192 * 64
B3 = 784 * 192 * 96, 784 * 96 * 9 * 128
B5 = 784 * 192 * 16, 784 * 16 * 25 * 32
POOL = 784 * 192 * 32


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(
            "metric: macs, layers: 3a.*, of: each, max: 1",
            {"3a.b1": B1, "3a.b3": sum(B3), "3a.b5": sum(B5), "3a.pool": POOL, "3a.concat": 0},
            id="each branch",
        ),
        pytest.param("metric: macs, layers: 3a.b3, max: 1", {"3a.b3": sum(B3)}, id="sum is the default"),
        pytest.param(
            'metric: macs, layers: ["3a.b3", "3a.b3.*", "3a.b5"], max: 1',
            {"3a.b3 3a.b3.* 3a.b5": sum(B3) + sum(B5)},
            id="sum counts each leaf once",
        ),
        pytest.param(
            'metric: macs, layers: "**", of: max, max: 1', {"3a.b3.3x3.conv": B3[1]}, id="max is one layer's"
        ),
        pytest.param(
            'metric: macs, layers: "**", exclude: "3a.b3", of: sum, max: 1',
            {"**": B1 + sum(B5) + POOL},
            id="exclude",
        ),
        pytest.param('metric: macs, layers: "4*", of: each, max: 1', {}, id="nothing"),
        pytest.param(
            "metric: reduction_saving, layers: 3a.b5, of: each, min: 1x",
            {"3a.b5": Fraction(784 * 192 * 25 * 32, sum(B5))},
            id="what a branch's reduction saves",
        ),
        pytest.param(
            "metric: reduction_saving, layers: 3a.b1, of: each, min: 1x",
            {"3a.b1": 1},
            id="where nothing is saved",
        ),
        pytest.param(
            "metric: receptive_field, layers: 3a.b5, of: each, max: 9",
            {"3a.b5": 5},
            id="the last layer's field",
        ),
        pytest.param(
            "metric: offset, layers: 3a.b5, of: each, min: -9", {"3a.b5": -2}, id="an offset is negative"
        ),
        pytest.param(
            'metric: macs, layers: "*", of: each, max: 1', {"3a": B1 + sum(B3) + sum(B5) + POOL}, id="a level"
        ),
    ],
)
def test_values_on_layers(measured, words, expected):
    found = measured.values(rule(words), lowest="min:" in words)
    assert expected == {value.where: value.value for value in found}


def test_the_whole_networks_ratios_are_exact(measured):
    (saving,) = measured.values(rule("metric: reduction_saving, min: 1x"))
    with_reductions = B1 + sum(B3) + sum(B5) + POOL
    without = B1 + 784 * 192 * 9 * 128 + 784 * 192 * 25 * 32 + POOL
    assert Fraction(without, with_reductions) == saving.value
    totals = measured.report.totals
    (intensity,) = measured.values(rule("metric: intensity, min: 1x"))
    assert Fraction(totals.cost.flops, totals.traffic_bytes) == intensity.value


def test_a_peak_has_a_policy(measured):
    peaks = measured.report.peaks
    (eager,) = measured.values(rule("metric: peak_bytes, max: 1 B"))
    (fused,) = measured.values(rule("metric: peak_bytes, policy: fused, max: 1 B"))
    assert (peaks["eager"].bytes, peaks["fused"].bytes) == (eager.value, fused.value)
    assert peaks["fused"].bytes < peaks["eager"].bytes


def test_a_peak_on_layers_is_their_highest_moment(measured):
    (value,) = measured.values(rule('metric: peak_bytes, layers: "3a.b5", of: each, max: 1 B'))
    layers = [x.peak_bytes for x in measured.report.layers if x.name.startswith("3a.b5")]
    assert max(layers) == value.value


@pytest.mark.parametrize(
    ("metric", "largest", "least"),
    [
        pytest.param("receptive_field", 9, 5, id="the field"),
        pytest.param("stride", 4, 2, id="the stride"),
        pytest.param("offset", -1, -3, id="the first pixel"),
    ],
)
def test_of_several_dims_max_looks_at_the_largest_and_min_at_the_least(metric, largest, least):
    # windows of 3 and 5 pixels, 2 and 4 apart, after 1 and 3 of padding; two of them: 3 + 2 and 5 + 4
    text = (
        "convcost: 1\nname: n\ninput: [1, 40, 40]\nlayers:\n"
        "  - conv: {out: 1, kernel: [3, 5], stride: [2, 4], padding: [1, 3]}\n"
        "  - conv: {name: b, out: 1, kernel: 2}\n"
    )
    found = Measured(analyze(load_text(text.encode())))
    whole, level = rule(f"metric: {metric}, max: 99"), rule(f"metric: {metric}, max: 99, layers: b, of: each")
    for asked in (whole, level):
        assert [largest] == [value.value for value in found.values(asked)]
        assert [least] == [value.value for value in found.values(asked, lowest=True)]
        (value,) = found.values(asked)
        assert largest == found.at(asked, value)


def test_a_network_without_a_map_sees_its_whole_input():
    text = "convcost: 1\nname: n\ninput: [4, 3, 3]\nlayers:\n  - flatten\n  - linear: {out: 2}\n"
    found = Measured(analyze(load_text(text.encode())))
    assert [3] == [value.value for value in found.values(rule("metric: receptive_field, max: 1"))]


@pytest.mark.parametrize(
    ("words", "where", "expected"),
    [
        pytest.param('metric: macs, layers: "3a.*", of: each, max: 1', "3a.b3", sum(B3), id="each"),
        pytest.param('metric: macs, layers: "3a.*", of: each, max: 1', "3a.b9", None, id="none of that name"),
        pytest.param('metric: macs, layers: "3a.b3", max: 1', "3a.b3", sum(B3), id="the sum"),
        pytest.param('metric: macs, layers: "**", of: max, max: 1', "anything", B3[1], id="the largest"),
        pytest.param("metric: macs, layers: none, max: 1", "none", None, id="no layers at all"),
    ],
)
def test_what_a_value_was_in_another_report(measured, words, where, expected):
    assert expected == measured.at(rule(words), Value(where, 0))


def test_nothing_to_divide_by(measured):
    concat = rule("metric: reduction_saving, layers: 3a.concat, of: each, min: 1x")
    assert [1] == [value.value for value in measured.values(concat)]
    assert [0] == [
        v.value for v in Measured(measured.report).values(rule("metric: reduction_saving, min: 1x"))
    ]
