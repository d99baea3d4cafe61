"""Which specs a budget is about: those its globs find, those that ship, those that were asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from convcost.baseline.subject import Subject
from convcost.budget.files import leaves, matching
from convcost.errors import Diagnostic, SpecError, UsageError, suggest
from convcost.spec import shipped
from convcost.spec.locate import STDIN, SpecRef, parse_ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from convcost.budget.model import Budget, Pattern, Rule


def target(spec: str) -> Subject:
    """Return the network a SPEC argument names."""
    ref = parse_ref(spec)
    if ref.spec == STDIN:
        raise UsageError(Diagnostic("CC608", "a budget covers spec files and shipped specs"))
    return Subject(ref, os.path.abspath(ref.spec) if ref.is_path else None)


class Subjects:
    """The specs of a budget file, and of SPEC arguments, which narrow it; each glob is looked up once."""

    def __init__(self, budget: Budget | None, targets: Sequence[Subject] = ()) -> None:
        self._budget = budget
        self._targets = targets
        self._found: dict[str, tuple[Subject, ...]] = {}

    def every(self) -> list[Subject]:
        """Return every spec, without variants, each once."""
        found = [target.whole for target in self._targets]
        if not self._targets and self._budget:
            rules = [pattern for rule in self._budget.rules for pattern in rule.specs or ()]
            found = self._of((*self._budget.specs, *rules))
        return list({subject.place: subject for subject in found}.values())

    def of_rule(self, rule: Rule) -> list[Subject]:
        """Return the networks a rule of the file holds for; one asked for with a variant stays so."""
        patterns = rule.specs if rule.specs is not None else self._budget.specs if self._budget else ()
        named = {subject.place: subject for subject in self._of(patterns)}
        if not self._targets:
            return list(named.values())
        mine = rule.conditions.variant
        return [
            target
            for target in self._targets
            if target.place in named and (mine is None or target.ref.variant in (None, mine))
        ]

    def _of(self, patterns: Iterable[Pattern]) -> list[Subject]:
        return [subject for pattern in patterns for subject in self._expanded(pattern)]

    def _expanded(self, pattern: Pattern) -> tuple[Subject, ...]:
        if pattern.text not in self._found:
            folder = self._budget.folder if self._budget else ""
            self._found[pattern.text] = _files(pattern, folder) if pattern.is_path else _shipped(pattern)
        return self._found[pattern.text]


def _shipped(pattern: Pattern) -> tuple[Subject, ...]:
    if pattern.text not in shipped.names():
        message = f"there is no shipped spec {pattern.text!r}"
        hint = suggest(pattern.text, shipped.names()) or "a path has a / or ends in .yaml"
        raise SpecError(Diagnostic("CC608", message, pattern.loc, hint))
    return (Subject(SpecRef(pattern.text)),)


def _files(pattern: Pattern, folder: str) -> tuple[Subject, ...]:
    if leaves(pattern.text, folder):
        hint = "name the files, or keep the budget file above them"
        message = f"{pattern.text!r} is outside the repository"
        raise SpecError(Diagnostic("CC608", message, pattern.loc, hint))
    names = matching(pattern.text, folder)
    if not names:
        place = os.path.relpath(folder)
        message = f"no spec matches {pattern.text!r}" + (f" in {place}" if place != os.curdir else "")
        raise SpecError(Diagnostic("CC608", message, pattern.loc, _near(pattern.text, folder)))
    paths = [os.path.normpath(os.path.join(folder, name)) for name in names]
    return tuple(Subject(SpecRef(_shown(path)), path) for path in paths)


def _near(text: str, folder: str) -> str | None:
    """Return a suggestion from what lies where the path points."""
    inside = os.path.dirname(text)
    try:
        names = os.listdir(os.path.join(folder, inside))
    except OSError:
        return f"there is no folder {inside!r}" if inside else None
    return suggest(text, [os.path.join(inside, name) for name in names if name.endswith((".yaml", ".yml"))])


def _shown(path: str) -> str:
    """Return a path as people would write it here: relative, with a / in it."""
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else relative
