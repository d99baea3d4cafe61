"""Quantities as people write and read them: ``1.5G``, ``8 MiB``, ``+2%``, ``1.5x``.

Reading is exact and strict. Printing rounds to four significant digits, half up, and says
which unit it means: counts in powers of 1000, bytes in powers of 1024.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.errors import brief

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    Exact = int | Fraction

COUNTS: dict[str, int] = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_THOUSANDS = {name: size for name, size in COUNTS.items() if name}
BINARY: dict[str, int] = {"KiB": 1024, "MiB": 1024**2, "GiB": 1024**3, "TiB": 1024**4}
BYTES: dict[str, int] = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, **BINARY}

_DIGITS = 4
_LONGEST = 30  # more digits than any cost has; keeps hostile text cheap


class QuantityError(ValueError):
    """A text that is no quantity of the kind asked for: a sentence, and a hint or None."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def parse_count(text: str) -> Exact:
    """Read a count: an integer or decimal, then nothing or one of k, M, G, T (powers of 1000)."""
    number, suffix = _split(text, "a count", "1.5G")
    if suffix not in COUNTS:
        raise QuantityError(f"{brief(suffix)} is not a unit of counts: k, M, G or T", _count_hint(suffix))
    return _scaled(number, COUNTS[suffix])


def parse_bytes(text: str) -> Exact:
    """Read an amount of bytes: B; kB, MB, GB, TB (1000); KiB, MiB, GiB, TiB (1024)."""
    number, suffix = _split(text, "an amount of bytes", "8 MiB")
    if not suffix:
        raise QuantityError(f"{text.strip()!r} has no unit", f"bytes need one: {number} B, {number} KiB, ...")
    if suffix not in BYTES:
        raise QuantityError(
            f"{brief(suffix)} is not a unit of bytes: {', '.join(BYTES)}", _bytes_hint(suffix)
        )
    return _scaled(number, BYTES[suffix])


def parse_ratio(text: str) -> Exact:
    """Read a ratio: a number and ``x``, as in ``1.5x``."""
    number, suffix = _split(text, "a ratio", "1.5x")
    if suffix not in ("x", "×"):
        raise QuantityError(f"{brief(text.strip())} is not a ratio", f"a ratio ends in x: {number}x")
    return _scaled(number, 1)


def parse_increase(text: str) -> Exact:
    """Read a relative increase with its sign: ``+2%`` is 1/50, ``-10%`` is -1/10."""
    word = text.strip()
    sign = word[:1]
    number, suffix = _split(word[1:] if sign in ("+", "-") else word, "an increase", "+2%")
    if suffix != "%":
        raise QuantityError(f"{brief(word)} is not an increase", f"an increase ends in %: +{number}%")
    if sign not in ("+", "-"):
        raise QuantityError(f"{word!r} has no sign", f"an increase needs one: +{number}%")
    return _scaled(number, -1 if sign == "-" else 1, 100)


def parse_share(text: str) -> Exact:
    """Read a share without a sign: ``5%`` is 1/20."""
    number, suffix = _split(text, "a share", "5%")
    if suffix != "%":
        raise QuantityError(f"{brief(text.strip())} is not a share", f"a share ends in %: {number}%")
    return _scaled(number, 1, 100)


def parse(text: str, unit: str) -> Exact:
    """Read a quantity of a metric's unit: count, pixels, bytes or ratio."""
    if unit == "pixels" and text.startswith("-"):  # padding puts the first pixel before the input
        return -parse_count(text[1:])
    return {"bytes": parse_bytes, "ratio": parse_ratio}.get(unit, parse_count)(text)


def _split(text: str, what: str, example: str) -> tuple[str, str]:
    word = text.strip()
    end = 0
    while end < len(word) and (word[end] in "0123456789."):
        end += 1
    number = word[:end]
    if not number.strip(".") or number.count(".") > 1 or number[-1] == "." or number[0] == ".":
        raise QuantityError(f"{brief(word)} is not {what}", f"write it like {example}")
    if len(number) > _LONGEST:
        raise QuantityError(f"{word[:_LONGEST]!r}... has more than {_LONGEST} digits")
    return number, word[end:].strip()


def _scaled(number: str, unit: int, divisor: int = 1) -> Exact:
    whole, _, decimals = number.partition(".")
    top = int(whole + decimals) * unit
    bottom: int = divisor * 10 ** len(decimals)
    if top % bottom == 0:
        return top // bottom
    from fractions import Fraction  # only for what is no integer

    return Fraction(top, bottom)


def _count_hint(suffix: str) -> str | None:
    if suffix == "m":
        return "m would be a thousandth; a million is M"
    if suffix in ("B", "b"):
        return "a billion is G; B is the unit of bytes"
    return f"did you mean {suffix.swapcase()!r}?" if suffix.swapcase() in COUNTS else None


def _bytes_hint(suffix: str) -> str | None:
    if suffix in ("KB", "K", "k", "kb"):
        return "kB is 1000 bytes, KiB is 1024"
    if suffix in ("M", "m", "G", "g", "T", "t"):
        big = suffix.upper()
        return f"{big}B is a power of 1000, {big}iB a power of 1024"
    close = [unit for unit in BYTES if unit.lower() == suffix.lower()]
    return f"did you mean {close[0]!r}?" if close else None


