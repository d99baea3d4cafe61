"""Integers that remember how they were made are integers, whatever is done to them."""

from __future__ import annotations

import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.traced import Traced, field, sizes

numbers = st.integers(-30, 30)
OPERATORS = (operator.add, operator.sub, operator.mul, operator.floordiv)


@given(st.lists(st.tuples(st.sampled_from(OPERATORS), numbers, st.booleans()), max_size=6), numbers)
def test_arithmetic_is_that_of_integers(steps, start):
    plain, (made,) = start, sizes("x", (start,))
    for apply, number, turned in steps:
        if apply is operator.floordiv and (plain if turned else number) == 0:
            continue
        plain = apply(number, plain) if turned else apply(plain, number)
        made = apply(number, made) if turned else apply(made, number)
    assert (plain, -plain) == (made, -made)


def test_numbers_are_found_in_fields_however_deep():
    assert isinstance(field(((1, 2), (3, 4)))[1][0], Traced)
    assert field("half") == "half"


@pytest.mark.parametrize("flag", [True, False])
def test_a_flag_is_a_number_that_is_true_or_not(flag):
    assert flag == bool(field(flag))
