"""Which rule is to be held against which network."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from convcost.budget.files import leaves, matching
from convcost.budget.networks import Network
from convcost.budget.read import own_rules
from convcost.errors import ConvcostError, Diagnostic, SpecError, UsageError, suggest
from convcost.spec import shipped
from convcost.spec.locate import STDIN, SpecRef, parse_ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from convcost.budget.model import Budget, Pattern, Rule
from convcost.budget.networks import Networks


class Job(NamedTuple):
    """A rule and a network it holds for."""

    rule: Rule
    network: Network


def target(spec: str) -> Network:
    """Return the network a SPEC argument names."""
    ref = parse_ref(spec)
    if ref.spec == STDIN:
        raise UsageError(Diagnostic("CC608", "a budget holds for specs that are files or ship by name"))
    return Network(ref, os.path.abspath(ref.spec) if ref.is_path else None)


class Planner:
    """Finds the networks of a budget file and of SPEC arguments, and the rules for each."""

    def __init__(self, budget: Budget | None, targets: Sequence[Network], networks: Networks) -> None:
        self._budget = budget
        self._targets = targets
        self._networks = networks
        self._expanded: dict[str, tuple[Network, ...]] = {}
        self.own: dict[Network, dict[str | None, tuple[Rule, ...]]] = {}
        self.errors: list[ConvcostError] = []
        self._unreadable: set[str] = set()

    def specs(self) -> list[Network]:
        """Return every spec of this run, without variants, each once."""
        found = [Network(SpecRef(t.ref.spec), t.path) for t in self._targets]
        if not self._targets and self._budget:
            patterns = [p for rule in self._budget.rules for p in rule.specs or ()]
            found = [n for p in (*self._budget.specs, *patterns) for n in self._expand(p)]
        return list({_place(network): network for network in found}.values())

    def jobs(self) -> list[Job]:
        """Return all jobs, those of one network together."""
        own = list(self._of_specs())
        jobs = [job for job in (*self._of_file(), *own) if _place(job.network) not in self._unreadable]
        order = {place: i for i, place in enumerate(dict.fromkeys(_place(job.network) for job in jobs))}
        return sorted(jobs, key=lambda job: order[_place(job.network)])

    def _of_file(self) -> Iterable[Job]:
        budget = self._budget
        for rule in budget.rules if budget else ():
            patterns = budget.specs if rule.specs is None and budget else rule.specs or ()
            networks = {_place(n): n for p in patterns for n in self._expand(p)}
            yield from (Job(rule, n) for n in self._chosen(rule, networks))

    def _chosen(self, rule: Rule, networks: dict[str, Network]) -> list[Network]:
        """Narrow a rule's networks to those asked for; one asked for with a variant stays so."""
        if not self._targets:
            return list(networks.values())
        mine = rule.setting.variant
        return [
            t
            for t in self._targets
            if _place(t) in networks and (mine is None or t.ref.variant is None or t.ref.variant == mine)
        ]

    def _of_specs(self) -> Iterable[Job]:
        """Return the jobs of the budgets that specs carry themselves."""
        asked = {_place(t): t.ref for t in self._targets}
        for network in self.specs():
            try:
                name, data = self._networks.text(network)
                rules = own_rules(data, name) if b"budget" in data else {}
            except ConvcostError as error:
                self.errors.append(error)
                self._unreadable.add(_place(network))
                continue
            self.own[network] = rules
            ref = asked.get(_place(network))
            for variant, mine in rules.items():
                if ref is None or ref == SpecRef(ref.spec) or ref == SpecRef(ref.spec, variant):
                    yield from (Job(rule, network) for rule in mine)

    def _expand(self, pattern: Pattern) -> tuple[Network, ...]:
        if pattern.text not in self._expanded:
            self._expanded[pattern.text] = self._found(pattern)
        return self._expanded[pattern.text]

    def _found(self, pattern: Pattern) -> tuple[Network, ...]:
        if not pattern.is_path:
            if pattern.text not in shipped.names():
                message = f"there is no shipped spec {pattern.text!r}"
                hint = suggest(pattern.text, shipped.names()) or "a path has a / or ends in .yaml"
                raise SpecError(Diagnostic("CC608", message, pattern.loc, hint))
            return (Network(SpecRef(pattern.text)),)
        folder = self._budget.folder if self._budget else ""
        if leaves(pattern.text, folder):
            hint = "name the files, or keep the budget file above them"
            raise SpecError(
                Diagnostic("CC608", f"{pattern.text!r} looks outside the repository", pattern.loc, hint)
            )
        names = matching(pattern.text, folder)
        if not names:
            place = os.path.relpath(folder)
            message = f"no spec matches {pattern.text!r}" + (f" in {place}" if place != os.curdir else "")
            raise SpecError(Diagnostic("CC608", message, pattern.loc, _near(pattern.text, folder)))
        paths = [os.path.normpath(os.path.join(folder, name)) for name in names]
        return tuple(Network(SpecRef(_shown(path)), path) for path in paths)


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


def _place(network: Network) -> str:
    return network.path or network.ref.spec
