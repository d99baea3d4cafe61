"""Inputs nobody would write: shipped specs mangled in many ways, YAML-like text, raw bytes."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from convcost.ops import INDEX, op_class
from convcost.spec import shipped
from convcost.spec.arithmetic import FUNCTIONS
from convcost.spec.syntax import BRANCHING, COMMON, HEAD, SHORTCUTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_LARGEST = 2500  # bytes of a shipped spec: PyYAML's own parser takes milliseconds per kilobyte

_NUMBERS = (
    *("0", "1", "-1", "2", "3", "7", "64", "1000", "1000000", "1000000000", "99999999999999999", "1" * 19),
    *("1" * 5000, "0.5", "1.5", "-0.25", ".5", "1e9", "010", "0x10", "1_0", "1:30", ".inf", ".nan", "~"),
)
_EXPRESSIONS = (
    *("in_channels", "in_size", "in_size.0", "in_height // 0", "in_width * 3", "index", "len(in_size)"),
    *("1 if true else 0", "max(1, 2)", '"max(1, 2)"', "min()", "9**9**9", "(" * 5000, "((((1))))", "a.b.c"),
    *(
        "__class__",
        "depths.99",
        "x[0]",
        "not 1",
        "1 < 2 < 3",
        "divisible(7, 0)",
        "1 / 3",
        "- - -1",
        "$x",
        "$",
    ),
)
_YAML = (
    *(
        "{",
        "}",
        "[",
        "]",
        ":",
        ": ",
        "- ",
        "-",
        "? ",
        ", ",
        "#",
        "&a ",
        "*a ",
        "!!str ",
        "!x ",
        "|",
        ">",
        "'",
    ),
    *('"', "%", "@", "`", "<<: ", "---", "...", "%YAML 1.2", "\\", "\\x1b", '"\\e[31m"', '"\\0"', "\t", "\r"),
    *(
        "\n",
        "\n  ",
        "\n    ",
        " ",
        "\u00e9",
        "\u2028",
        "\ufeff",
        "\U0001f600",
        "\x00",
        "\x7f",
        "|-\n",
        "~",
        "=",
        "",
    ),
)
_WORDS = (
    *sorted(INDEX),
    *COMMON,
    *HEAD,
    *SHORTCUTS,
    *FUNCTIONS,
    *("residual", "none", "body", "shortcut", "args", "like", "norm", "act", "bn", "yes", "no", "on", "true"),
    *(
        "out",
        "kernel",
        "stride",
        "padding",
        "groups",
        "axis",
        "factor",
        "size",
        "half",
        "same",
        "valid",
        "mode",
    ),
)
_OPERANDS = (
    *("0", "1", "2", "3", "8", "0.5", "1.5", "100000", "999999999999999999", "true", "false", "none", "word"),
    *("in_channels", "in_size", "in_size.0", "in_height", "in_width", "index", "depths", "depths.0", "width"),
    *("classes", "$width", "[1]", "()", "depths.index", "depths.width", "2 ** 40", "stage.*"),
)
_OPERATORS = (
    *("+", "-", "*", "/", "//", "%", "**"),
    *("==", "!=", "<", "<=", ">", ">="),
    *("and", "or", "not"),
)
_GUARDED = ("{when: true, layers: []}", "{when: false, layers: [relu]}", "{when: in_channels > 3}", "[]")
_DICTIONARY = (*_GUARDED, *_NUMBERS, *_EXPRESSIONS, *_YAML, *_WORDS)


@cache
def seeds() -> tuple[str, ...]:
    """Return the smaller shipped specs, without their comments."""
    texts = [re.sub(r"(?m)^\s*#.*\n|\s+#.*$", "", shipped.read(name)[1]) for name in shipped.names()]
    return tuple(text for text in texts if len(text) <= _LARGEST)


def an_input(random: Random) -> bytes:
    """Return one input of any kind."""
    kind = random.random()
    if kind < 0.1:
        return random.randbytes(random.randrange(1, 60))
    if kind < 0.3:
        return _soup(random).encode("utf-8", "surrogatepass")
    if kind < 0.5:
        return network(random).encode()
    data = mutated(random).encode("utf-8", "surrogatepass")
    return _flip(data, random) if random.random() < 0.15 else data


def expression(random: Random, depth: int = 0) -> str:
    """Return an expression: any function of any number of arguments of any kind, any operator."""
    kind = random.random()
    if depth > 2 or kind < 0.35:
        return random.choice(_OPERANDS)
    inner = [expression(random, depth + 1) for _ in range(random.choice((0, 1, 1, 2, 2, 3, 4, 21)))]
    if kind < 0.7:
        return f"{random.choice(tuple(FUNCTIONS))}({', '.join(inner)})"
    if kind < 0.8:
        return (
            f"({expression(random, depth + 1)} if {expression(random, depth + 1)} else {' '.join(inner[:1])})"
        )
    return f" {random.choice(_OPERATORS)} ".join(inner or ["()"])


def mutated(random: Random) -> str:
    """Return a shipped spec, mangled once or a few times."""
    text = random.choice(seeds())
    for _ in range(1 + int(random.expovariate(0.7))):
        text = random.choice(_MUTATIONS)(text, random)
    return text


def network(random: Random) -> str:
    """Return a few layers of any op with any values: the form is right, the meaning is chance."""
    dims = random.choice(("8, 8", "32", "7, 9, 5", "1, 1", "999999999999999999, 2"))
    lines = "".join(f"  - {_layer(random)}\n" for _ in range(random.randrange(1, 5)))
    return f"convcost: 1\nname: n\ninput: [{random.choice((1, 3, 16, 64))}, {dims}]\nlayers:\n{lines}"


def _layer(random: Random, depth: int = 0) -> str:
    if depth < 2 and random.random() < 0.2:
        body = ", ".join(_layer(random, depth + 1) for _ in range(random.randrange(3)))
        if random.random() < 0.5:
            return f"{{residual: {{shortcut: {random.choice(SHORTCUTS)}, body: [{body}]}}}}"
        return f"{{{random.choice(BRANCHING)}: {{a: [{body}], b: {random.choice(_GUARDED)}}}}}"
    op = random.choice(sorted(INDEX))
    cls = op_class(op)
    fields = [
        f"{name}: {_value(random)}"
        for name, spec in cls.specs().items()
        if spec.required or random.random() < 0.3
    ]
    if cls.LIKE and random.random() < 0.6:
        fields.append("like: input")
    if random.random() < 0.05:
        fields.append(f"from: {random.choice(('conv1.*', 'relu1.*', 'input', '[input, conv1.*]'))}")
    if random.random() < 0.1:
        fields.append(f"repeat: {random.choice((1, 2, 30))}")
    return f"{{{op}: {{{', '.join(fields)}}}}}"


def _value(random: Random) -> str:
    if random.random() < 0.15:
        return f'"{expression(random)}"'
    number = random.choice(
        ("1", "1", "2", "2", "3", "4", "7", "8", "16", "0", "-1", "0.5", "99999999999999999")
    )
    if random.random() < 0.7:
        return random.choice(
            (number, number, number, "true", "false", "half", "same", "bilinear", "in_channels")
        )
    other = random.choice(("1", "0", "2", "-1", "[1, 2]", "8"))
    return random.choice((f"[{number}, {other}]", f"[{number}]", f"[{other}, {number}, 1]", "[]"))


def _soup(random: Random) -> str:
    """Return YAML-like text out of the dictionary."""
    start = random.choice(("", "", "convcost: 1\nname: n\ninput: [3, 8, 8]\nlayers:\n  - "))
    return start + "".join(random.choice(_DICTIONARY)[:200] for _ in range(random.randrange(1, 25)))


def _flip(data: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.randrange(1, 4)):
        at = random.randrange(len(changed)) if changed else 0
        changed[at : at + random.randrange(2)] = random.randbytes(random.randrange(2))
    return bytes(changed)


def _replace_token(text: str, random: Random) -> str:
    found = list(_TOKEN.finditer(text))
    if not found:
        return text
    spot = random.choice(found)
    other = random.choice(found).group() if random.random() < 0.4 else random.choice(_DICTIONARY)
    return text[: spot.start()] + other + text[spot.end() :]


def _replace_value(text: str, random: Random) -> str:
    found = list(re.finditer(r"(?<=: )[^\s,{}\[\]]+", text))
    if not found:
        return text
    spot = random.choice(found)
    other = random.choice((*_NUMBERS, *_EXPRESSIONS))
    if random.random() < 0.4:
        other = f'"{expression(random)}"' if random.random() < 0.7 else expression(random)
    return text[: spot.start()] + other + text[spot.end() :]


def _insert(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(_DICTIONARY) + text[at:]


def _cut(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + text[at + random.randrange(12) :]


def _lines(change: Callable[[list[str], int, Random], None]) -> Callable[[str, Random], str]:
    def mutation(text: str, random: Random) -> str:
        lines = text.split("\n")
        change(lines, random.randrange(len(lines)), random)
        return "\n".join(lines)

    return mutation


def _drop(lines: list[str], at: int, random: Random) -> None:
    del lines[at : at + random.randrange(1, 3)]


def _double(lines: list[str], at: int, random: Random) -> None:
    lines[at:at] = lines[at : at + random.randrange(1, 4)]


def _swap(lines: list[str], at: int, random: Random) -> None:
    other = random.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]


def _indent(lines: list[str], at: int, random: Random) -> None:
    lines[at] = random.choice((" ", "  ", "    ", "\t", "- ")) + lines[at]


def _dedent(lines: list[str], at: int, random: Random) -> None:
    lines[at] = lines[at][random.randrange(4) :]


def _graft(lines: list[str], at: int, random: Random) -> None:
    other = random.choice(seeds()).split("\n")
    lines[at] = random.choice(other)


def _repeat(lines: list[str], at: int, random: Random) -> None:
    lines[at] = re.sub(
        r"\}$", f", repeat: {random.choice((0, 2, 40, 'in_channels', 'index + 1'))}}}", lines[at]
    )


_MUTATIONS: tuple[Callable[[str, Random], str], ...] = (
    *(_replace_token, _replace_token, _replace_value, _replace_value, _insert, _cut),
    *map(_lines, (_drop, _double, _swap, _indent, _dedent, _graft, _repeat)),
)
