"""The pins on expressions: exact values, exact refusals."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from operator import add, floordiv, mod, mul, sub, truediv
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from convcost.spec.arithmetic import FUNCTIONS, ExpressionError, call
from convcost.spec.expressions import names_in, parse
from convcost.spec.tokens import MAX_LENGTH

NAMES = {
    "a": 7,
    "two": 2,
    "b": Fraction(1, 2),
    "xs": (1, 2, 3),
    "rows": ((1, 2), (3, 4)),
    "yes_": True,
    "w": "relu",
    "none_": (),
}


def look(name: str) -> object:
    if name not in NAMES:
        raise KeyError(name, "try a")
    return NAMES[name]


def value(text: str) -> object:
    return parse(text)(look)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("1 + 2 * 3", 7, id="product before sum"),
        pytest.param("(1 + 2) * 3", 9, id="brackets"),
        pytest.param("10 - 2 - 3", 5, id="from the left"),
        pytest.param("2 - -3", 5, id="a sign"),
        pytest.param("--3", 3, id="two signs"),
        pytest.param("-a // 2", -4, id="sign before floor"),
        pytest.param("7 // 2", 3, id="floor"),
        pytest.param("-7 // 2", -4, id="floor of a negative"),
        pytest.param("3.5 // 1", 3, id="floor of a fraction is an integer"),
        pytest.param("7 % 3", 1, id="rest"),
        pytest.param("-7 % 3", 2, id="rest of a negative"),
        pytest.param("1 / 4", Fraction(1, 4), id="exact fraction"),
        pytest.param("8 / 4", 2, id="a fraction that is whole"),
        pytest.param("0.1 + 0.2", Fraction(3, 10), id="exact decimals"),
        pytest.param("0.25 * 64", 16, id="a decimal that becomes whole"),
        pytest.param("0.1 + 0.2 == 0.3", True, id="exact comparison"),
        pytest.param("1 < 2 and 2 < 3", True, id="and"),
        pytest.param("1 > 2 or 2 >= 2", True, id="or"),
        pytest.param("not 1 == 2", True, id="not binds looser than a comparison"),
        pytest.param("not not yes_", True, id="not twice"),
        pytest.param("yes_ or 1 / 0 == 1", True, id="or stops"),
        pytest.param("false and 1 / 0 == 1", False, id="and stops"),
        pytest.param("1 if yes_ else 1 / 0", 1, id="only the branch taken"),
        pytest.param("1 if false else 2 if false else 3", 3, id="choices from the right"),
        pytest.param("xs.0", 1, id="index with a dot"),
        pytest.param("rows.1.0", 3, id="two indexes"),
        pytest.param("rows[1][0]", 3, id="brackets as indexes"),
        pytest.param("rows.1[0]", 3, id="both"),
        pytest.param("xs[a - 5]", 3, id="a computed index"),
        pytest.param("len(xs)", 3, id="len"),
        pytest.param("min(3, 1, 2)", 1, id="min"),
        pytest.param("2 ** 59", 2**59, id="power"),
        pytest.param("2 ** 3 ** 2", 512, id="powers from the right"),
        pytest.param("-2 ** 2", -4, id="minus a power"),
        pytest.param("2 ** -2", Fraction(1, 4), id="negative exponent"),
        pytest.param("2 ** --3", 8, id="two minuses"),
        pytest.param("2 * 3 ** 2 % 5", 3, id="a power first"),
        pytest.param("0 ** 0", 1, id="nothing to nothing"),
        pytest.param("(-1) ** 999999999999999999", -1, id="a sign"),
        pytest.param("xs.two", 3, id="an index by name"),
        pytest.param("max(xs)", 3, id="max of a list"),
        pytest.param("max(7)", 7, id="max of one number"),
        pytest.param("min(7 * 2)", 14, id="min of one number"),
        pytest.param("floor(2.7)", 2, id="floor()"),
        pytest.param("ceil(2.1)", 3, id="ceil"),
        pytest.param("ceil(-2.5)", -2, id="ceil of a negative"),
        pytest.param("round(2.5)", 2, id="round half to even, down"),
        pytest.param("round(3.5)", 4, id="round half to even, up"),
        pytest.param("round(2.51)", 3, id="round"),
        pytest.param("ceil_div(7, 2)", 4, id="ceil_div"),
        pytest.param("w == w", True, id="words compare"),
        pytest.param("a.0 if false else 1", 1, id="an index that is not taken"),
    ],
)
def test_values(text: str, expected: object) -> None:
    result = value(text)
    assert (expected, type(expected)) == (result, type(result))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # q = max(8, floor((v + 4) / 8) * 8), and 8 more if 10 q < 9 v
        pytest.param("divisible(32)", 32, id="a multiple stays"),
        pytest.param("divisible(36)", 40, id="half goes up"),
        pytest.param("divisible(35.5)", 32, id="less goes down, within a tenth"),
        pytest.param("divisible(1)", 8, id="never below the step"),
        pytest.param("divisible(11)", 16, id="never down by more than a tenth: 8 < 9.9"),
        pytest.param("divisible(17.6)", 16, id="16 is more than 0.9 * 17.6 = 15.84"),
        pytest.param("divisible(17.9, 4)", 20, id="another step: floor(19.9 / 4) * 4 = 16 < 16.11"),
    ],
)
def test_divisible(text: str, expected: int) -> None:
    assert expected == value(text)


@pytest.mark.parametrize(
    ("text", "code", "message", "at", "hint"),
    [
        pytest.param("", "CC201", "expected a number, a name or '(', found the end", 0, None, id="nothing"),
        pytest.param(
            "1 +", "CC201", "expected a number, a name or '(', found the end", 3, None, id="no right side"
        ),
        pytest.param("1 2", "CC201", "'2' does not belong here", 2, None, id="two values"),
        pytest.param(
            "(1", "CC201", "expected ')' for the '(' at character 1, found the end", 2, None, id="open"
        ),
        pytest.param(
            "max(1", "CC201", "expected ')' for the '(' at character 4, found the end", 5, None, id="call"
        ),
        pytest.param("2 ** 60", "CC204", "the number has more than 18 digits", 2, None, id="power"),
        pytest.param("9**9**9", "CC204", "the number has more than 18 digits", 1, None, id="power tower"),
        pytest.param(
            "2 ** 0.5", "CC205", "the exponent of ** must be an integer, not 0.5", 2, None, id="a root"
        ),
        pytest.param("0 ** -1", "CC204", "division by zero", 2, None, id="power of zero"),
        pytest.param("none_ ** 2", "CC203", "** needs numbers, but gets []", 6, None, id="power of a list"),
        pytest.param(
            "2 **", "CC201", "expected a number, a name or '(', found the end", 4, None, id="no exponent"
        ),
        pytest.param(
            "1 < 2 < 3", "CC201", "'<' does not belong here", 6, "join two comparisons with 'and'", id="chain"
        ),
        pytest.param("1 if yes_", "CC201", "expected 'else', found the end", 9, None, id="no else"),
        pytest.param("a ; b", "CC201", "';' has no meaning in an expression", 2, None, id="semicolon"),
        pytest.param("a.x", "CC202", "unknown name 'x'", 2, "try a", id="attribute"),
        pytest.param("1.5.2", "CC201", "'1.5.2' is not a number", 0, None, id="two dots"),
        pytest.param("5.", "CC108", "5.: a number cannot end in a dot", 0, None, id="a dot at the end"),
        pytest.param("c", "CC202", "unknown name 'c'", 0, "try a", id="unknown name"),
        pytest.param("a + c", "CC202", "unknown name 'c'", 4, "try a", id="unknown name further in"),
        pytest.param("maxx(1)", "CC202", "unknown function 'maxx'", 0, "did you mean 'max'?", id="function"),
        pytest.param(
            "min()", "CC201", "expected a number, a name or '(', found ')'", 4, None, id="no argument"
        ),
        pytest.param("len(1, 2)", "CC201", "len takes 1 values, not 2", 0, None, id="too many"),
        pytest.param("len(a)", "CC203", "len needs a list, not 7", 0, None, id="len of a number"),
        pytest.param("max(none_)", "CC204", "max of an empty list", 0, None, id="max of nothing"),
        pytest.param("w + 1", "CC203", "+ needs numbers, but gets relu", 2, None, id="sum of a word"),
        pytest.param("yes_ + 1", "CC203", "+ needs numbers, but gets true", 5, None, id="sum of a boolean"),
        pytest.param(
            "not a", "CC203", "not needs true or false, but gets 7", 0, "write a comparison", id="not 7"
        ),
        pytest.param(
            "1 if a else 2", "CC203", "if needs true or false, but gets 7", 2, "write a comparison", id="if 7"
        ),
        pytest.param(
            "a or yes_", "CC203", "or needs true or false, but gets 7", 2, "write a comparison", id="7 or"
        ),
        pytest.param("w < 1", "CC203", "relu < 1 compares different types", 2, None, id="word and number"),
        pytest.param(
            "yes_ == 1", "CC203", "true == 1 compares different types", 5, None, id="boolean and number"
        ),
        pytest.param("1 / 0", "CC204", "division by zero", 2, None, id="division"),
        pytest.param("a // (b - 0.5)", "CC204", "division by zero", 2, None, id="floor division"),
        pytest.param("xs.3", "CC204", "index 3 is past the end of a list of 3", 2, None, id="past the end"),
        pytest.param("xs[-1]", "CC204", "index -1 is past the end of a list of 3", 2, None, id="from behind"),
        pytest.param("xs[0.5]", "CC203", "an index must be an integer, not 0.5", 2, None, id="half an index"),
        pytest.param("a.0", "CC203", "7 is not a list", 1, None, id="index of a number"),
        pytest.param(
            "999999999999999999 + 1", "CC204", "the number has more than 18 digits", 19, None, id="too large"
        ),
        pytest.param(
            "1 / 999999999 / 9999999999", "CC204", "the number has more than 18 digits", 14, None, id="fine"
        ),
    ],
)
def test_refusals(text: str, code: str, message: str, at: int, hint: str | None) -> None:
    with pytest.raises(ExpressionError) as caught:
        value(text)
    error = caught.value
    assert (code, message, at, hint) == (error.code, error.message, error.at, error.hint)


def test_the_whitelist_of_functions() -> None:
    expected = {"len", "min", "max", "floor", "ceil", "round", "ceil_div", "divisible"}
    assert expected == set(FUNCTIONS)


KINDS = (0, 3, -2, Fraction(3, 2), 10**17, True, "word", None, (), (1, 2), (1, "x"), ((1,),))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_every_number_and_kind_of_arguments(name: str) -> None:
    """A value of the language or a refusal, never an error of Python's."""
    for count in (0, 1, 2, 3, 21):
        for two in product(KINDS, repeat=min(count, 2)):
            assert called(name, [*two, *[1] * (count - len(two))]) in {"a number", "CC201", "CC203", "CC204"}


