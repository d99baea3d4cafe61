"""Expressions: exact arithmetic over a small whitelist, parsed and evaluated by hand.

The grammar, loosest first::

    choice  = or ["if" or "else" choice]
    or      = and {"or" and};   and = not {"and" not};   not = "not" not | compare
    compare = sum [("==" | "!=" | "<" | "<=" | ">" | ">=") sum]
    sum     = term {("+" | "-") term};   term = sign {("*" | "/" | "//" | "%") sign}
    sign    = "-" sign | postfix;   postfix = atom {"." digits | "[" choice "]"}
    atom    = number | name | name "(" choice {"," choice} ")" | "(" choice ")"
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from convcost.spec.arithmetic import (
    FUNCTIONS,
    ExpressionError,
    Value,
    call,
    is_number,
    need_bool,
    need_number,
    normal,
    ratio,
    show,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LENGTH = 1000
MAX_DEPTH = 40

Lookup = Callable[[str], Value]
"""From a name to its value; raises KeyError for a name it does not have."""

Evaluator = Callable[[Lookup], Value]

RESERVED = frozenset({"and", "or", "not", "if", "else", "true", "false", "none", "index", "input"})

# --- text to tokens ----------------------------------------------------------------------

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d[\w.]*)|(?P<name>[A-Za-z_]\w*)|(?P<op>\*\*|//|==|!=|<=|>=|[-+*/%()<>,\[\].$]))",
    re.ASCII,
)
_NUMBER = re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)

Token = tuple[str, str, int]


def _tokens(text: str) -> Iterator[Token]:
    if len(text) > MAX_LENGTH:
        raise ExpressionError("CC201", f"an expression may have at most {MAX_LENGTH} characters")
    at = 0
    end = len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if not found:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise ExpressionError("CC201", f"{text[at]!r} has no meaning in an expression", at)
        kind = found.lastgroup or ""
        start = found.start(kind)
        word, at = found.group(kind), found.end()
        if kind == "name":
            yield "name", word, start
            while index := re.compile(r"\.(\d+)", re.ASCII).match(text, at):
                yield "index", index.group(1), at
                at = index.end()
        else:
            yield kind, word, start
    yield "end", "", end


_TRAPS = (
    (re.compile(r"0\d+", re.ASCII), "YAML 1.1 takes a leading 0 for octal", "write it without the 0"),
    (re.compile(r"0[xob]\w+", re.ASCII), "only decimal numbers are read", None),
    (re.compile(r"[\d_]+", re.ASCII), "an underscore in a number", "write the digits alone"),
    (re.compile(r"[\d.]+[eE]\w*", re.ASCII), "no exponents: numbers are exact", "write the digits out"),
    (re.compile(r"\d+\.", re.ASCII), "a number cannot end in a dot", None),
)


def _number(word: str, at: int) -> Value:
    if not _NUMBER.fullmatch(word):
        for trap, why, hint in _TRAPS:
            if trap.fullmatch(word):
                raise ExpressionError("CC108", f"{word}: {why}", at, hint)
        raise ExpressionError("CC201", f"{word!r} is not a number", at)
    if len(word) > 18:  # noqa: PLR2004  (the language's limit on digits)
        raise ExpressionError("CC204", "the number has more than 18 digits", at)
    if "." not in word:
        return int(word)
    whole, decimals = word.split(".")
    return ratio(int(whole + decimals), 10 ** len(decimals))


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
}


def _arithmetic(symbol: str, left: Evaluator, right: Evaluator, at: int) -> Evaluator:
    function = _ARITHMETIC[symbol]

    def evaluate(look: Lookup) -> Value:
        a, b = left(look), right(look)
        if type(a) is not int or type(b) is not int:
            need_number(a, symbol, at)
            need_number(b, symbol, at)
        if symbol in {"/", "//", "%"} and b == 0:
            raise ExpressionError("CC204", "division by zero", at)
        return normal(function(a, b), at)

    return evaluate


def _compare(symbol: str, left: Evaluator, right: Evaluator, at: int) -> Evaluator:
    function = _COMPARE[symbol]

    def evaluate(look: Lookup) -> Value:
        a, b = left(look), right(look)
        alike = is_number(a) and is_number(b)
        if not alike and (symbol not in {"==", "!="} or type(a) is not type(b)):
            raise ExpressionError("CC203", f"{show(a)} {symbol} {show(b)} compares different things", at)
        return function(a, b)

    return evaluate


def _logic(symbol: str, left: Evaluator, right: Evaluator, at: int) -> Evaluator:
    stop = symbol == "or"

    def evaluate(look: Lookup) -> Value:
        if need_bool(left(look), symbol, at) is stop:
            return stop
        return need_bool(right(look), symbol, at)

    return evaluate


def _index(of: Evaluator, index: Evaluator, at: int) -> Evaluator:
    def evaluate(look: Lookup) -> Value:
        items, position = of(look), index(look)
        if not isinstance(items, tuple):
            raise ExpressionError("CC203", f"{show(items)} is not a list", at)
        if type(position) is not int:
            raise ExpressionError("CC203", f"an index is an integer, not {show(position)}", at)
        if not 0 <= position < len(items):
            raise ExpressionError("CC204", f"index {position} of a list of {len(items)}", at)
        return items[position]

    return evaluate


class _Parser:
    """Recursive descent over the tokens of one expression, depth capped."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
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
            if word == "**":
                hint = "there is no power; multiply"
            elif word in _COMPARE:
                hint = "join two comparisons with and"
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
        value = self.both()
        while self.take("or"):
            value = _logic("or", value, self.both(), self.tokens[self.position - 1][2])
        return value

    def both(self) -> Evaluator:
        value = self.negation()
        while self.take("and"):
            value = _logic("and", value, self.negation(), self.tokens[self.position - 1][2])
        return value

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
        return _compare(symbol, left, self.sum(), at) if symbol else left

    def sum(self) -> Evaluator:
        value, at = self.term(), self.token[2]
        while symbol := self.take("+", "-"):
            value, at = _arithmetic(symbol, value, self.term(), at), self.token[2]
        return value

    def term(self) -> Evaluator:
        value, at = self.sign(), self.token[2]
        while symbol := self.take("*", "/", "//", "%"):
            value, at = _arithmetic(symbol, value, self.sign(), at), self.token[2]
        return value

    def sign(self) -> Evaluator:
        at, minuses = self.token[2], 0
        while self.take("-"):
            minuses += 1
        value = self.postfix()
        if not minuses:
            return value
        return _arithmetic("*", value, lambda _: -1 if minuses % 2 else 1, at)

    def postfix(self) -> Evaluator:
        value = self.atom()
        while True:
            kind, word, at = self.token
            if kind == "index":
                self.position += 1
                value = _index(value, _constant(int(word[:6])), at)
            elif self.take("["):
                value = _index(value, self.choice(), at)
                self.expect("]", at)
            else:
                return value

    def atom(self) -> Evaluator:
        kind, word, at = self.token
        if kind == "number":
            self.position += 1
            return _constant(_number(word, at))
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
            from convcost.errors import suggest

            raise ExpressionError("CC202", f"there is no function {name!r}", at, suggest(name, FUNCTIONS))
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
            raise ExpressionError("CC202", f"there is no {name!r} here", at, hint) from None

    return evaluate


@lru_cache(maxsize=4096)
def parse(text: str) -> Evaluator:
    """Return the evaluator of an expression; raises ExpressionError where it is none."""
    return _Parser(text).whole()
