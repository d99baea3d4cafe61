"""The tokens of an expression: numbers, names, operators, indexes after a dot."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convcost.spec.arithmetic import ExpressionError, ratio

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcost.spec.arithmetic import Value

MAX_LENGTH = 1000

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d[\w.]*)|(?P<name>[A-Za-z_]\w*)|(?P<op>\*\*|//|==|!=|<=|>=|[-+*/%()<>,\[\].$]))",
    re.ASCII,
)
_INDEX = re.compile(r"\.(?:([A-Za-z_]\w*)|(\d+))", re.ASCII)
_NUMBER = re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)

Token = tuple[str, str, int]


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of an expression as (kind, word, place), the last of them its end."""
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
            while index := _INDEX.match(text, at):
                yield ("key" if index.group(1) else "index"), index.group(1) or index.group(2), at
                at = index.end()
        else:
            yield kind, word, start
    yield "end", "", end


_TRAPS = (
    (re.compile(r"0\d+", re.ASCII), "YAML 1.1 reads a leading 0 as octal", "write it without the 0"),
    (re.compile(r"0[xob]\w+", re.ASCII), "numbers must be decimal", None),
    (re.compile(r"[\d_]+", re.ASCII), "underscores are not allowed in numbers", "write the digits alone"),
    (
        re.compile(r"[\d.]+[eE]\w*", re.ASCII),
        "exponents are not allowed: numbers are exact",
        "write the digits out",
    ),
    (re.compile(r"\d+\.", re.ASCII), "a number cannot end in a dot", None),
)


def number(word: str, at: int) -> Value:
    """Return what a number written out says, exactly."""
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
