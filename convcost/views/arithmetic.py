"""A layer's arithmetic with the numbers put in, as one would write it on a blackboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.exact import prod, spread
from convcost.units import full

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from convcost.engine.op_facts import OpFacts
    from convcost.ir import Shape

Factor = int | tuple[int, ...]


class Term(NamedTuple):
    """A product: factors, those of one kind together (``(5, 5)`` is a kernel)."""

    factors: tuple[Factor, ...]

    @property
    def value(self) -> int:
        """The product."""
        return prod(f if isinstance(f, int) else prod(f) for f in self.factors)

    def __str__(self) -> str:
        return " · ".join(_factor(f) for f in self.factors)


class Sum(NamedTuple):
    """What a quantity is made of; several terms are added."""

    terms: tuple[Term, ...]

    @property
    def value(self) -> int:
        """The sum."""
        return sum(term.value for term in self.terms)

    def __str__(self) -> str:
        """Return ``5×5 · 16 · 32 + 32 = 12,800 + 32 = 12,832``."""
        parts = [" + ".join(map(str, self.terms))]
        if len(self.terms) > 1:
            parts.append(" + ".join(full(term.value) for term in self.terms))
        parts.append(full(self.value))
        return " = ".join(dict.fromkeys(parts))


def kernel(sizes: Iterable[int]) -> tuple[int, ...]:
    """Return kernel sizes as a factor of its own; it prints as ``5×5``."""
    return _Kernel(sizes)


class _Kernel(tuple[int, ...]):
    __slots__ = ()


_LONG = 10_000  # from here on commas help


def _factor(factor: Factor) -> str:
    if isinstance(factor, int):
        return full(factor) if factor >= _LONG else str(factor)
    sign = "×" if isinstance(factor, _Kernel) else "·"
    return sign.join(map(str, factor)) or "1"


def macs(rule: OpFacts, batch: int) -> Sum:
    """Return the multiply-accumulates of a layer."""
    terms = _MACS.get(rule.op.NAME, _no_terms)(rule)
    return checked(_times(terms, batch), rule.cost.macs * batch, rule.output)


def params(rule: OpFacts) -> Sum:
    """Return the learnable parameters of a layer."""
    op: Any = rule.op
    weights = _WEIGHTS.get(op.NAME, _no_terms)(rule)
    bias = (Term((op.out,)),) if weights and getattr(op, "bias", False) else ()
    return checked((*weights, *bias), rule.cost.params, rule.output)


def counter(rule: OpFacts, value: int, batch: int) -> Sum:
    """Return another counter: so and so often the elements of the output or the input."""
    kernel_sizes = getattr(rule.op, "kernel", None)
    if rule.op.GROUP == "pool" and kernel_sizes is not None:
        sizes = spread(kernel_sizes, len(rule.inputs[0]) - 1)
        return checked(_times((Term((kernel(sizes), rule.output)),), batch), value, rule.output)
    for shape in (rule.output, rule.inputs[0]):
        times, rest = divmod(value, prod(shape) * batch)
        if times and not rest:
            factors: tuple[Factor, ...] = (shape,) if times == 1 else (times, shape)
            return checked(_times((Term(factors),), batch), value, rule.output)
    return Sum((Term((value,)),))


def checked(terms: Sequence[Term], value: int, output: Shape) -> Sum:
    """Return the terms as a sum if it is the value, else the value in another form."""
    found = Sum(tuple(terms))
    if terms and found.value == value:
        return found
    times, rest = divmod(value, output[0])
    return Sum((Term((times, output[0])),)) if times and not rest else Sum((Term((value,)),))


def _times(terms: tuple[Term, ...], batch: int) -> tuple[Term, ...]:
    return terms if batch == 1 else tuple(Term((batch, *term.factors)) for term in terms)


def _no_terms(rule: OpFacts) -> tuple[Term, ...]:
    del rule
    return ()


def _conv(rule: OpFacts) -> tuple[Term, ...]:
    op: Any = rule.op
    x = rule.inputs[0]
    return (Term((*conv_weights(op, x), rule.output[1:])),)


def conv_weights(op: Any, x: Shape) -> tuple[Factor, ...]:
    """Return kernel, input channels of a group and output channels."""
    return (kernel(spread(op.kernel, len(x) - 1)), x[0] // op.groups, op.out)


def _conv_weights(rule: OpFacts) -> tuple[Term, ...]:
    return (Term(conv_weights(rule.op, rule.inputs[0])),)


def _transposed_weights(rule: OpFacts) -> tuple[Term, ...]:
    op: Any = rule.op
    x = rule.inputs[0]
    return (Term((kernel(spread(op.kernel, len(x) - 1)), x[0], op.out // op.groups)),)


def _transposed(rule: OpFacts) -> tuple[Term, ...]:
    (weights,) = _transposed_weights(rule)
    return (Term((*weights.factors, rule.inputs[0][1:])),)


def _linear_weights(rule: OpFacts) -> tuple[Term, ...]:
    op: Any = rule.op
    return (Term((rule.inputs[0][-1], op.out)),)


def _linear(rule: OpFacts) -> tuple[Term, ...]:
    (weights,) = _linear_weights(rule)
    rows = rule.inputs[0][:-1]
    return (Term((rows, *weights.factors) if rows else weights.factors),)


def _matmul(rule: OpFacts) -> tuple[Term, ...]:
    a, b = rule.inputs[:2]
    return (Term((*a, b[-1])),)


def _attention(rule: OpFacts) -> tuple[Term, ...]:
    return (Term((2, rule.output, rule.inputs[1][0])),)


_MACS = {
    "attention": _attention,
    "conv": _conv,
    "conv_transpose": _transposed,
    "linear": _linear,
    "matmul": _matmul,
}
_WEIGHTS = {"conv": _conv_weights, "conv_transpose": _transposed_weights, "linear": _linear_weights}
