"""Limits that the same change made laxer: what a reviewer should see beside the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.budget.model import Limit, Rule
    from convcost.errors import Loc


class Raised(NamedTuple):
    """A rule whose limit was moved, or that is gone: ``text`` says how, ``loc`` where it stands."""

    rule: str
    text: str
    loc: Loc | None = None


_LAXER = (("max", 1), ("warn", 1), ("min", -1), ("max_increase", 1), ("and_over", 1))


def raised(before: Iterable[Rule], now: Iterable[Rule]) -> list[Raised]:
    """Return what became laxer, rule by rule; rules are the same if their ids are."""
    known = {rule.id: rule for rule in now}
    found: list[Raised] = []
    for old in before:
        new = known.get(old.id)
        if new is None:
            limits = ", ".join(f"{key} {limit.text}" for key, limit in old.limits)
            found.append(Raised(old.id, f"budget removed (it was {limits})"))
        else:
            found += _changes(old, new)
    return found


def _changes(old: Rule, new: Rule) -> Iterable[Raised]:
    if old.metric != new.metric:
        yield Raised(new.id, f"budget changed from {old.metric} to {new.metric}", new.loc)
        return
    for key, sign in _LAXER:
        was: Limit | None = getattr(old, key)
        now: Limit | None = getattr(new, key)
        if was is not None and now is None and key in ("max", "min", "max_increase"):
            yield Raised(new.id, f"{key} removed (it was {was.text})", new.loc)
        elif was is not None and now is not None and sign * (now.value - was.value) > 0:
            word = {"max": "budget raised", "min": "budget lowered"}.get(key, f"{key} raised")
            yield Raised(new.id, f"{word} {was.text} → {now.text}", now.loc)
    if (old.level, new.level) == ("error", "warn"):
        yield Raised(new.id, "level lowered from error to warn", new.loc)
