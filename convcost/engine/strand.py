"""How a tensor's axes run along tracks, and what ops do to that.

A position of a tensor is a place on a track: the sum of its digits, each read off an index.
As a rule there is one, the index on a spatial axis itself. A reshape cuts an index into digits
or joins them again, a permute carries them elsewhere; space-to-depth does both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.engine.track import Track, clip, hull, united
from convcost.exact import prod
from convcost.ir import SELF, Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from convcost.engine.op_facts import Reach
    from convcost.ir import Shape
    from convcost.report import Span

MOST = 6
"""Tracks of as many slopes are kept apart; more are evened out."""


class Digit(NamedTuple):
    """``weight`` · (⌊index on ``axis`` / ``low``⌋ mod ``size``)."""

    axis: int
    low: int
    size: int
    weight: int

    @property
    def window(self) -> Window:
        """What reads the digit whole: every value it takes."""
        return Window(1, 0, (self.size - 1) * self.weight, every=self.weight)


class Strand(NamedTuple):
    """A track, and where on it a tensor's position is. Without digits: at its only place."""

    track: Track
    digits: tuple[Digit, ...]

    def place(self, position: Shape) -> int:
        """Return the place on the track of a position, one index per axis."""
        return sum([d.weight * (position[d.axis] // d.low % d.size) for d in self.digits])

    def without(self, gone: Sequence[Digit]) -> Strand:
        """Return the strand of positions that see all values of some digits."""
        track = self.track
        for digit in gone:
            track = track.read(digit.window, track.size)
        left = tuple([digit for digit in self.digits if digit not in gone])
        return Strand(track, left) if left or not gone else Strand(track.stopped(1), ())

    def through(self, reach: Reach, shape: Shape, output: Shape) -> Strand:
        """Return the strand of an op's output, ``shape`` being that of this input."""
        if not self.digits or (reach.across and all(digit.axis for digit in self.digits)):
            return self
        if len(self.digits) == 1 and not reach.regroups:
            axis, low, size, weight = self.digits[0]
            window = _window(axis, reach)
            if window and window.step and low == weight == 1 and 1 < size == shape[axis]:  # as a rule
                along = reach.axis_of[axis]
                track = self.track.read(window, output[along])
                return Strand(track, (Digit(along, 1, output[along], 1),))
        if reach.regroups:
            return self.regrouped(shape, output)
        mixed = [d for d in self.digits if _is_mixed(d.axis, reach, shape, output)]
        kept = self.without(mixed)
        if not kept.digits:
            return kept.spread([after for d in mixed if (after := reach.axis_of.get(d.axis))], output)
        sliding = [d for d in kept.digits if (_window(d.axis, reach) or SELF) != SELF]
        if sliding:
            return kept.slid(max(sliding, key=lambda d: (d.weight, d.low)), reach, shape, output)
        return Strand(kept.track, tuple([d._replace(axis=reach.axis_of[d.axis]) for d in kept.digits]))

    def spread(self, axes: list[int], output: Shape) -> Strand:
        """Return the strand of positions along an axis that all see the same, as far as there are any."""
        if not axes:
            return self
        size = output[axes[0]]
        return Strand(self.track.stopped(size), (Digit(axes[0], 1, size, 1),))

    def slid(self, digit: Digit, reach: Reach, shape: Shape, output: Shape) -> Strand:
        """Return the strand behind a window on a digit's axis, of which it must be the leading one."""
        kept = self.without([each for each in self.digits if each != digit])
        window = _window(digit.axis, reach)
        if window is None or digit.low * digit.size != shape[digit.axis]:
            return kept.without(kept.digits)
        track, after = kept.track, reach.axis_of[digit.axis]
        if digit.weight != 1:
            track = track.read(Window(digit.weight, 0, 0), digit.size)
        if digit.low != 1:
            track = track.read(Window(1, 0, 0, per=digit.low), shape[digit.axis])
        return Strand(track.read(window, output[after]), (Digit(after, 1, output[after], 1),))

    def regrouped(self, shape: Shape, output: Shape) -> Strand:
        """Return the strand where the elements stay in their order, under other axes."""
        found: list[Digit] = []
        lost: list[Digit] = []
        for digit in self.digits:
            parts = _cut(digit, digit.low * prod(shape[digit.axis + 1 :]), output)
            found += parts or ()
            lost += [digit] if parts is None else []
        kept = self.without(lost)
        return Strand(kept.track, _joined(found)) if found else kept.without(kept.digits)


Seen = tuple[Strand, ...]
"""What a tensor's positions see of one dim of an input: on every strand, together."""


def gathered(strands: Iterable[Strand]) -> Seen:
    """Return strands with those that run alike made one."""
    groups: dict[tuple[Digit, ...], dict[Track, None]] = {}
    for strand in strands:
        groups.setdefault(strand.digits, {})[strand.track] = None
    return tuple([Strand(track, digits) for digits, each in groups.items() for track in _merged(list(each))])


def whole_of(seen: Seen, axis: int) -> Seen:
    """Return what is seen by positions that are read along one axis whole."""
    if not any(digit.axis == axis for strand in seen for digit in strand.digits):
        return seen
    return gathered([strand.without([d for d in strand.digits if d.axis == axis]) for strand in seen])


def seen_from(seen: Seen, position: Shape) -> Span | None:
    """Return all that a position sees; no padding where it sees a whole map. None: it sees nothing."""
    span = hull([strand.track.at(strand.place(position)) for strand in seen])
    return clip(span, seen[0].track.pixels) if any(strand.track.stands for strand in seen) else span


def _merged(tracks: list[Track]) -> list[Track]:
    if len(tracks) == 1:
        return tracks
    slopes: dict[object, list[Track]] = {}
    for track in tracks:
        slopes.setdefault(track.slope, []).append(track)
    if len(slopes) > MOST:
        return [united(tracks)]
    return [united(each) if len(each) > 1 else each[0] for each in slopes.values()]


def _window(axis: int, reach: Reach) -> Window | None:
    return reach.windows[axis - 1] if 0 < axis <= len(reach.windows) else None


def _is_mixed(axis: int, reach: Reach, shape: Shape, output: Shape) -> bool:
    """Whether every output position reads an input's axis whole, or all there is on it."""
    after, window = reach.axis_of.get(axis), _window(axis, reach)
    if after is None or (axis == 0 and reach.mixes_channels):
        return True
    if window is None:
        return shape[axis] != output[after]
    return window.step == 0 or (shape[axis] == 1 < output[after] and _all_read_first(window, output[after]))


def _all_read_first(window: Window, size: int) -> bool:
    """Whether all of ``size`` positions read position 0."""
    return window.every == 1 and window.ends(size - 1)[0] <= 0 <= window.ends(0)[1]


def _cut(digit: Digit, low: int, output: Shape) -> list[Digit] | None:
    """Return a digit's parts on an output's axes; None where an axis ends within a step.

    ``low``: how many elements it is from one value of the digit to the next.
    """
    high, parts, inner = low * digit.size, [], 1
    for axis in range(len(output) - 1, -1, -1):
        outer = inner * output[axis]
        start, end = max(low, inner), min(high, outer)
        if inner > high and output[axis] > 1 and inner % high:
            return None  # the digit is another at each step of this axis
        if start < end:
            if start % inner or end % start or start % low:
                return None
            parts.append(Digit(axis, start // inner, end // start, digit.weight * (start // low)))
        inner = outer
    return parts


def _joined(digits: list[Digit]) -> tuple[Digit, ...]:
    """Return digits in order, neighbours that count on as one."""
    result: list[Digit] = []
    for digit in sorted(digits):
        last = result[-1] if result else None
        follows = last and (digit.axis, digit.low, digit.weight) == (
            last.axis,
            last.low * last.size,
            last.weight * last.size,
        )
        if last and follows:
            result[-1] = last._replace(size=last.size * digit.size)
        else:
            result.append(digit)
    return tuple(result)
