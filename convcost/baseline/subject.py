"""Which network is meant: a spec, and the conditions it is looked at under."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from convcost.spec.locate import SpecRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """A variant of a spec, and what is analysed of it.

    ``input`` is written as on the command line: ``3x160x160``.
    """

    variant: str | None = None
    input: str | None = None
    batch: int = 1
    dtype: str = "float32"


AS_WRITTEN = Conditions()


class Subject(NamedTuple):
    """A spec and the network meant of it. ``path`` is None for one that ships by name."""

    ref: SpecRef
    path: str | None = None

    @property
    def place(self) -> str:
        """What its text is read from: a path, or a shipped name."""
        return self.path or self.ref.spec

    @property
    def whole(self) -> Subject:
        """The spec alone, whatever variant and settings were asked for."""
        return Subject(SpecRef(self.ref.spec), self.path)

    @property
    def label(self) -> str:
        """What people call it: ``nets/a.yaml@50``."""
        ref = self.ref
        words = [ref.variant or "", *(f"{name}={text}" for name, text in ref.sets)]
        words += [f"input={ref.input}"] if ref.input else []
        settings = ",".join(words).rstrip(",")
        return f"{ref.spec}@{settings}" if settings else ref.spec

    def at(self, conditions: Conditions) -> Subject:
        """Return the network that conditions mean; what the reference says itself wins."""
        ref = self.ref
        variant = ref.variant if ref.variant is not None else conditions.variant
        size = ref.input if ref.input is not None else conditions.input
        return self._replace(ref=ref._replace(variant=variant, input=size))
