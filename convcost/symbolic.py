"""Integers that stand for many at once, so that a rule run once gives a formula.

A symbol is a polynomial with integer coefficients over atoms: sizes that were named, and what
is no polynomial of them (a floor division, a maximum, a gcd, a comparison). Rules take them for
sizes and need not know. Where a rule branches on one, the branch is that of the size it was named
with, and the trace keeps the condition as a guard: the formula holds for all sizes that agree.
What the bounds of the sizes decide already is decided without a guard.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Whole: TypeAlias = "int | Symbol"

MOST = 10**18
"""The largest size there can be, unless a smaller bound is given."""

NAMED, FLOOR, MAXIMUM, GCD, POSITIVE, ZERO = "named", "//", "max", "gcd", "> 0", "= 0"


class Atom(NamedTuple):
    """What polynomials are made of: a named size, or an operation on symbols and integers.

    ``value`` is what it is for the sizes that were named, ``low`` and ``high`` bound it for all.
    """

    kind: str
    parts: tuple[Whole, ...]
    name: str
    low: int
    high: int
    value: int

    def at(self, sizes: Mapping[str, int]) -> int:
        """Return its value for other sizes."""
        if self.kind == NAMED:
            return sizes[self.name]
        return _OPERATIONS[self.kind](*[at(part, sizes) for part in self.parts])


_OPERATIONS: dict[str, Callable[..., int]] = {
    FLOOR: lambda a, b: a // b,
    MAXIMUM: max,
    GCD: gcd,
    POSITIVE: lambda a: int(a > 0),
    ZERO: lambda a: int(a == 0),
}

Monomial = tuple[int, ...]
"""A product of atoms: their numbers in the trace, in order, as often as they occur."""


class Guard(NamedTuple):
    """What a rule asked of a symbol (its relation to zero), and what it was told."""

    symbol: Symbol
    relation: str
    holds: bool


class Trace:
    """One run of rules: the atoms it met, and what it asked of them."""

    def __init__(self) -> None:
        self.atoms: list[Atom] = []
        self._numbers: dict[tuple[str, tuple[Whole, ...], str], int] = {}
        self._guards: dict[tuple[Symbol, str], Guard] = {}

    @property
    def guards(self) -> tuple[Guard, ...]:
        """What was asked, in order."""
        return tuple(self._guards.values())

    def size(self, name: str, value: int, low: int = 1, high: int = MOST) -> Symbol:
        """Return a named size between two bounds, met here with one value."""
        return self.symbol(Atom(NAMED, (), name, low, high, value))

    def symbol(self, atom: Atom) -> Symbol:
        """Return an atom as a symbol; the same one for what is alike."""
        number = self._numbers.setdefault((atom.kind, atom.parts, atom.name), len(self.atoms))
        if number == len(self.atoms):
            self.atoms.append(atom)
        return Symbol(self, {(number,): 1})

    def ask(self, symbol: Symbol, relation: str) -> bool:
        """Return whether a relation to zero holds for the sizes that were named; it becomes a guard."""
        key = (symbol, relation)
        if key not in self._guards:
            holds = bool(_OPERATIONS[relation](symbol.value))
            self._guards[key] = Guard(symbol, relation, holds)
        return self._guards[key].holds

    def holds(self, sizes: Mapping[str, int]) -> bool:
        """Return whether a run on these sizes would have taken the same branches."""
        return all(
            bool(_OPERATIONS[guard.relation](guard.symbol.at(sizes))) == guard.holds for guard in self.guards
        )


class Symbol:
    """A polynomial over a trace's atoms; constants are plain integers, never symbols."""

    __slots__ = ("_hash", "terms", "trace")

    def __init__(self, trace: Trace, terms: dict[Monomial, int]) -> None:
        self.trace = trace
        self.terms = terms
        self._hash = hash(frozenset(terms.items()))

    @property
    def value(self) -> int:
        """What it is for the sizes that were named."""
        return sum([factor * _product([self.trace.atoms[n].value for n in each]) for each, factor in self])

    def at(self, sizes: Mapping[str, int]) -> int:
        """Return its value for other sizes."""
        return sum(
            [factor * _product([self.trace.atoms[n].at(sizes) for n in each]) for each, factor in self]
        )

    @property
    def bounds(self) -> tuple[int, int]:
        """The least and the greatest it can be; wider than need be where atoms depend on each other."""
        low = high = 0
        for monomial, factor in self:
            ends = (factor, factor)
            for number in monomial:
                atom = self.trace.atoms[number]
                corners = [a * b for a in ends for b in (atom.low, atom.high)]
                ends = (min(corners), max(corners))
            low, high = low + min(ends), high + max(ends)
        return low, high

    def __iter__(self) -> Iterator[tuple[Monomial, int]]:
        return iter(self.terms.items())

    def __repr__(self) -> str:
        """Return the polynomial: ``2·h·w + 1``."""
        return " + ".join([_shown(self.trace, monomial, factor) for monomial, factor in self])

    __str__ = __repr__

    def __hash__(self) -> int:
        return self._hash

    # --- arithmetic ---------------------------------------------------------------------

    def __add__(self, other: Whole | Truth) -> Whole:
        terms = dict(self.terms)
        for monomial, factor in _terms(other).items():
            terms[monomial] = terms.get(monomial, 0) + factor
        return _whole(self.trace, terms)

    __radd__ = __add__

    def __neg__(self) -> Whole:
        return self * -1

    def __sub__(self, other: Whole | Truth) -> Whole:
        return self + _number(other) * -1

    def __rsub__(self, other: Whole | Truth) -> Whole:
        return self * -1 + other

    def __mul__(self, other: Whole | Truth) -> Whole:
        terms: dict[Monomial, int] = {}
        for left, a in self.terms.items():
            for right, b in _terms(other).items():
                monomial = tuple(sorted(left + right))
                terms[monomial] = terms.get(monomial, 0) + a * b
        return _whole(self.trace, terms)

    __rmul__ = __mul__

    def __pow__(self, times: int) -> Whole:
        result: Whole = 1
        for _ in range(times):
            result = self * result
        return result

    def __floordiv__(self, other: Whole) -> Whole:
        return _floor(self.trace, self, other)

    def __rfloordiv__(self, other: Whole) -> Whole:
        return _floor(self.trace, other, self)

    def __mod__(self, other: Whole) -> Whole:
        return self - other * (self // other)

    def __rmod__(self, other: Whole) -> Whole:
        return other - self * (other // self)

    def __abs__(self) -> Whole:
        return self.maximum(-self)

    def maximum(self, other: Whole) -> Whole:
        """Return the larger of the two."""
        difference = self - other
        low, high = bounds(difference)
        if low >= 0 or high <= 0:
            return self if low >= 0 else other
        ends = [bounds(self), bounds(other)]
        value = max(self.value, valued(other))
        parts = tuple(sorted((self, other), key=repr))
        most = max(high for _, high in ends)
        return self.trace.symbol(Atom(MAXIMUM, parts, "", max(low for low, _ in ends), most, value))

    def minimum(self, other: Whole) -> Whole:
        """Return the smaller of the two."""
        return self + other - self.maximum(other)

    def gcd(self, other: Whole) -> Whole:
        """Return the greatest common divisor."""
        if not isinstance(other, int) and self.terms == other.terms:
            return self
        parts = tuple(sorted((self, other), key=repr))
        most = max(bounds(self)[1], bounds(other)[1])
        return self.trace.symbol(Atom(GCD, parts, "", 1, most, gcd(self.value, valued(other))))

    # --- comparisons ----------------------------------------------------------------------

    def __bool__(self) -> bool:
        return bool(self != 0)

    def __eq__(self, other: object) -> bool | Truth:  # type: ignore[override]  # a truth may be open
        if not isinstance(other, int | Symbol):
            return NotImplemented
        difference = self - other
        if isinstance(difference, int):
            return difference == 0
        low, high = difference.bounds
        return False if low > 0 or high < 0 else Truth(difference, ZERO)

    def __ne__(self, other: object) -> bool:
        equal = self == other
        return not equal

    def __gt__(self, other: Whole) -> bool | Truth:
        return positive(self - other)

    def __lt__(self, other: Whole) -> bool | Truth:
        return positive(other - self)

    def __ge__(self, other: Whole) -> bool | Truth:
        return positive(self - other + 1)

    def __le__(self, other: Whole) -> bool | Truth:
        return positive(other - self + 1)


class Truth:
    """Whether a symbol is positive, or zero: open, until it is branched on; in arithmetic 0 or 1."""

    __slots__ = ("relation", "symbol")

    def __init__(self, symbol: Symbol, relation: str) -> None:
        self.symbol = symbol
        self.relation = relation

    def __bool__(self) -> bool:
        return self.symbol.trace.ask(self.symbol, self.relation)

    @property
    def number(self) -> Symbol:
        """The truth as an atom that is 0 or 1."""
        value = _OPERATIONS[self.relation](self.symbol.value)
        return self.symbol.trace.symbol(Atom(self.relation, (self.symbol,), "", 0, 1, value))

    def __add__(self, other: Whole) -> Whole:
        return self.number + other

    __radd__ = __add__

    def __mul__(self, other: Whole) -> Whole:
        return self.number * other

    __rmul__ = __mul__

    def __rsub__(self, other: Whole) -> Whole:
        return other - self.number


def positive(number: Whole) -> bool | Truth:
    """Return whether a number is above 0: a plain truth where its bounds decide."""
    low, high = bounds(number)
    if low > 0 or high <= 0 or isinstance(number, int):
        return low > 0
    return Truth(number, POSITIVE)


def bounds(number: Whole) -> tuple[int, int]:
    """Return the least and the greatest that a number can be."""
    return (number, number) if isinstance(number, int) else number.bounds


def valued(number: Whole) -> int:
    """Return what a number is for the sizes that were named."""
    return number if isinstance(number, int) else number.value


def at(number: Whole | Truth, sizes: Mapping[str, int]) -> int:
    """Return what a number is for these sizes."""
    plain = _number(number)
    return plain if isinstance(plain, int) else plain.at(sizes)


def _number(other: Whole | Truth) -> Whole:
    return other.number if isinstance(other, Truth) else other


def _terms(other: Whole | Truth) -> dict[Monomial, int]:
    number = _number(other)
    return {(): int(number)} if isinstance(number, int) else number.terms


def _whole(trace: Trace, terms: dict[Monomial, int]) -> Whole:
    kept = {monomial: factor for monomial, factor in terms.items() if factor}
    return kept.get((), 0) if kept.keys() <= {()} else Symbol(trace, kept)


def _product(values: Iterable[int]) -> int:
    result = 1
    for value in values:
        result *= value
    return result


def _floor(trace: Trace, top: Whole, bottom: Whole) -> Whole:
    """Return ⌊top / bottom⌋: what divides exactly apart, and an atom for the rest."""
    whole, rest = _divided(trace, top, bottom)
    low, high = bounds(bottom)
    if low <= 0 and not isinstance(bottom, int):
        bool(positive(bottom))
        low = max(low, 1)
    corners = [a // b for a in bounds(rest) for b in (low, high) if b]
    if isinstance(bottom, int) and min(corners) == max(corners):
        return whole + corners[0]
    value = valued(rest) // valued(bottom)
    return whole + trace.symbol(Atom(FLOOR, (rest, bottom), "", min(corners), max(corners), value))


def _divided(trace: Trace, top: Whole, bottom: Whole) -> tuple[Whole, Whole]:
    """Return top as whole · bottom + rest, term by term."""
    divisor = _terms(bottom)
    if len(divisor) != 1:
        return (1, 0) if _terms(top) == divisor else (0, top)
    ((shared, number),) = divisor.items()
    whole: dict[Monomial, int] = {}
    rest: dict[Monomial, int] = {}
    for monomial, factor in _terms(top).items():
        left = _without(monomial, shared)
        times, more = (0, factor) if left is None else divmod(factor, number)
        if left is not None and times:
            whole[left] = times
        rest[monomial] = more
    return _whole(trace, whole), _whole(trace, rest)


def _without(monomial: Monomial, shared: Monomial) -> Monomial | None:
    """Return what is left of a product without some of its atoms; None where they are not all in it."""
    left = list(monomial)
    for number in shared:
        if number not in left:
            return None
        left.remove(number)
    return tuple(left)


def _shown(trace: Trace, monomial: Monomial, factor: int) -> str:
    atoms = [trace.atoms[number] for number in monomial]
    texts = [atom.name or f"{atom.kind}({', '.join(map(str, atom.parts))})" for atom in atoms]
    return "·".join([str(factor), *texts] if factor != 1 or not texts else texts)
