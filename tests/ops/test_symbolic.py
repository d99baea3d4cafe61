"""Every op's rules on symbols say what they say on integers, wherever the guards hold."""

from __future__ import annotations

from copy import copy
from dataclasses import fields, is_dataclass

import pytest

from convcost.ir import CONTIGUOUS, Setting
from convcost.ops import INDEX
from convcost.ops._fields import COUNT, PER_DIM
from convcost.symbolic import Symbol, Trace, Truth, at
from tests.ops.test_contract import cases

ONE_SIZE = {"reshape"}
"""Whose fields name every size they stand on, so that a formula holds for no other."""


def named(trace, sizes, name, value):
    """Return a value with its integers as named sizes, and put them into ``sizes``."""
    if isinstance(value, tuple):
        return tuple(named(trace, sizes, f"{name}.{i}", each) for i, each in enumerate(value))
    if type(value) is not int:
        return value
    sizes[name] = value
    return trace.size(name, value, low=0)


def altered(op, values):
    """Return an op with other values in its fields, unchecked."""
    again = copy(op)
    for name, value in values.items():
        object.__setattr__(again, name, value)
    return again


def numbers(op):
    """Return the fields that a spec may compute: counts, and sizes per dim."""
    return {
        spec.attribute: getattr(op, spec.attribute)
        for spec in op.specs().values()
        if spec.kind in (COUNT, PER_DIM) and spec.attribute != "axis"  # which axis is no size
    }


def answers(op, inputs):
    """Return all that the rules say."""
    problems = len(list(op.check(*inputs)))
    output = op.shape(*inputs)
    cost = op.cost(inputs, output)
    reads = len(inputs) if op.ARITY[1] is None else min(len(inputs), op.ARITY[1])
    at_rest = Setting(4, 4, "cpu", True, (True,) * reads, (CONTIGUOUS,) * reads)
    return (problems, output, cost, op.memory(inputs, output, at_rest), op.windows(inputs, output))


def worked_out(value, sizes):
    """Return an answer with every symbol in it at these sizes."""
    if isinstance(value, Symbol | Truth):
        return at(value, sizes)
    if is_dataclass(value):
        return tuple(worked_out(getattr(value, field.name), sizes) for field in fields(value))
    return tuple(worked_out(each, sizes) for each in value) if isinstance(value, tuple) else value


def taken(values, sizes, name):
    """Return the integers that stand for named values."""
    if isinstance(values, tuple):
        return tuple(taken(each, sizes, f"{name}.{i}") for i, each in enumerate(values))
    return sizes.get(name, values)


def others(sizes):
    """Yield the sizes themselves, each of them changed, and all of them doubled."""
    yield sizes
    yield from ({**sizes, name: size + more} for name, size in sizes.items() for more in (1, 2, size))
    yield {name: 2 * size for name, size in sizes.items()}


@pytest.mark.parametrize("case", list(cases()))
def test_rules_on_symbols_are_those_on_integers(case):
    trace, sizes = Trace(), {}
    inputs = named(trace, sizes, "x", case.inputs)
    plain = numbers(case.op)
    symbols = {name: named(trace, sizes, name, value) for name, value in plain.items()}
    formulas = answers(altered(case.op, symbols), inputs)

    held = [each for each in others(sizes) if trace.holds(each)]

    for each in held:
        op = altered(case.op, {name: taken(value, each, name) for name, value in plain.items()})
        assert worked_out(answers(op, taken(case.inputs, each, "x")), {}) == worked_out(formulas, each)
    assert len(held) > 1 or case.op.NAME in ONE_SIZE


def test_every_op_is_run():
    assert set(INDEX) == {case.values[0].op.NAME for case in cases()}
