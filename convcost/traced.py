"""Integers that remember how they were made, so that a rule run on them explains itself.

They are integers everywhere else: a rule takes them for sizes and fields and need not know.
What no operator below makes (a comparison, a gcd) is a number like any other.
"""

from __future__ import annotations

from typing import NamedTuple

FIELD, KERNEL, SIZE = "field", "kernel", "size"


class Leaf(NamedTuple):
    """Where a number was read: a field of an op, one size of its kernel, a size of a tensor's."""

    kind: str
    tensor: str = ""
    axis: int = 0


class Product(NamedTuple):
    """Factors, in the order in which they were multiplied."""

    factors: tuple[int, ...]


class Sum(NamedTuple):
    """Terms, each with the sign 1 or -1."""

    terms: tuple[tuple[int, int], ...]


class Quotient(NamedTuple):
    """⌊top / bottom⌋, or ⌈top / bottom⌉ if ``up``."""

    top: int
    bottom: int
    up: bool = False


How = Leaf | Product | Sum | Quotient


class Traced(int):
    """An integer and how it was made."""

    how: How

    @classmethod
    def of(cls, value: int, how: How) -> Traced:
        """Return the integer ``value``, made so."""
        made = cls(value)
        made.how = how
        return made

    def __add__(self, other: int) -> Traced:
        return _sum(_terms(self) + _terms(other)) if isinstance(other, int) else NotImplemented

    def __radd__(self, other: int) -> Traced:
        return _sum(_terms(other) + _terms(self)) if isinstance(other, int) else NotImplemented

    def __neg__(self) -> Traced:
        if isinstance(self.how, Quotient) and not self.how.up and made_of_sizes(self):
            return Traced.of(-int(self), Sum(((-1, self),)))
        return _sum(_negated(_terms(self)))

    def __sub__(self, other: int) -> Traced:
        return _sum(_terms(self) + _negated(_terms(other))) if isinstance(other, int) else NotImplemented

    def __rsub__(self, other: int) -> Traced:
        return _sum(_terms(other) + _negated(_terms(self))) if isinstance(other, int) else NotImplemented

    def __mul__(self, other: int) -> Traced:
        return _product(_factors(self) + _factors(other)) if isinstance(other, int) else NotImplemented

    def __rmul__(self, other: int) -> Traced:
        return _product(_factors(other) + _factors(self)) if isinstance(other, int) else NotImplemented

    def __pow__(self, other: int, mod: None = None) -> Traced:  # type: ignore[override]  # of ints ≥ 0 alone
        del mod
        return _product(_factors(self) * int(other))

    def __floordiv__(self, other: int) -> Traced:
        if not isinstance(other, int):
            return NotImplemented
        value = int(self) // int(other)
        how = self.how
        if isinstance(how, Sum) and all(sign < 0 for sign, _ in how.terms):  # -(-a // b) rounds up
            return Traced.of(value, Sum(((-1, Traced.of(-value, Quotient(-self, other, up=True))),)))
        return Traced.of(value, Quotient(self, other))


def made_of_sizes(number: int) -> bool:
    """Whether any tensor's size is in it; a number made of fields alone is just a number."""
    if not isinstance(number, Traced):
        return False
    how = number.how
    if isinstance(how, Leaf):
        return how.kind == SIZE
    if isinstance(how, Quotient):
        return made_of_sizes(how.top) or made_of_sizes(how.bottom)
    parts = how.factors if isinstance(how, Product) else [term for _, term in how.terms]
    return any(map(made_of_sizes, parts))


def field(value: object, kind: str = FIELD) -> object:
    """Return a field's value with its integers traced; what holds none, as it is."""
    if isinstance(value, int):
        return Traced.of(value, Leaf(kind))
    return tuple([field(each, kind) for each in value]) if isinstance(value, tuple) else value


def sizes(tensor: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a tensor's shape, traced."""
    return tuple([Traced.of(size, Leaf(SIZE, tensor, axis)) for axis, size in enumerate(shape)])


def _terms(number: int) -> tuple[tuple[int, int], ...]:
    how = number.how if isinstance(number, Traced) else None
    if isinstance(how, Sum) and made_of_sizes(number):
        return how.terms
    return ((1, number),) if number else ()


def _negated(terms: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    return tuple([(-sign, term) for sign, term in terms])


def _sum(terms: tuple[tuple[int, int], ...]) -> Traced:
    if len(terms) == 1 and terms[0][0] == 1 and isinstance(terms[0][1], Traced):
        return terms[0][1]
    return Traced.of(sum([sign * int(term) for sign, term in terms]), Sum(terms))


def _factors(number: int) -> tuple[int, ...]:
    how = number.how if isinstance(number, Traced) else None
    if isinstance(how, Product):
        return how.factors
    says_nothing = how is None or (isinstance(how, Leaf) and how.kind == FIELD)
    return () if number == 1 and says_nothing else (number,)


def _product(factors: tuple[int, ...]) -> Traced:
    value = 1
    for factor in factors:
        value *= int(factor)
    if len(factors) == 1 and isinstance(factors[0], Traced):
        return factors[0]
    return Traced.of(value, Product(factors))
