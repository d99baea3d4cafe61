"""What a rule looks at, against the report it comes from."""

from __future__ import annotations

from fractions import Fraction

import pytest

from convcost.baseline.reports import Reports
from convcost.baseline.subject import AS_WRITTEN, Subject
from convcost.budget.measured import Measured
from convcost.budget.read import read_text
from convcost.cost import METRICS, SUMMABLE
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
