"""Expressions: exact arithmetic over a small whitelist, parsed and evaluated by hand.

The grammar, loosest first::

    choice  = or ["if" or "else" choice]
    or      = and {"or" and};   and = not {"and" not};   not = "not" not | compare
    compare = sum [("==" | "!=" | "<" | "<=" | ">" | ">=") sum]
    sum     = term {("+" | "-") term};   term = sign {("*" | "/" | "//" | "%") sign}
    sign    = "-" sign | power;     power = postfix ["**" sign]
    postfix = atom {"." digits | "." name | "[" choice "]"}
    atom    = number | name | name "(" choice {"," choice} ")" | "(" choice ")"
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from convcost.spec.arithmetic import (
    FUNCTIONS,
    ExpressionError,
    Value,
    call,
    is_number,
    need_bool,
    need_number,
    normal,
    power,
    ratio,
    show,
)
from convcost.spec.tokens import Token, number, tokens

MAX_DEPTH = 20  # of brackets and else-branches; each costs the parser ten frames

Lookup = Callable[[str], Value]
"""From a name to its value; raises KeyError for a name it does not have."""

Evaluator = Callable[[Lookup], Value]

Step = Callable[[Value, Lookup], Value]
"""An operator and its right side: from the value so far to the next."""

RESERVED = frozenset({"and", "or", "not", "if", "else", "true", "false", "none", "index", "input"})

# --- tokens to an evaluator --------------------------------------------------------------

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": ratio,
    "//": lambda a, b: int(a // b),
    "%": lambda a, b: a - b * (a // b),
    "**": power,
}


def _chained(first: Evaluator, steps: list[Step]) -> Evaluator:
    """Return the evaluator of operators of one level, from the left; long chains do not recurse."""
    if not steps:
        return first

    def evaluate(look: Lookup) -> Value:
        value = first(look)
        for step in steps:
            value = step(value, look)
        return value

    return evaluate


def _arithmetic(symbol: str, right: Evaluator, at: int) -> Step:
    function = _ARITHMETIC[symbol]

    def step(a: Value, look: Lookup) -> Value:
        b = right(look)
        if type(a) is not int or type(b) is not int:
            need_number(a, symbol, at)
            need_number(b, symbol, at)
        if b == 0 and symbol in {"/", "//", "%"}:
            raise ExpressionError("CC204", "division by zero", at)
        try:
            return normal(function(a, b), at)
        except ExpressionError as error:
            raise ExpressionError(error.code, error.message, at, error.hint) from None

    return step


def _compare(symbol: str, right: Evaluator, at: int) -> Step:
    function = _COMPARE[symbol]

    def step(a: Value, look: Lookup) -> Value:
        b = right(look)
        alike = is_number(a) and is_number(b)
        if not alike and (symbol not in {"==", "!="} or type(a) is not type(b)):
            raise ExpressionError("CC203", f"{show(a)} {symbol} {show(b)} compares different types", at)
        return function(a, b)

    return step


def _logic(symbol: str, right: Evaluator, at: int) -> Step:
    stop = symbol == "or"

    def step(a: Value, look: Lookup) -> Value:
        if need_bool(a, symbol, at) is stop:
            return stop
        return need_bool(right(look), symbol, at)

    return step


def _index(index: Evaluator, at: int) -> Step:
    def step(items: Value, look: Lookup) -> Value:
        position = index(look)
        if not isinstance(items, tuple):
            raise ExpressionError("CC203", f"{show(items)} is not a list", at)
        if type(position) is not int:
            raise ExpressionError("CC203", f"an index must be an integer, not {show(position)}", at)
        if not 0 <= position < len(items):
            raise ExpressionError("CC204", f"index {position} is past the end of a list of {len(items)}", at)
        return items[position]

    return step


class _Parser:
    """Recursive descent over the tokens of one expression, depth capped."""

    def __init__(self, text: str) -> None:
        self.tokens = list(tokens(text))
        self.position = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def take(self, *words: str) -> str | None:
        kind, word, _ = self.token
        if kind in {"op", "name"} and word in words:
            self.position += 1
            return word
        return None

    def expect(self, word: str, opened: int) -> None:
        if not self.take(word):
            kind, found, at = self.token
            what = "the end" if kind == "end" else repr(found)
            opener = {")": "(", "]": "["}.get(word)
            note = f" for the {opener!r} at character {opened + 1}" if opener else ""
            raise ExpressionError("CC201", f"expected {word!r}{note}, found {what}", at)

    def whole(self) -> Evaluator:
        result = self.choice()
        kind, word, at = self.token
        if kind != "end":
            hint = None
            if word in _COMPARE:
                hint = "join two comparisons with 'and'"
            raise ExpressionError("CC201", f"{word!r} does not belong here", at, hint)
        return result

    def choice(self) -> Evaluator:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError("CC201", "the expression is nested too deeply", self.token[2])
        value = self.either()
        at = self.token[2]
        if self.take("if"):
            condition = self.either()
            self.expect("else", at)
            other = self.choice()
            value = _choose(condition, value, other, at)
        self.depth -= 1
        return value

    def either(self) -> Evaluator:
        return self.chain(self.both, ("or",), _logic)

    def both(self) -> Evaluator:
        return self.chain(self.negation, ("and",), _logic)

    def chain(
        self,
        part: Callable[[], Evaluator],
        symbols: tuple[str, ...],
        make: Callable[[str, Evaluator, int], Step],
    ) -> Evaluator:
        """Return parts joined by operators of one level."""
        first, at = part(), self.token[2]
        steps = []
        while symbol := self.take(*symbols):
            steps.append(make(symbol, part(), at))
            at = self.token[2]
        return _chained(first, steps)

    def negation(self) -> Evaluator:
        at, nots = self.token[2], 0
        while self.take("not"):
            nots += 1
        value = self.comparison()
        if not nots:
            return value
        return lambda look: need_bool(value(look), "not", at) is not bool(nots % 2)

    def comparison(self) -> Evaluator:
        left, at = self.sum(), self.token[2]
        symbol = self.take(*_COMPARE)
        return _chained(left, [_compare(symbol, self.sum(), at)]) if symbol else left

    def sum(self) -> Evaluator:
        return self.chain(self.term, ("+", "-"), _arithmetic)

    def term(self) -> Evaluator:
        return self.chain(self.sign, ("*", "/", "//", "%"), _arithmetic)

    def sign(self) -> Evaluator:
        at, minuses = self.token[2], 0
        while self.take("-"):
            minuses += 1
        value = self.power()
        if not minuses:
            return value
        return _chained(value, [_arithmetic("*", _constant(-1 if minuses % 2 else 1), at)])

    def power(self) -> Evaluator:
        """Return a power: 2 ** 3 ** 2 is 2 ** 9, -2 ** 2 is -4."""
        parts, at = [(self.postfix(), 0, 0)], self.token[2]
        while self.take("**"):
            minuses = 0
            while self.take("-"):
                minuses += 1
            parts.append((self.postfix(), minuses % 2, at))
            at = self.token[2]
        value, minus, at = parts.pop()
        while parts:
            exponent = _chained(value, [_arithmetic("*", _constant(-1), at)]) if minus else value
            base, minus, before = parts.pop()
            value, at = _chained(base, [_arithmetic("**", exponent, at)]), before
        return value

    def postfix(self) -> Evaluator:
        value, steps = self.atom(), []
        while True:
            kind, word, at = self.token
            if kind == "index":
                self.position += 1
                steps.append(_index(_constant(number(word, at + 1)), at))
            elif kind == "key":
                self.position += 1
                steps.append(_index(_name(word, at + 1), at))
            elif self.take("["):
                steps.append(_index(self.choice(), at))
                self.expect("]", at)
            else:
                return _chained(value, steps)

    def atom(self) -> Evaluator:
        kind, word, at = self.token
        if kind == "number":
            self.position += 1
            return _constant(number(word, at))
        if self.take("("):
            value = self.choice()
            self.expect(")", at)
            return value
        if self.take("$"):
            kind, word, at = self.token
        if kind == "name" and word not in RESERVED - {"true", "false", "none", "index"}:
            self.position += 1
            return self.call(word, at) if self.take("(") else _name(word, at)
        what = "the end" if kind == "end" else repr(word)
        raise ExpressionError("CC201", f"expected a number, a name or '(', found {what}", at)

    def call(self, name: str, at: int) -> Evaluator:
        if name not in FUNCTIONS:
            from convcost.errors import did_you_mean
            from convcost.spec.synonyms import NAMES, meant

            hint = did_you_mean(meant(name, NAMES, FUNCTIONS))
            raise ExpressionError("CC202", f"unknown function {name!r}", at, hint, len(name))
        values = [self.choice()]
        while self.take(","):
            values.append(self.choice())
        self.expect(")", at + len(name))
        return lambda look: call(name, [value(look) for value in values], at)


def _constant(value: Value) -> Evaluator:
    return lambda _: value


def _choose(condition: Evaluator, value: Evaluator, other: Evaluator, at: int) -> Evaluator:
    return lambda look: value(look) if need_bool(condition(look), "if", at) else other(look)


_LITERALS = {"true": True, "false": False, "none": "none"}


def _name(name: str, at: int) -> Evaluator:
    if name in _LITERALS:
        return _constant(_LITERALS[name])

    def evaluate(look: Lookup) -> Value:
        try:
            return look(name)
        except KeyError as missing:
            hint = missing.args[1] if len(missing.args) > 1 else None
            raise ExpressionError("CC202", f"unknown name {name!r}", at, hint, len(name)) from None

    return evaluate


@lru_cache(maxsize=4096)
def parse(text: str) -> Evaluator:
    """Return the evaluator of an expression; raises ExpressionError where it is none."""
    return _Parser(text).whole()


def names_in(text: str) -> tuple[str, ...]:
    """Return the names an expression uses; () where it is none."""
    try:
        parse(text)
    except ExpressionError:
        return ()
    return tuple(dict.fromkeys(word for kind, word, _ in tokens(text) if kind in {"name", "key"}))
