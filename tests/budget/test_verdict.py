"""Limits, exactly: equal passes, one more does not, an improvement never fails."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.baseline.subject import Subject
from convcost.budget.measured import Value
from convcost.budget.read import read_text
from convcost.budget.verdict import verdict
from convcost.spec.locate import SpecRef
from convcost.view import FAIL, PASS, WARN

COUNTS = st.integers(0, 10**15)


def rule(words, metric="macs"):
    text = f"convcost_budget: 1\nspecs: [a.yaml]\nbudgets:\n  - {{id: a, metric: {metric}, {words}}}\n"
    return read_text(text.encode(), "b", "/").rules[0]


def status(words, key, value, old=None, metric="macs"):
    return verdict(rule(words, metric), Subject(SpecRef("a.yaml")), key, Value(None, value), old).status


@pytest.mark.parametrize(
    ("words", "key", "value", "old", "expected"),
    [
        pytest.param("max: 1.6G", "max", 1_600_000_000, None, PASS, id="equal passes"),
        pytest.param("max: 1.6G", "max", 1_600_000_001, None, FAIL, id="one more fails"),
        pytest.param("max: 1.6G, warn: 1.5G", "max", 1_500_000_000, None, PASS, id="equal to warn passes"),
        pytest.param("max: 1.6G, warn: 1.5G", "max", 1_500_000_001, None, WARN, id="above warn warns"),
        pytest.param("max: 1.6G, level: warn", "max", 1_600_000_001, None, WARN, id="level warn"),
        pytest.param("max: 1.0005k", "max", 1000, None, PASS, id="a half is allowed what its floor is"),
        pytest.param("max: 1.0005k", "max", 1001, None, FAIL, id="and no more"),
        pytest.param("min: 10", "min", 10, None, PASS, id="equal to min passes"),
        pytest.param("min: 10", "min", 9, None, FAIL, id="below min fails"),
        pytest.param("min: 10, warn: 12", "min", 11, None, WARN, id="near min warns"),
        pytest.param("max_increase: +2%", "max_increase", 102, 100, PASS, id="+2% is allowed"),
        pytest.param("max_increase: +2%", "max_increase", 103, 100, FAIL, id="+3% is not"),
        pytest.param("max_increase: +2%, and_over: 5", "max_increase", 105, 100, PASS, id="not over 5"),
        pytest.param("max_increase: +2%, and_over: 5", "max_increase", 106, 100, FAIL, id="over 5 too"),
        pytest.param("max_increase: +2%, and_over: 5", "max_increase", 1020, 1000, PASS, id="not over 2%"),
        pytest.param("max_increase: +2%, warn: +1%", "max_increase", 1011, 1000, WARN, id="growth warns"),
        pytest.param("max_increase: +0%", "max_increase", 100, 100, PASS, id="no growth at all"),
        pytest.param("max_increase: +0%", "max_increase", 101, 100, FAIL, id="any growth"),
        pytest.param("max_increase: +50%", "max_increase", 1, 0, FAIL, id="growth from nothing"),
        pytest.param("max_increase: 5", "max_increase", 105, 100, PASS, id="an amount is allowed"),
        pytest.param("max_increase: 5", "max_increase", 106, 100, FAIL, id="and no more"),
        pytest.param("max_increase: 5", "max_increase", 5, 0, PASS, id="an amount from nothing"),
        pytest.param("max_increase: 10, warn: 5", "max_increase", 106, 100, WARN, id="amounts warn"),
        pytest.param("max: 200, warn: 90%", "max", 180, None, PASS, id="equal to 90% of max"),
        pytest.param("max: 200, warn: 90%", "max", 181, None, WARN, id="above 90% of max"),
        pytest.param("min: 200, warn: 110%", "min", 220, None, PASS, id="equal to 110% of min"),
        pytest.param("min: 200, warn: 110%", "min", 219, None, WARN, id="below 110% of min"),
        pytest.param("max: 199.9", "max", 199, None, PASS, id="below a fraction"),
        pytest.param("max: 199.9", "max", 200, None, FAIL, id="above a fraction"),
        pytest.param("min: 199.1", "min", 199, None, FAIL, id="below a least fraction"),
        pytest.param("min: 199.1", "min", 200, None, PASS, id="above a least fraction"),
    ],
)
def test_a_limit(words, key, value, old, expected):
    assert expected == status(words, key, value, old)


@given(COUNTS, COUNTS)
def test_an_improvement_never_fails(old, saved):
    assert PASS == status("max_increase: +0%", "max_increase", max(0, old - saved), old)


@given(COUNTS, st.decimals(min_value=0, max_value=999, places=3))
def test_growth_is_judged_in_exact_fractions(old, percent):
    most = int(old * (1 + Fraction(percent) / 100))
    assert PASS == status(f"max_increase: +{percent}%", "max_increase", most, old)
    assert FAIL == status(f"max_increase: +{percent}%", "max_increase", most + 1, old)


def test_ratios_are_compared_as_fractions():
    third = Fraction(4, 3)
    assert FAIL == status("min: 1.33333334x", "min", third, metric="intensity")
    assert PASS == status("min: 1.33333333x", "min", third, metric="intensity")


def test_overshoot_orders_the_worst_first():
    subject = Subject(SpecRef("a.yaml"))
    far = verdict(rule("max: 10"), subject, "max", Value(None, 30))
    near = verdict(rule("max: 1k"), subject, "max", Value(None, 1100))
    low = verdict(rule("min: 10"), subject, "min", Value(None, 5))
    assert (2.0, 0.1, 0.5) == (far.overshoot, near.overshoot, low.overshoot)


def test_strides_of_a_thousand_digits_are_ordered_too():
    subject = Subject(SpecRef("a.yaml"))
    far = verdict(rule("max: 10", "stride"), subject, "max", Value(None, 10**1200))
    near = verdict(rule("max: 10", "stride"), subject, "max", Value(None, Fraction(25, 2)))
    assert 0.25 == near.overshoot < far.overshoot


@pytest.mark.parametrize(
    ("words", "key", "value", "over"),
    [
        pytest.param("max: 199.9", "max", 200, Fraction(1, 10), id="above by a tenth, not by one"),
        pytest.param("min: 199.1", "min", 199, Fraction(1, 10), id="below by a tenth"),
        pytest.param("max: 1k", "max", 900, -100, id="room"),
    ],
)
def test_what_a_limit_is_missed_by_is_exact(words, key, value, over):
    assert over == verdict(rule(words), Subject(SpecRef("a.yaml")), key, Value(None, value)).over
