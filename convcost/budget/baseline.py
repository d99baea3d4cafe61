"""What networks cost before: at a git ref, in a stored output, or in another spec."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple, Protocol

from convcost.budget.git import Repository
from convcost.budget.networks import Network
from convcost.budget.stored import read_reports
from convcost.budget.values import Figures
from convcost.errors import ConvcostError, Diagnostic, UsageError
from convcost.spec.locate import parse_ref

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.budget.model import Baseline, Setting
    from convcost.budget.networks import Networks

FOUND, ADDED, MISSING, INVALID = "found", "added", "missing", "invalid"

_LARGEST = 256 << 20


class Old(NamedTuple):
    """What a baseline has of a network.

    ``status``: found; added (the baseline is there, the network is not in it); missing
    (no such baseline, or it cannot have the network); invalid (the baseline's spec has mistakes). ``why`` says it.
    """

    status: str
    figures: Figures | None = None
    why: str = ""


class Before(Protocol):
    """A baseline that has been opened."""

    name: str
    whole: str
    """Why nothing of it can be had; '' if it can."""

    def figures(self, network: Network, setting: Setting) -> Old:
        """Return what a network cost under a rule's setting."""

    def text(self, path: str) -> bytes | None:
        """Return what a file said; None where the baseline holds no files, or not this one."""


def opened(baseline: Baseline, folder: str, networks: Networks, every: Iterable[Network]) -> Before:
    """Open a baseline for the networks of a run.

    ``folder`` is where its paths start. Raises UsageError for one that is there but
    unreadable, and for a git ref outside a repository.
    """
    if baseline.kind == "git":
        return _AtRef(baseline, folder, networks, every)
    path = os.path.join(folder, baseline.argument)
    if baseline.kind == "file":
        return _InFile(path, baseline)
    return _OtherSpec(baseline, folder, networks)


class _AtRef:
    """Specs as they stood at a git ref, analysed by this version."""

    def __init__(self, baseline: Baseline, folder: str, networks: Networks, every: Iterable[Network]) -> None:
        self.name = str(baseline)
        self._networks = networks
        self._repository = Repository(folder, baseline.loc)
        self._commit = self._repository.commit(baseline.argument)
        self.whole = "" if self._commit else f"the repository has no ref {baseline.argument}"
        self._texts: dict[str, bytes | None] = {}
        self._fetch({network.path for network in every if network.path})

    def _fetch(self, paths: Iterable[str]) -> None:
        wanted = sorted(set(paths) - set(self._texts))
        if wanted and self._commit:
            found = self._repository.read(self._commit, wanted)
            self._texts.update({path: found.get(path) for path in wanted})

    def text(self, path: str) -> bytes | None:
        self._fetch([path])
        return self._texts.get(path)

    def figures(self, network: Network, setting: Setting) -> Old:
        if self.whole:
            return Old(MISSING, why=self.whole)
        if network.path is None:  # it ships with convcost, which is the same on both sides
            return Old(FOUND, self._networks.figures(network, setting))
        if self._repository.inside(network.path) is None:
            return Old(MISSING, why=f"it lies outside the repository of {self.name}")
        data = self.text(network.path)
        if data is None:
            return Old(ADDED, why=f"new since {self.name}")
        try:
            return Old(FOUND, self._networks.figures(network, setting, data))
        except ConvcostError as error:
            first = error.diagnostics[0]
            if first.code == "CC312":
                return Old(ADDED, why=f"a variant new since {self.name}")
            more = len(error.diagnostics) - 1
            why = f"the spec at {self.name} is itself invalid (line {first.loc.line if first.loc else 1}: "
            return Old(INVALID, why=f"{why}{first.message}{f', and {more} more' if more else ''})")


class _InFile:
    """Figures that ``convcost analyze --json`` wrote."""

    def __init__(self, path: str, baseline: Baseline) -> None:
        self.name = str(baseline)
        self.whole = ""
        self._loc = baseline.loc
        self._folder = os.path.dirname(os.path.abspath(path))
        try:
            with open(path, "rb") as file:
                data = file.read(_LARGEST)
        except FileNotFoundError:
            self.whole = f"there is no {baseline.argument}"
            self._reports = []
            return
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "no path"
            message = f"{baseline.argument!r} cannot be read: {reason.lower()}"
            raise UsageError(Diagnostic("CC609", message, baseline.loc)) from None
        self._reports = read_reports(data, baseline.argument, baseline.loc)

    def text(self, path: str) -> bytes | None:
        del path
        return None

    def figures(self, network: Network, setting: Setting) -> Old:
        if self.whole:
            return Old(MISSING, why=self.whole)
        ref = network.at(setting).ref
        mine = [r for r in self._reports if r.variant == ref.variant and self._names(r.spec, network)]
        if not mine:
            return Old(ADDED, why=f"not in {self.name}")
        wanted = f"batch {setting.batch}, {setting.dtype}"
        size = (ref.input or "").lower()
        for report in mine:
            same_size = not size or "x".join(map(str, report.input)) == size
            if (report.batch, report.dtype) == (setting.batch, setting.dtype) and same_size:
                return Old(FOUND, Figures(report))
        has = f"batch {mine[0].batch}, {mine[0].dtype}, input {'x'.join(map(str, mine[0].input))}"
        message = f"{self.name} has {network.label} at {has}; a rule needs {wanted}"
        raise UsageError(Diagnostic("CC609", message + (f", input {size}" if size else ""), self._loc))

    def _names(self, spec: str, network: Network) -> bool:
        """Whether a stored spec means this network: the same name, or the same file."""
        if network.path is None or spec == network.ref.spec:
            return spec == network.ref.spec
        places = (os.path.abspath(spec), os.path.normpath(os.path.join(self._folder, spec)))
        return network.path in places


class _OtherSpec:
    """Another spec, to which every network is compared."""

    def __init__(self, baseline: Baseline, folder: str, networks: Networks) -> None:
        self.name = str(baseline)
        self._networks = networks
        ref = parse_ref(baseline.argument)
        path = os.path.join(folder, ref.spec) if ref.is_path else None
        self._other = Network(ref, path)
        missing = path is not None and not os.path.exists(path)
        self.whole = f"there is no {ref.spec}" if missing else ""

    def text(self, path: str) -> bytes | None:
        del path
        return None

    def figures(self, network: Network, setting: Setting) -> Old:
        del network
        if self.whole:
            return Old(MISSING, why=self.whole)
        return Old(FOUND, self._networks.figures(self._other, setting))
