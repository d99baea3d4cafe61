"""Words and texts that nobody would write, and ways to mangle those that somebody did."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

MANY = "9" * 5000
NUMBERS = (
    *("0", "1", "2", "3", "-1", "1.5", "0.1", "1e9", "1e999999999", "010", "0x10", "1_0", "٣", "²", "+1"),
    *("1000000000", "1000000001", "1125899906842624", "1" + "0" * 30, MANY, "-" + MANY, "1/0", "1/3", "nan"),
    *("inf", "-0", "", " ", "x", "true", "null", "[1]", "{}", "1..2", ".", "5%", "+2%", "-2%", "+0.0001%"),
    *("1k", "1.6G", "1000000T", "5m", "7B", "512 KiB", "1 B", "0 B", "1.5x", "0x", "×", "%", "+%", "k"),
)
NAMES = (
    *("tiny.yaml", "./tiny.yaml", "nets/tiny.yaml", "nets/tiny.yaml@wide", "tiny.yaml@width=8", "lenet", "-"),
    *("tiny.yaml@wide,width=8,input=3x8x8", "tiny.yaml@", "@", "@@", "tiny.yaml@a@b", "lenet@5", "lenett"),
    *("tiny.yaml@width=" + MANY, "tiny.yaml@input=", "tiny.yaml@input=x", "tiny.yaml@width=[1,2", "nets"),
    *("no/such.yaml", "old.json", "convcost.budget.yaml", "/", ".", "..", "", " ", "x" * 5000, "a\nb"),
    *("\udcff.yaml", "é.yaml", "*", "nets/*.yaml", "**/*.yaml", "../**/*.yaml", "nets/../nets/*.yaml"),
    *("nets/**/**/**/**/*.yaml", "/**", "[", "nets/[!a]*.yaml", "[]].yaml", "nets/up/**", "?" * 300),
)
REFS = (
    *("git:HEAD", "git:main", "git:v1", "git:HEAD~1", "git:HEAD^{tree}", "git:@{0}", "git:-x", "git:--help"),
    *("git:", "git:a b", "git:..", "git:main:tiny.yaml", "git:" + "x" * 5000, "git:\udcff", "git:@", "git:^"),
    *("file:old.json", "file:", "file:nets", "file:no.json", "file:tiny.yaml", "file:" + "x" * 5000),
    *("spec:tiny.yaml", "spec:tiny.yaml@wide", "spec:lenet", "spec:", "spec:-", "spec:nets", "spec:@"),
    *("svn:trunk", ":", "HEAD", "spec:no.yaml", "spec:old.json", "file:/", "git:main\n", "git:HEAD@{9999}"),
)
GLOBS = (
    *("*", "**", "**.**", "stem", "stem.*", "**.conv", "body", "", ".", "..", "*.*.*", "s*m", "[a]", "no"),
    *("*a" * 200, "**." * 200 + "b", "x" * 5000, "é", "\udcff", "\x1b[31m", "stem\n", "***", "* *"),
)
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_SOUP = (*NUMBERS, *NAMES, *REFS, *GLOBS, *"{}[]:,-?#&*!|>'\"%@`\n\t ", "- ", ": ", "<<: ", "&a ", "*a", "~")


def word(random: Random) -> str:
    """Return a word of any kind."""
    kind = random.random()
    if kind < 0.8:
        return random.choice(random.choice((NUMBERS, NAMES, REFS, GLOBS)))
    letters = random.choice(
        ("ab.*/", "0123456789.", "\x00\x1b\u202e\udcffé'\"\\", "@=,x-:%+ ", "git:HEAD^~{}")
    )
    return "".join(random.choices(letters, k=random.randrange(12)))


def argument(random: Random) -> str:
    """Return a word as a program can be handed it: without NUL."""
    return word(random).replace("\x00", "")


def soup(random: Random) -> str:
    """Return words and punctuation in any order."""
    return "".join(random.choice(_SOUP)[:200] for _ in range(random.randrange(1, 25)))


def mangled(text: str, random: Random) -> str:
    """Return a text changed in one or a few places."""
    for _ in range(1 + int(random.expovariate(0.7))):
        text = random.choice((_replaced, _replaced, _inserted, _cut, _line))(text, random)
    return text


def bytes_of(text: str, random: Random) -> bytes:
    """Return a text's bytes, a few of them flipped now and then."""
    data = bytearray(text.encode("utf-8", "surrogatepass"))
    if random.random() < 0.1:
        for _ in range(random.randrange(1, 4)):
            at = random.randrange(len(data) + 1)
            data[at : at + random.randrange(2)] = random.randbytes(random.randrange(2))
    return bytes(data)


def _replaced(text: str, random: Random) -> str:
    found = list(_TOKEN.finditer(text))
    if not found:
        return text
    spot = random.choice(found)
    other = random.choice(found).group() if random.random() < 0.4 else word(random)
    return text[: spot.start()] + other + text[spot.end() :]


def _inserted(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(_SOUP) + text[at:]


def _cut(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + text[at + random.randrange(12) :]


def _line(text: str, random: Random) -> str:
    lines = text.split("\n")
    at = random.randrange(len(lines))
    lines[at : at + random.randrange(2)] = lines[at : at + 1] * random.randrange(3)
    return "\n".join(lines)