class Human(NamedTuple):
    """A rounded number and its unit, apart, so that columns can line them up."""

    number: str
    suffix: str

    def __str__(self) -> str:
        return f"{self.number} {self.suffix}".rstrip()


def human(value: float | Fraction, unit: str, digits: int = _DIGITS) -> Human:
    """Round a value for people; ``unit`` as in ``cost.METRICS``, or "times" or "percent".

    ``digits``: the significant ones. Integers below 10,000 (bytes below 1024) stay as they are.
    """
    if value < 0:
        positive = human(-value, unit, digits)
        return Human("-" + positive.number, positive.suffix)
    if unit == "pixels":
        return Human(str(value), "")
    if unit in ("times", "percent", "ratio") or isinstance(value, float):
        return quotient(*value.as_integer_ratio(), unit, digits)
    return _bytes(value, digits) if unit == "bytes" else _count(value, digits)


def _count(value: Exact, digits: int) -> Human:
    if value >= 10**_DIGITS:
        return _largest(value, _THOUSANDS, digits)
    return Human(full(value) if isinstance(value, int) else _short(value), "")


def _bytes(value: Exact, digits: int) -> Human:
    return _largest(value, BINARY, digits) if value >= BINARY["KiB"] else Human(_short(value), "B")


def quotient(top: int, bottom: int, unit: str, digits: int = _DIGITS) -> Human:
    """Round top / bottom for people, by integers alone: "times", "percent" or a plain "ratio"."""
    if unit == "percent":
        return Human(_percent(top, bottom), "")
    number = "1" if top == bottom and unit == "times" else _significant(top, bottom, digits)
    return Human(number + ("×" if unit == "times" else ""), "")


def sizes(values: Iterable[object]) -> str:
    """Return a shape or a kernel as people write it: ``3×224×224``."""
    return "×".join(map(str, values))


def ceiling(value: Exact, unit: str) -> str:
    """Return the least quantity of four digits that is no less than a value of counts or bytes."""
    whole = int(-(-value // 1))
    sizes = {"bytes": BINARY, "count": COUNTS}.get(unit, {})
    fitting = [(name, size) for name, size in sizes.items() if size > 1 and whole >= size]
    if not fitting:
        return f"{whole} B" if unit == "bytes" else str(whole)
    name, size = fitting[-1]
    decimals = max(0, _DIGITS - len(str(whole // size)))
    scaled = -(-whole * 10**decimals // size)
    digits = str(scaled).rjust(decimals + 1, "0")
    number = digits[:-decimals] + "." + digits[-decimals:] if decimals else digits
    number = number.rstrip("0").rstrip(".") if decimals else number
    return f"{number} {name}" if unit == "bytes" else f"{number}{name}"


def full(value: int) -> str:
    """Print an integer whole: ``1,582,671,872``."""
    return f"{value:,}"


def _largest(value: Exact, units: dict[str, int], digits: int) -> Human:
    """Use the largest unit of which there is at least one; 999,960 k is 1.000 M."""
    top, bottom = value.as_integer_ratio()
    names = [name for name, size in units.items() if value >= size]
    name, size = names[-1], units[names[-1]]
    decimals = _decimals(top, size * bottom, digits)
    bigger = list(units.items())[len(names) : len(names) + 1]
    if bigger and _rounded(top, size * bottom, decimals) * size >= bigger[0][1] * 10**decimals:
        name, size = bigger[0]
    return Human(_significant(top, size * bottom, digits), name)


def _short(value: Exact) -> str:
    """Print an integer whole, and a fraction with four digits at most: 0.1, but 0.3333."""
    if isinstance(value, int):
        return str(value)
    text = _significant(*value.as_integer_ratio(), _DIGITS)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _significant(top: int, bottom: int, digits: int) -> str:
    """Print top / bottom with so many significant digits (all digits of larger integers)."""
    if top == 0:
        return "0"
    decimals = _decimals(top, bottom, digits)
    while top < bottom and _rounded(top, bottom, decimals) < 10 ** (digits - 1):
        decimals += 1
    scaled = _rounded(top, bottom, decimals)
    if decimals and scaled >= 10**digits:  # 9.9996 rounds to 10.00, not to 10.000
        decimals -= 1
        scaled = _rounded(top, bottom, decimals)
    return _decimal(scaled, decimals)


def _decimals(top: int, bottom: int, digits: int) -> int:
    """Return how many decimals the significant digits leave to top / bottom, if it is at least 1."""
    return max(0, digits - len(str(top // bottom)))


def _percent(top: int, bottom: int) -> str:
    """Print a share with one decimal; what is not nothing is never shown as 0.0%."""
    tenths = _rounded(100 * top, bottom, 1)
    if top and not tenths:
        return "<0.1%"
    return _decimal(tenths, 1) + "%"


def _rounded(top: int, bottom: int, decimals: int) -> int:
    """Return top / bottom in units of the last decimal, half up, in integers alone."""
    power: int = 10**decimals
    return (2 * top * power + bottom) // (2 * bottom)


def _decimal(scaled: int, decimals: int) -> str:
    if not decimals:
        return str(scaled)
    whole, part = divmod(scaled, 10**decimals)
    return f"{whole}.{part:0{decimals}d}"
