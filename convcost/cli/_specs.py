"""Running over the specs of a command: each on its own, so that one failure hides no other."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

from convcost.cli._output import Terminal, bug, diagnosed
from convcost.errors import ConvcostError
from convcost.spec.locate import STDIN, checked_size, parse_ref, read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from convcost.cli._options import Settings
    from convcost.ir import Graph
    from convcost.report import Report
    from convcost.transforms.convolutionalize import FullyConvolutional

T = TypeVar("T")
MIB = 1 << 20
BUG = 3


class Failures(NamedTuple):
    """What is said on stderr, and the worst exit code."""

    text: str
    code: int


def each(specs: Iterable[str], work: Callable[[str], T], color: str) -> tuple[list[tuple[str, T]], Failures]:
    """Do the work for every spec; return (spec, result) of those that worked, and the rest."""
    done: list[tuple[str, T]] = []
    said: list[str] = []
    worst = 0
    for spec in specs:
        result, failure = _tried(work, spec, color)
        worst = max(worst, failure.code)
        if failure.code:
            said.append(failure.text)
        else:
            done.append((spec, cast("T", result)))
    return done, Failures("\n".join(said), worst)


def _tried(work: Callable[[str], T], spec: str, color: str) -> tuple[T | None, Failures]:
    try:
        return work(spec), Failures("", 0)
    except ConvcostError as error:
        return None, Failures(diagnosed(error, Terminal.of(sys.stderr, color)), error.exit_code)
    except Exception as error:  # noqa: BLE001  (our bug with this spec; the others still count)
        return None, Failures(bug(error, spec), BUG)


def with_variants(specs: Iterable[str], reader: Reader, color: str) -> tuple[list[str], Failures]:
    """Return all specs with each of their variants, and what is said of those without form."""
    found, failures = each(specs, lambda spec: variants(spec, reader.stdin(spec)), color)
    return [variant for _, those in found for variant in those], failures


def both(first: Failures, second: Failures) -> Failures:
    """Return two passes' failures as one."""
    said = [failures.text for failures in (first, second) if failures.text]
    return Failures("\n".join(said), max(first.code, second.code))


class Reader:
    """Reads and analyses specs under a command's settings; standard input is read once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stdin: bytes | None = None

    def graph(self, spec: str) -> Graph:
        """Return a spec's graph; what may work in place is not decided yet."""
        from convcost.spec import load

        settings = self._settings
        return load(spec, sets=settings.sets, input=settings.input, stdin=self.stdin(spec))

    def settled(self, spec: str) -> Graph:
        """Return a spec's graph, what works in place decided."""
        from convcost.engine import settle

        return settle(self.graph(spec))

    def report(self, spec: str) -> Report:
        """Return a spec's figures."""
        from convcost.api import figures

        settings = self._settings
        return figures(self.graph(spec), settings.batch, settings.dtype, settings.device)

    def report_of(self, graph: Graph) -> Report:
        """Return a graph's figures under the command's settings."""
        from convcost.api import figures

        settings = self._settings
        return figures(graph, settings.batch, settings.dtype, settings.device)

    def fully_convolutional(self, spec: str) -> tuple[FullyConvolutional, Report, Report]:
        """Return a spec as convolutions at --input, the report of its own size, and of the map.

        Its own input is the size it is trained on.
        """
        from convcost.engine import settle
        from convcost.spec import load
        from convcost.spec.locate import parse_ref
        from convcost.transforms.convolutionalize import convolutionalize

        ref = parse_ref(spec)
        asked = ref.input if self._settings.input is None else self._settings.input
        trained = load(ref._replace(input=None), sets=self._settings.sets, stdin=self.stdin(spec))
        size = None if asked is None else checked_size(asked)
        result = convolutionalize(settle(trained), size)
        return result, self.report_of(trained), self.report_of(result.graph)

    def full_report(self, graph: Graph, also: tuple[str, ...] = ()) -> Report:
        """Return a graph's figures, and what its 1×1 reductions buy."""
        from convcost.api import analyze

        s = self._settings
        return analyze(graph, batch=s.batch, dtype=s.dtype, device=s.device, also=also)

    def stdin(self, spec: str) -> bytes | None:
        """Return standard input if that is what the spec means (no more than the reader takes)."""
        if parse_ref(spec).spec != STDIN:
            return None
        if self._stdin is None:
            self._stdin = sys.stdin.buffer.read(MIB + 1) if sys.stdin else b""
        return self._stdin


def variants(spec: str, stdin: bytes | None = None) -> list[str]:
    """Return what to say for every variant of a spec: ``resnet@18``, ``resnet@34``, ...

    The spec itself comes first, unless a variant changes nothing and so stands for it. A
    spec that already names a variant or settings stays alone. Raises ConvcostError where
    the spec's form is wrong.
    """
    from convcost.spec.document import parse_document
    from convcost.spec.log import Log
    from convcost.spec.read import decode, read

    ref = parse_ref(spec)
    if ref.variant is not None or ref.sets or ref.input:
        return [spec]
    log = Log()
    name, data = read_bytes(ref, stdin)
    document = parse_document(read(decode(data, name), log), log)
    log.raise_if_any()
    own = [] if any(not overrides for overrides in document.variants.values()) else [spec]
    return own + [f"{spec}@{variant}" for variant in document.variants]