def called(name: str, values: list[Any]) -> str:
    try:
        found = call(name, values, 0)
    except ExpressionError as error:
        return error.code
    return "a number" if type(found) is int or isinstance(found, Fraction) else repr(found)


def test_length_is_capped() -> None:
    assert value("1" + " " * (MAX_LENGTH - 1)) == 1
    with pytest.raises(ExpressionError, match="at most 1000 characters"):
        value("1" + " " * MAX_LENGTH)


def test_depth_is_capped() -> None:
    assert value("(" * 19 + "1" + ")" * 19) == 1
    with pytest.raises(ExpressionError, match="nested too deeply"):
        value("(" * 20 + "1" + ")" * 20)


def test_names_in() -> None:
    assert names_in("a + max(b.0, a)") == ("a", "max", "b")
    assert names_in("rates.index + 1") == ("rates", "index")
    assert names_in("3a") == ()


_NUMBERS = st.integers(0, 99).map(str) | st.decimals(0, 99, places=2).map(str)
_OPERATORS = {"+": add, "-": sub, "*": mul, "/": truediv, "//": floordiv, "%": mod}
_SUMS = st.recursive(
    _NUMBERS, lambda inner: st.tuples(inner, st.sampled_from([*_OPERATORS]), inner), max_leaves=8
)


