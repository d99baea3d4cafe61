"""A network run for real: the time of every layer and of the whole, the memory it took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from convcost.engine import analyze
from convcost.errors import Diagnostic, UsageError
from convcost.torch_backend.machine import Machine, describe, pick_device, threads
from convcost.torch_backend.profile_clock import Spread, spread
from convcost.torch_backend.profile_memory import Peak, measured_peak
from convcost.torch_backend.runner import How, Pass, Subject, check_fits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from convcost.ir import Graph
    from convcost.report import Report


@dataclass(frozen=True, slots=True)
class Profile:
    """Times in nanoseconds, one entry per repetition; ``passes`` are those whose layers were watched.

    ``peak`` is what the allocator gave in one pass. ``notes`` are sentences to be read with it.
    """

    report: Report
    how: How
    machine: Machine
    whole: tuple[int, ...]
    passes: tuple[Pass, ...]
    peak: Peak
    notes: tuple[str, ...] = ()

    def total(self) -> Spread:
        """Return the time of the whole network, unwatched."""
        return spread(self.whole)

    def layers_together(self) -> Spread | None:
        """Return the layers' times added up; None where they were not taken."""
        return self.of(layer.name for layer in self.report.layers) if self.passes else None

    def of(self, names: Iterable[str]) -> Spread:
        """Return the time these layers took together, forward and backward."""
        wanted = list(names)
        return spread([sum(p.forward.get(n, 0) + p.backward.get(n, 0) for n in wanted) for p in self.passes])

    def part(self, name: str, *, backward: bool) -> Spread:
        """Return a layer's time in one of the two directions."""
        return spread([(p.backward if backward else p.forward).get(name, 0) for p in self.passes])


def profile(graph: Graph, how: How, tick: Callable[[], None] = lambda: None) -> Profile:
    """Run a network and return its times and its memory; ``tick`` is called after every pass.

    Raises UsageError for a device that is not there, for a network that does not fit into
    memory (estimated first), and for a dtype that a layer does not run in.
    """
    return profile_all({graph.name: graph}, how, tick)[0]


def passes_of(how: How, networks: int = 1) -> int:
    """Return how many times ``tick`` is called."""
    return networks * (how.warmup + how.repeat * (1 if how.compile else 2))


def profile_all(graphs: dict[str, Graph], how: How, tick: Callable[[], None] = lambda: None) -> list[Profile]:
    """Run several networks in turn (A B A B), so that what changes on the machine meets them alike."""
    if how.repeat < 1:
        raise UsageError(Diagnostic("CC708", f"a network is to be run at least once, not {how.repeat} times"))
    how = how._replace(device=pick_device(how.device))
    reports = {name: analyze(graph, how.batch, how.dtype, how.device) for name, graph in graphs.items()}
    check_fits(reports, how)
    with threads(how.threads):
        subjects = [Subject(graph, how) for graph in graphs.values()]
        for subject in subjects:
            subject.try_out()
        whole, passes = _timed(subjects, how, tick)
        return [
            Profile(
                report=report,
                how=how,
                machine=describe(how.device),
                whole=tuple(whole[i]),
                passes=tuple(passes[i]),
                peak=measured_peak(subjects[i]),
                notes=tuple(_notes(subjects[i])),
            )
            for i, report in enumerate(reports.values())
        ]


def _timed(
    subjects: list[Subject], how: How, tick: Callable[[], None]
) -> tuple[list[list[int]], list[list[Pass]]]:
    for _ in range(how.warmup):
        for subject in subjects:
            subject.whole()
            tick()
    whole: list[list[int]] = [[] for _ in subjects]
    passes: list[list[Pass]] = [[] for _ in subjects]
    for _ in range(how.repeat):
        for times, subject in zip(whole, subjects, strict=True):
            times.append(subject.whole())
            tick()
        if not how.compile:
            for watched, subject in zip(passes, subjects, strict=True):
                watched.append(subject.layered())
                tick()
    return whole, passes


def _notes(subject: Subject) -> list[str]:
    notes = []
    if subject.first_not_finite is not None:
        notes.append(
            f"{subject.first_not_finite} is the first layer whose output holds NaN or infinity in "
            f"{subject.how.dtype}: the times hold, the values mean nothing"
        )
    if subject.how.compile:
        notes.append("compiled as one, the layers cannot be timed apart")
    return notes
