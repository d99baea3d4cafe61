"""Symbols are what integers are, for every size that takes the same branches."""

from __future__ import annotations

import operator
from math import gcd

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost import exact
from convcost.symbolic import Trace, Truth, at, bounds

SIZES = st.fixed_dictionaries({"a": st.integers(1, 40), "b": st.integers(1, 40)})
JOINS = {
    operator.add: operator.add,
    operator.sub: operator.sub,
    operator.mul: operator.mul,
    exact.maximum: max,
    exact.minimum: min,
    operator.gt: operator.gt,
    operator.ge: operator.ge,
    operator.lt: operator.lt,
    operator.le: operator.le,
    operator.eq: operator.eq,
}
"""What is done to symbols, and what that is on integers."""

steps = st.lists(
    st.tuples(st.sampled_from(list(JOINS)), st.sampled_from(("a", "b", 0, 1, 3, 7)), st.booleans()),
    max_size=5,
)


def run(steps, start, names, joins):
    """Return what the steps make of a number; a comparison counts as the 0 or 1 it is in a sum."""
    value = start
    for join, other, turned in steps:
        operand = names.get(other, other)
        result = joins[join](operand, value) if turned else joins[join](value, operand)
        value = result + 0
    return value


@given(steps, SIZES, SIZES)
def test_a_formula_holds_wherever_its_guards_do(steps, met, other):
    trace = Trace()
    names = {name: trace.size(name, size, high=40) for name, size in met.items()}
    found = run(steps, names["a"], names, {join: join for join in JOINS})
    assert () == trace.guards  # nothing branched
    for sizes in (met, other):
        expected = run(steps, sizes["a"], sizes, JOINS)
        low, high = bounds(found)
        assert expected == at(found, sizes)
        assert low <= expected <= high


@given(SIZES, st.integers(1, 9), st.integers(-50, 50), st.integers(-50, 50))
def test_floor_divisions_and_remainders(sizes, divisor, more, times):
    trace = Trace()
    a, b = (trace.size(name, sizes[name], high=40) for name in ("a", "b"))
    x, y = sizes["a"], sizes["b"]
    for found, expected in (
        ((times * a + more) // divisor, (times * x + more) // divisor),
        ((times * a + more) % divisor, (times * x + more) % divisor),
        (a * b * times // b, x * times),
        ((a + more) // b, (x + more) // y),
        (exact.gcd(a, b), gcd(x, y)),
        (exact.ceil_div(a, divisor), -(-x // divisor)),
        (abs(a - b), abs(x - y)),
    ):
        assert expected == at(found, sizes)


def test_what_divides_is_divided():
    trace = Trace()
    h, w = trace.size("h", 32), trace.size("w", 16)
    assert (6 * h * w + 4 * h) // (2 * h) == 3 * w + 2
    assert str((4 * h + 3) // 2) == "2·h + 1"


def test_bounds_decide_without_a_guard():
    trace = Trace()
    size = trace.size("size", 32, low=8, high=64)
    assert (True, False, True) == (size > 7, size > 64, size >= 8)
    assert exact.maximum(size, 4) is size
    assert () == trace.guards


def test_a_branch_becomes_a_guard():
    trace = Trace()
    size = trace.size("size", 32)
    assert isinstance(size > 20, Truth)
    taken = "large" if size > 20 else "small"
    assert "large" == taken
    assert [(True, 32), (False, 20)] == [(trace.holds({"size": n}), n) for n in (32, 20)]


def test_equal_symbols_are_one_key():
    trace = Trace()
    a, b = trace.size("a", 3), trace.size("b", 4)
    assert 1 == len({a + b: 0, b + a: 0})
    assert () == trace.guards


@pytest.mark.parametrize("size", [pytest.param(1, id="one"), pytest.param(0, id="zero")])
def test_constants_are_plain_integers(size):
    named = Trace().size("a", 5)
    assert type(named - named + size) is int
