"""What stands under a rule's keys: words, lists of words, flags, quantities.

Each function takes a tree and returns what it says, or records the mistake and raises
``Reported``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost import units
from convcost.baseline.source import parse_baseline
from convcost.budget.model import BUDGET_METRICS, Limit, Pattern
from convcost.cost import MAX_BATCH
from convcost.errors import UsageError, brief, closest, did_you_mean, suggest
from convcost.spec.locate import parse_size
from convcost.spec.tree import Map, Scalar, Seq, describe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from convcost.baseline.source import Baseline
    from convcost.spec.log import Log
    from convcost.spec.tree import Tree
    from convcost.units import Exact

_LONGEST = 500
_ID = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./")


def known(tree: Map, names: tuple[str, ...], owner: str, log: Log) -> dict[str, Tree]:
    """Return a mapping by key; an unknown key is reported, and read as what was meant."""
    found: dict[str, Tree] = {}
    for key, value in tree.items.items():
        name: str | None = key
        if key not in names:
            name = closest(key, names)
            hint = did_you_mean(name) or f"it has {', '.join(names)}"
            log.add("CC603", f"{owner} has no {key!r}", tree.keys[key].loc, hint)
        if name is not None and (name == key or name not in tree.items):
            found[name] = value
    return found


def text(tree: Tree, key: str, log: Log) -> str:
    """Return a text."""
    if not isinstance(tree, Scalar) or tree.null:
        raise log.add("CC602", f"{key}: must be text, found {describe(tree)}", tree.loc)
    if len(tree.text) > _LONGEST:
        raise log.add("CC602", f"{key}: has more than {_LONGEST} characters", tree.loc)
    return tree.text


def texts(tree: Tree, key: str, log: Log) -> tuple[tuple[str, Tree], ...]:
    """Return a text or a list of them, each with where it stands."""
    items = tree.items if isinstance(tree, Seq) else (tree,)
    if isinstance(tree, Map) or not items:
        raise log.add("CC602", f"{key}: must be text or a list of texts, found {describe(tree)}", tree.loc)
    return tuple((text(item, key, log), item) for item in items)


def patterns(tree: Tree, key: str, log: Log) -> tuple[Pattern, ...]:
    """Return globs over files, or names of shipped specs."""
    found = []
    for word, item in texts(tree, key, log):
        pattern = Pattern(word, item.loc)
        if "@" in word and not pattern.is_path:
            hint = "give the rule a variant: or an input:"
            raise log.add("CC602", f"{key}: takes specs without @", item.loc, hint)
        if word.startswith("/"):
            hint = "paths are relative to the budget file's folder"
            raise log.add("CC602", f"{key}: takes relative paths", item.loc, hint)
        found.append(pattern)
    return tuple(found)


def globs(tree: Tree, key: str, log: Log) -> tuple[str, ...]:
    """Return globs over layer names."""
    return tuple(word for word, _ in texts(tree, key, log))


def choice(tree: Tree, key: str, words: Iterable[str], log: Log) -> str:
    """Return one of the words."""
    word = text(tree, key, log)
    every = tuple(words)
    if word not in every:
        message = f"{key}: must be one of {', '.join(every)}, not {word!r}"
        raise log.add("CC604", message, tree.loc, suggest(word, every))
    return word


def metric(tree: Tree, log: Log) -> str:
    """Return a metric's name."""
    word = text(tree, "metric", log)
    if word not in BUDGET_METRICS:
        hint = suggest(word, BUDGET_METRICS) or f"the metrics are {', '.join(BUDGET_METRICS)}"
        raise log.add("CC604", f"there is no metric {word!r}", tree.loc, hint)
    return word


def flag(tree: Tree, key: str, log: Log) -> bool:
    """Return true or false."""
    word = text(tree, key, log)
    if word not in ("true", "false"):
        raise log.add("CC604", f"{key}: must be true or false, not {word!r}", tree.loc)
    return word == "true"


def identifier(tree: Tree, log: Log) -> str:
    """Return a rule's id."""
    word = text(tree, "id", log)
    if not _ID.issuperset(word) or len(word) > 100:  # noqa: PLR2004  (so that it fits a table)
        hint = "use letters, digits, _, -, . and /"
        raise log.add("CC602", f"{word[:60]!r} cannot be an id", tree.loc, hint)
    return word


def batch(tree: Tree, log: Log) -> int:
    """Return a batch size."""
    word = text(tree, "batch", log)
    digits = word.isascii() and word.isdigit() and len(word) <= len(str(MAX_BATCH))
    if not digits or not 1 <= int(word) <= MAX_BATCH:
        message = f"batch: is an integer from 1 to {MAX_BATCH:,}, not {brief(word)}"
        raise log.add("CC604", message, tree.loc)
    return int(word)


def size(tree: Tree, log: Log) -> str:
    """Return an input's size as the command line writes it, from ``[3, 160, 160]`` too."""
    if isinstance(tree, Seq):
        word = "x".join(text(item, "input", log) for item in tree.items)
    else:
        word = text(tree, "input", log)
    if parse_size(word) is None:
        message = f"input: is channels and sizes, as in 3x224x224, not {brief(word)}"
        raise log.add("CC604", message, tree.loc)
    return word


def increase(tree: Tree, key: str, unit: str, log: Log) -> Limit:
    """Return a limit on growth, a share or an amount; one below zero would fail an improvement."""
    word = text(tree, key, log).strip()
    if word.startswith("+") and not word.endswith("%"):
        raise log.add("CC605", f"{key}: an amount has no sign", tree.loc, f"write {word[1:].strip()}")
    if word.endswith("%"):
        limit = _limit(tree, key, units.parse_increase, log)
    else:
        limit = quantity(tree, key, unit, log)
    if limit.value < 0:
        hint = "an improvement never fails; write a max: to ask for one"
        raise log.add("CC605", f"{key}: {limit.text} is below zero", tree.loc, hint)
    return limit


def warning(tree: Tree, limit: Limit | None, unit: str, log: Log) -> Limit:
    """Return where a warning begins: an amount, or a part of its limit in %."""
    word = text(tree, "warn", log).strip()
    if limit is None or not word.endswith("%"):
        return quantity(tree, "warn", unit, log)
    part = _limit(tree, "warn", units.parse_share, log)
    return part._replace(value=limit.value * part.value)


def quantity(tree: Tree, key: str, unit: str, log: Log) -> Limit:
    """Return an exact limit in a metric's unit (as in ``cost.METRICS``)."""
    return _limit(tree, key, lambda word: units.parse(word, unit), log)


def _limit(tree: Tree, key: str, parse: Callable[[str], Exact], log: Log) -> Limit:
    word = text(tree, key, log)
    try:
        return Limit(parse(word), word.strip(), tree.loc)
    except units.QuantityError as error:
        raise log.add("CC605", f"{key}: {error.message}", tree.loc, error.hint) from None


def baseline(tree: Tree, on_missing: str, log: Log) -> Baseline:
    """Return a baseline from ``git:REF``, ``file:x.json`` or ``spec:old.yaml``."""
    try:
        return parse_baseline(text(tree, "baseline", log), on_missing, tree.loc)
    except UsageError as error:
        (found,) = error.diagnostics
        raise log.add(found.code, found.message, tree.loc, found.hint) from None
