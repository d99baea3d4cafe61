"""The networks of one run: each spec read once, each network analysed once per setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.budget.values import Figures
from convcost.engine import analyze
from convcost.spec import load_text
from convcost.spec.locate import SpecRef, read_bytes

if TYPE_CHECKING:
    from convcost.budget.model import Setting
    from convcost.ir import Graph


class Network(NamedTuple):
    """A spec and the network meant of it. ``path`` is None for one that ships by name."""

    ref: SpecRef
    path: str | None = None

    @property
    def label(self) -> str:
        """What people call it: ``nets/a.yaml@50``."""
        ref = self.ref
        words = [ref.variant or "", *(f"{name}={text}" for name, text in ref.sets)]
        words += [f"input={ref.input}"] if ref.input else []
        behind = ",".join(words).rstrip(",")
        return f"{ref.spec}@{behind}" if behind else ref.spec

    def at(self, setting: Setting) -> Network:
        """Return the network a rule's setting means; what the reference says itself wins."""
        ref = self.ref
        variant = ref.variant if ref.variant is not None else setting.variant
        return self._replace(ref=ref._replace(variant=variant, input=ref.input or setting.input))


class Networks:
    """Reads and analyses, and remembers. Networks with the same text are the same."""

    def __init__(self) -> None:
        self._texts: dict[str, tuple[str, bytes]] = {}
        self._graphs: dict[tuple[object, ...], Graph] = {}
        self._figures: dict[tuple[object, ...], Figures] = {}

    def text(self, network: Network) -> tuple[str, bytes]:
        """Return a spec's display name and bytes; SpecError or UsageError where it cannot be had."""
        spec = network.ref.spec
        if spec not in self._texts:
            ref = SpecRef(network.path) if network.path else SpecRef(spec)
            name, data = read_bytes(ref)
            self._texts[spec] = (spec if network.path else name, data)
        return self._texts[spec]

    def figures(
        self, network: Network, setting: Setting, data: bytes | None = None, *, saving: bool = False
    ) -> Figures:
        """Return a network's figures under a rule's setting.

        ``data`` is the spec's text where it is not what stands on disk (a baseline);
        ``saving``: with the macs it would have without 1×1 reductions.
        """
        network = network.at(setting)
        name, here = self.text(network) if data is None else (network.ref.spec, data)
        key = (*_identity(here, network.ref), setting.batch, setting.dtype, saving)
        if key not in self._figures:
            graph = self.graph(network, name, here)
            without = _without(graph, setting) if saving else None
            self._figures[key] = Figures(analyze(graph, setting.batch, setting.dtype), without)
        return self._figures[key]

    def graph(self, network: Network, name: str, data: bytes) -> Graph:
        """Return the graph of a spec's text."""
        ref = network.ref
        key = _identity(data, ref)
        if key not in self._graphs:
            self._graphs[key] = load_text(data, name, ref.variant, dict(ref.sets), ref.input, spec=ref.spec)
        return self._graphs[key]


def _identity(data: bytes, ref: SpecRef) -> tuple[object, ...]:
    return (data, ref.spec, ref.variant, ref.sets, ref.input)


def _without(graph: Graph, setting: Setting) -> dict[str, int]:
    """Return every layer's macs in the network without its 1×1 reductions."""
    from convcost.reductions.without import without_reductions

    bare = analyze(without_reductions(graph).graph, setting.batch, setting.dtype)
    return {layer.name: layer.metric("macs") for layer in bare.layers}