def text_of(tree: Any) -> str:
    return tree if isinstance(tree, str) else f"({text_of(tree[0])} {tree[1]} {text_of(tree[2])})"


def exact(tree: Any) -> Fraction:
    """Evaluate a drawn sum by Python's fractions at every step, a floor division's too."""
    if isinstance(tree, str):
        return Fraction(tree)
    left, sign, right = tree
    found = Fraction(_OPERATORS[sign](exact(left), exact(right)))
    if max(abs(found.numerator), found.denominator) >= 10**18:
        raise OverflowError
    return found


@given(st.fractions(-1000, 1000, max_denominator=30), st.integers(-70, 70))
def test_powers_are_those_of_fractions(base: Fraction, exponent: int) -> None:
    text = f"({base}) ** {exponent}"
    try:
        expected = base**exponent
    except ZeroDivisionError:
        assert outcome(text) == "division by zero"
    else:
        fits = max(abs(expected.numerator), expected.denominator) < 10**18
        assert outcome(text) == (expected if fits else "the number has more than 18 digits")


def outcome(text: str) -> object:
    """Return a text's value, or what is said when it is refused, which points into it."""
    try:
        return value(text)
    except ExpressionError as error:
        return error.message if 0 <= error.at <= len(text) else error


@given(_SUMS)
@example(("7", "/", ("3", "//", "2")))  # the floor of a fraction is divided exactly
@example(("1", "//", ("1", "/", "3")))
def test_arithmetic_is_that_of_fractions(tree: Any) -> None:
    """Python's fractions, an implementation of the same sums, are the oracle; a whole one is an integer."""
    try:
        expected = exact(tree)
    except ZeroDivisionError:
        assert outcome(text_of(tree)) == "division by zero"
    except OverflowError:
        assert outcome(text_of(tree)) == "the number has more than 18 digits"
    else:
        result = outcome(text_of(tree))
        kind = int if expected.denominator == 1 else Fraction
        assert (expected, kind) == (result, type(result))


@given(st.text(alphabet="ab01.+-*/%()<>=[], ifelsnotrmx$", max_size=40))
def test_any_text_has_a_value_or_an_error_of_ours(text: str) -> None:
    assert not isinstance(outcome(text), Exception)
