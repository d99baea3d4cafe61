"""Networks side by side: the first is the baseline, the others are ratios to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from convcost.report import Report


class Comparison(NamedTuple):
    """Reports in the order asked for, and what people called each of them."""

    labels: tuple[str, ...]
    reports: tuple[Report, ...]

    def ratio(self, metric: str, index: int) -> Fraction | None:
        """Return a summable metric of report ``index`` over the baseline's; None over 0."""
        return ratio(self.reports[index].totals.metric(metric), self.reports[0].totals.metric(metric))


def ratio(value: int, baseline: int) -> Fraction | None:
    """Return value / baseline exactly; 1 where both are 0, None where only the baseline is."""
    from fractions import Fraction  # 3 ms that only a comparison pays

    if not baseline:
        return None if value else Fraction(1)
    return Fraction(value, baseline)


def aligned(columns: Sequence[Mapping[str, int]]) -> list[tuple[str, tuple[int | None, ...]]]:
    """Line several name → value tables up by name, in an order that respects them all.

    A name the baseline lacks stands behind the name it follows in its own table.
    """
    order: dict[str | None, list[str]] = {None: []}
    known: set[str] = set()
    for column in columns:
        before: str | None = None
        for name in column:
            if name not in known:
                known.add(name)
                order.setdefault(before, []).append(name)
            before = name
    return [(name, tuple(column.get(name) for column in columns)) for name in _walk(order)]


def _walk(followers: dict[str | None, list[str]]) -> list[str]:
    """Flatten 'these follow that' depth first, later columns' names directly behind theirs."""
    names: list[str] = []
    waiting = list(followers[None])
    while waiting:
        name = waiting.pop()
        names.append(name)
        waiting.extend(followers.get(name, ()))
    return names
