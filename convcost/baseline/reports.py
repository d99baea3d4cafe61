"""The reports of one run: each spec read once, each network analysed once under the same conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.engine import analyze
from convcost.spec import load_text
from convcost.spec.locate import SpecRef, read_bytes

if TYPE_CHECKING:
    from convcost.baseline.subject import Conditions, Subject
    from convcost.ir import Graph
    from convcost.report import Report


class Reports:
    """Reads and analyses, and remembers. Networks with the same text are the same."""

    def __init__(self) -> None:
        self._texts: dict[str, tuple[str, bytes]] = {}
        self._graphs: dict[tuple[object, ...], Graph] = {}
        self._reports: dict[tuple[object, ...], Report] = {}

    def text(self, subject: Subject) -> tuple[str, bytes]:
        """Return a spec's display name and bytes; SpecError or UsageError where it cannot be had."""
        place = subject.place
        if place not in self._texts:
            name, data = read_bytes(SpecRef(place))
            self._texts[place] = (subject.ref.spec if subject.path else name, data)
        return self._texts[place]

    def report(self, subject: Subject, conditions: Conditions, data: bytes | None = None) -> Report:
        """Return a network's report; ``data`` is the spec's text where it is not what is on disk now."""
        graph = self.graph(subject, conditions, data)
        key = (*self._key(subject, conditions, data), conditions.batch, conditions.dtype)
        if key not in self._reports:
            self._reports[key] = analyze(graph, conditions.batch, conditions.dtype)
        return self._reports[key]

    def graph(self, subject: Subject, conditions: Conditions, data: bytes | None = None) -> Graph:
        """Return a network's graph."""
        key = self._key(subject, conditions, data)
        if key not in self._graphs:
            ref = subject.at(conditions).ref
            name, here = self.text(subject) if data is None else (ref.spec, data)
            self._graphs[key] = load_text(here, name, ref.variant, dict(ref.sets), ref.input, spec=ref.spec)
        return self._graphs[key]

    def _key(self, subject: Subject, conditions: Conditions, data: bytes | None) -> tuple[object, ...]:
        return (self.text(subject)[1] if data is None else data, *subject.at(conditions).ref)
