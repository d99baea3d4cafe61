"""What networks cost before: at a git ref, in a stored output, or in another spec."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple, Protocol

from convcost.baseline.from_json import read_reports
from convcost.baseline.git import Repository
from convcost.baseline.subject import Subject
from convcost.errors import ConvcostError, Diagnostic, UsageError
from convcost.spec.locate import parse_ref, parse_size

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.baseline.reports import Reports
    from convcost.baseline.source import Baseline
    from convcost.baseline.subject import Conditions
    from convcost.report import Report

FOUND, ADDED, MISSING, INVALID = "found", "added", "missing", "invalid"

_LARGEST = 256 << 20
_UNKNOWN_VARIANT = "CC312"


class Old(NamedTuple):
    """What a baseline has of a network.

    ``status``: found; added (the baseline is there, the network is not in it); missing
    (no such baseline, or it cannot have the network); invalid (the baseline's spec has mistakes). ``why`` says it.
    """

    status: str
    report: Report | None = None
    why: str = ""


class Before(Protocol):
    """A baseline that has been opened."""

    name: str
    whole: str
    """Why nothing of it can be had; '' if it can."""

    def report(self, subject: Subject, conditions: Conditions) -> Old:
        """Return what a network cost under the same conditions."""

    def text(self, path: str) -> bytes | None:
        """Return what a file said; None where the baseline holds no files, or not this one."""


def opened(baseline: Baseline, folder: str, reports: Reports, every: Iterable[Subject]) -> Before:
    """Open a baseline for the networks of a run.

    ``folder`` is where its paths start. Raises UsageError for one that is there but
    unreadable, and for a git ref outside a repository.
    """
    if baseline.kind == "git":
        return _AtRef(baseline, folder, reports, every)
    if baseline.kind == "file":
        return _InFile(os.path.join(folder, baseline.argument), baseline)
    return _OtherSpec(baseline, folder, reports)


class _AtRef:
    """Specs as they stood at a git ref, analysed by this version."""

    def __init__(self, baseline: Baseline, folder: str, reports: Reports, every: Iterable[Subject]) -> None:
        self.name = str(baseline)
        self._reports = reports
        self._repository = Repository(folder, baseline.loc)
        self._commit = self._repository.commit(baseline.argument)
        self.whole = "" if self._commit else f"the repository has no ref {baseline.argument}"
        self._texts: dict[str, bytes | None] = {}
        self._fetch({subject.path for subject in every if subject.path})

    def _fetch(self, paths: Iterable[str]) -> None:
        wanted = sorted(set(paths) - set(self._texts))
        if wanted and self._commit:
            found = self._repository.read(self._commit, wanted)
            self._texts.update({path: found.get(path) for path in wanted})

    def text(self, path: str) -> bytes | None:
        self._fetch([path])
        return self._texts.get(path)

    def report(self, subject: Subject, conditions: Conditions) -> Old:
        if self.whole:
            return Old(MISSING, why=self.whole)
        if subject.path is None:  # it ships with convcost, which is the same on both sides
            return Old(FOUND, self._reports.report(subject, conditions))
        if self._repository.inside(subject.path) is None:
            return Old(MISSING, why=f"it is outside the repository of {self.name}")
        data = self.text(subject.path)
        if data is None:
            return Old(ADDED, why=f"new since {self.name}")
        try:
            return Old(FOUND, self._reports.report(subject, conditions, data))
        except ConvcostError as error:
            return self._invalid(error)

    def _invalid(self, error: ConvcostError) -> Old:
        first, *more = error.diagnostics
        if first.code == _UNKNOWN_VARIANT:
            return Old(ADDED, why=f"a variant new since {self.name}")
        why = f"the spec at {self.name} is itself invalid (line {first.loc.line if first.loc else 1}: "
        return Old(INVALID, why=f"{why}{first.message}{f', and {len(more)} more' if more else ''})")


class _InFile:
    """Figures that ``convcost analyze --json`` wrote."""

    def __init__(self, path: str, baseline: Baseline) -> None:
        self.name = str(baseline)
        self._loc = baseline.loc
        self._folder = os.path.dirname(os.path.abspath(path))
        data = _contents(path, baseline)
        self.whole = f"there is no {baseline.argument}" if data is None else ""
        self._stored = [] if data is None else read_reports(data, baseline.argument, baseline.loc)

    def text(self, path: str) -> bytes | None:
        del path
        return None

    def report(self, subject: Subject, conditions: Conditions) -> Old:
        if self.whole:
            return Old(MISSING, why=self.whole)
        ref = subject.at(conditions).ref
        mine = [r for r in self._stored if r.variant == ref.variant and self._names(r.spec, subject)]
        if not mine:
            return Old(ADDED, why=f"not in {self.name}")
        size = None if ref.input is None else parse_size(ref.input)
        for report in mine:
            alike = (report.batch, report.dtype) == (conditions.batch, conditions.dtype)
            if alike and size in (None, report.input):
                return Old(FOUND, report)
        has = f"batch {mine[0].batch}, {mine[0].dtype}, input {_written(mine[0].input)}"
        wanted = f"batch {conditions.batch}, {conditions.dtype}{f', input {_written(size)}' if size else ''}"
        message = f"{self.name} has {subject.label} at {has}; a rule needs {wanted}"
        raise UsageError(Diagnostic("CC609", message, self._loc))

    def _names(self, spec: str, subject: Subject) -> bool:
        """Whether a stored spec means this network: the same name, or the same file."""
        if subject.path is None or spec == subject.ref.spec:
            return spec == subject.ref.spec
        places = (os.path.abspath(spec), os.path.normpath(os.path.join(self._folder, spec)))
        return subject.path in places


def _contents(path: str, baseline: Baseline) -> bytes | None:
    """Return a file's bytes; None where there is no such file."""
    try:
        with open(path, "rb") as file:
            return file.read(_LARGEST)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no path"
        message = f"{baseline.argument!r} cannot be read: {reason.lower()}"
        raise UsageError(Diagnostic("CC609", message, baseline.loc)) from None


def _written(size: Iterable[int]) -> str:
    return "x".join(map(str, size))


class _OtherSpec:
    """Another spec, to which every network is compared."""

    def __init__(self, baseline: Baseline, folder: str, reports: Reports) -> None:
        self.name = str(baseline)
        self._reports = reports
        ref = parse_ref(baseline.argument)
        path = os.path.join(folder, ref.spec) if ref.is_path else None
        self._other = Subject(ref, path)
        missing = path is not None and not os.path.exists(path)
        self.whole = f"there is no {ref.spec}" if missing else ""

    def text(self, path: str) -> bytes | None:
        del path
        return None

    def report(self, subject: Subject, conditions: Conditions) -> Old:
        del subject
        if self.whole:
            return Old(MISSING, why=self.whole)
        return Old(FOUND, self._reports.report(self._other, conditions))
