"""The values of expressions: exact numbers, booleans, words, lists; and the functions on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.exact import decimal

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_VALUE = 10**18
_TOO_LONG = "the number has more than 18 digits"

Value = Any
"""int | Fraction | bool | str (a word) | tuple of values | None"""


class ExpressionError(Exception):
    """What is wrong with an expression: code, sentence, hint, and where in the text.

    ``length`` 0: one character, or all of the expression where that is its first.
    """

    def __init__(
        self, code: str, message: str, at: int = 0, hint: str | None = None, length: int = 0
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.at, self.hint, self.length = code, message, at, hint, length


def is_number(value: Value) -> bool:
    """Whether a value is an integer or a fraction (a boolean is neither)."""
    return type(value) is int or (hasattr(value, "denominator") and type(value) is not bool)


def normal(value: Value, at: int = 0) -> Value:
    """Return a number in its simplest type; past 18 digits is an error."""
    if type(value) is not int:
        if max(abs(value.numerator), value.denominator) >= MAX_VALUE:
            raise ExpressionError("CC204", _TOO_LONG, at)
        return value.numerator if value.denominator == 1 else value
    if not -MAX_VALUE < value < MAX_VALUE:
        raise ExpressionError("CC204", _TOO_LONG, at)
    return value


def ratio(a: Value, b: Value) -> Value:
    """Return a / b exactly; an integer where it is one."""
    if type(a) is int and type(b) is int and a % b == 0:
        return a // b
    from fractions import Fraction  # only where something really is fractional

    return Fraction(a, b)


def power(base: Value, exponent: Value) -> Value:
    """Return base ** exponent exactly; the exponent is an integer."""
    if type(exponent) is not int:
        raise ExpressionError("CC205", f"the exponent of ** must be an integer, not {show(exponent)}")
    if exponent < 0:
        if base == 0:
            raise ExpressionError("CC204", "division by zero")
        return power(ratio(1, base), -exponent)
    if exponent >= MAX_VALUE.bit_length() and base not in {-1, 0, 1}:
        raise ExpressionError("CC204", _TOO_LONG)
    return base**exponent


# --- functions ---------------------------------------------------------------------------


def _round(value: Value) -> int:
    return int(round(value))  # noqa: RUF046  (a Fraction's round is typed as Any)


def _ceil(value: Value) -> int:
    return int(-(-value // 1))


def _ceil_div(a: Value, b: Value) -> int:
    if b == 0:
        raise ExpressionError("CC204", "division by zero")
    return int(-(-a // b))


def _divisible(value: Value, step: Value = 8) -> int:
    """Round channels to a multiple of ``step``, never down by more than a tenth.

    The rule of the MobileNet authors' reference code, on exact numbers.
    """
    if step <= 0:
        raise ExpressionError("CC204", "divisible needs a positive step")
    least: int = max(step, int((value + ratio(step, 2)) // step) * step)
    return least + step if 10 * least < 9 * value else least


FUNCTIONS: dict[str, tuple[int, int, Callable[..., Value]]] = {
    "len": (1, 1, len),
    "min": (1, 20, lambda *values: min(values)),
    "max": (1, 20, lambda *values: max(values)),
    "floor": (1, 1, lambda v: int(v // 1)),
    "ceil": (1, 1, _ceil),
    "round": (1, 1, _round),
    "ceil_div": (2, 2, _ceil_div),
    "divisible": (1, 2, _divisible),
}


def call(name: str, values: list[Value], at: int) -> Value:
    """Return a function of these values; a wrong number or type raises ExpressionError at ``at``."""
    least, most, function = FUNCTIONS[name]
    if not least <= len(values) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise ExpressionError("CC201", f"{name} takes {wanted} values, not {len(values)}", at)
    if name == "len":
        if not isinstance(values[0], tuple):
            raise ExpressionError("CC203", f"len needs a list, not {show(values[0])}", at)
        return len(values[0])
    if name in {"min", "max"} and len(values) == 1 and isinstance(values[0], tuple):
        values = list(values[0])
        if not values:
            raise ExpressionError("CC204", f"{name} of an empty list", at)
    for value in values:
        need_number(value, name, at)
    try:
        return normal(function(*values), at)
    except ExpressionError as error:
        raise ExpressionError(error.code, error.message, at, error.hint) from None


def show(value: Value) -> str:
    """Return a value as a spec would write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(show, value)) + "]"
    if value is None:
        return "~"
    return decimal(value) if is_number(value) else str(value)


def need_number(value: Value, what: str, at: int) -> None:
    """Raise ExpressionError where a value is no number."""
    if not is_number(value):
        raise ExpressionError("CC203", f"{what} needs numbers, but gets {show(value)}", at)


def need_bool(value: Value, what: str, at: int) -> bool:
    """Return a boolean; raise ExpressionError for anything else."""
    if type(value) is not bool:
        raise ExpressionError(
            "CC203", f"{what} needs true or false, but gets {show(value)}", at, "write a comparison"
        )
    return value
