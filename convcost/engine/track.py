"""A line of positions, and which pixels of one dim of an input each of them sees: exactly.

What positions see repeats: after ``period`` positions everything lies ``shift`` pixels further.
A convolution's period is 1, and so is its input's; behind an upsampling by 4 there are four
kinds of positions.
"""

from __future__ import annotations

from math import gcd, lcm
from typing import TYPE_CHECKING

from convcost.ir import SELF, Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from convcost.report import Span

    Number = int | Fraction

LONGEST = 4096
"""Beyond so many kinds of positions, they are all taken for the widest (see ``_evened``)."""


class Track:
    """Positions 0 to ``size`` - 1, and what they see of a dim of ``pixels`` pixels.

    Position ``turns · period + phase`` sees ``spans[phase]``, ``turns · shift`` further on (None:
    nothing), also before 0 and from ``size`` on, as far as padding is concerned. ``reads`` are
    the tracks it was made of, ``depth`` the length of the way back to the input.
    """

    __slots__ = ("_known", "depth", "period", "pixels", "reads", "shift", "size", "spans")

    def __init__(
        self,
        size: int,
        pixels: int,
        spans: tuple[tuple[Number, Number] | None, ...],
        shift: Number,
        reads: tuple[tuple[Track, Window], ...] = (),
    ) -> None:
        self.size = size
        self.pixels = pixels
        self.period = len(spans)
        self.shift = shift
        self.spans = spans
        self.reads = reads
        self._known: dict[object, Track] = {}  # dims that are alike share their tracks
        self.depth: int = 1 + max([track.depth for track, _ in reads], default=0)

    @classmethod
    def of_input(cls, pixels: int) -> Track:
        """Return the pixels themselves."""
        return cls(pixels, pixels, ((0, 0),), 1)

    @property
    def slope(self) -> Number:
        """Pixels from one position to the next, on the whole."""
        if self.shift % self.period == 0:
            return self.shift // self.period
        from fractions import Fraction  # 5 ms that most networks never pay

        return Fraction(self.shift, self.period)

    @property
    def stands(self) -> bool:
        """Whether all positions see the same, or nothing."""
        return self.shift == 0

    def at(self, place: int) -> Span | None:
        """Return the pixels a position sees, None for none; in the padding they go on."""
        turns, phase = divmod(place, self.period)
        span = self.spans[phase]
        if span is None:
            return None
        moved = turns * self.shift
        return (span[0] + moved) // 1, -(-(span[1] + moved) // 1)

    def over(self, places: range) -> Span | None:
        """Return what these positions see together: a period at either end says it all."""
        if len(places) <= 2 * self.period:
            return hull([self.at(place) for place in places])
        return hull([self.at(place) for place in (*places[: self.period], *places[-self.period :])])

    def read(self, window: Window, size: int) -> Track:
        """Return a track of ``size`` positions that read this one's through a window."""
        key = (window, size)
        if key not in self._known:
            self._known[key] = self._read(window, size)
        return self._known[key]

    def _read(self, window: Window, size: int) -> Track:
        common = gcd(window.step, window.per)
        ahead, turn = window.step // common, window.per // common  # turn positions on, it reads ahead further
        times = self.period // gcd(ahead, self.period)
        reads = ((self, window),)
        if turn * times > LONGEST:
            return _evened(size, reads)
        spans = tuple([self.over(window.taps(place)) for place in range(turn * times)])
        return Track(size, self.pixels, spans, ahead * times // self.period * self.shift, reads)

    def stopped(self, size: int) -> Track:
        """Return ``size`` positions that all see what position 0 does, in the input."""
        return Track(size, self.pixels, (clip(self.at(0), self.pixels),), 0, ((self, Window(0, 0, 0)),))


def united(tracks: Sequence[Track]) -> Track:
    """Return what positions see on several tracks together; none may run ahead of the others."""
    known, key = tracks[0]._known, tuple(tracks)  # noqa: SLF001  # a track of this module
    if key not in known:
        known[key] = _united(tracks)
    return known[key]


def _united(tracks: Sequence[Track]) -> Track:
    first = tracks[0]
    if all(track.period == 1 and track.shift == first.shift for track in tracks):  # most are
        together = (hull([track.at(0) for track in tracks]),)
        reads = tuple([(track, SELF) for track in tracks])
        return Track(first.size, first.pixels, together, first.shift, reads)
    reads = tuple([(track, SELF) for track in tracks])
    period = lcm(*[track.period for track in tracks])
    if period > LONGEST or any(track.slope != first.slope for track in tracks):
        return _evened(first.size, reads)
    spans = tuple([hull([track.at(place) for track in tracks]) for place in range(period)])
    return Track(first.size, first.pixels, spans, period // first.period * first.shift, reads)


def hull(spans: Iterable[Span | None]) -> Span | None:
    """Return from the first to the last of what is seen; None of nothing."""
    every = [span for span in spans if span is not None]
    return (min([low for low, _ in every]), max([high for _, high in every])) if every else None


def clip(span: Span | None, pixels: int) -> Span | None:
    """Return the part of a span that is in the input; None for none."""
    if span is None:
        return None
    low, high = max(span[0], 0), min(span[1], pixels - 1)
    return (low, high) if low <= high else None


def _evened(size: int, reads: tuple[tuple[Track, Window], ...]) -> Track:
    """Return a track of period 1, whose positions see all that the exact ones see, or a little more.

    Every track read lies between two lines; so do its windows, and the whole lies between the
    lines of the steepest slope that hold those at both ends.
    """
    lines = [line for track, window in reads if (line := _lines(track, window))]
    pixels = reads[0][0].pixels
    if not lines:
        return Track(size, pixels, (None,), 0, reads)
    slope = max([each[2] for each in lines])
    drops = [(each, (size - 1) * (each[2] - slope)) for each in lines]
    low = min([low + min(0, drop) for (low, _, _), drop in drops])
    high = max([high + max(0, drop) for (_, high, _), drop in drops])
    return Track(size, pixels, ((low, high),), slope, reads)


def _lines(track: Track, window: Window) -> tuple[Number, Number, Number] | None:
    """Return first and last pixel at position 0 and the slope of what a window sees of a track, at most."""
    from fractions import Fraction

    spans = [(phase, span) for phase, span in enumerate(track.spans) if span is not None]
    if not spans:
        return None
    slope = Fraction(track.shift, track.period)
    low = min([span[0] - phase * slope for phase, span in spans])
    high = max([span[1] - phase * slope for phase, span in spans])
    first = Fraction(window.first - window.per + 1, window.per) - window.beyond
    last = Fraction(window.last, window.per) + window.beyond
    return low + first * slope, high + last * slope, Fraction(slope * window.step, window.per)
