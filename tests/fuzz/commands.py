"""Every command with any of its options, each with any word, and a shell's completion of them."""

from __future__ import annotations

import io
import os
import sys
from contextlib import redirect_stderr, redirect_stdout, suppress
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import click

from convcost.cli._group import COMMANDS, root
from convcost.cli._run import COMPLETE, _outcome
from convcost.spec import shipped
from tests.budget.repository import TINY
from tests.fuzz.judge import Finding
from tests.fuzz.place import FILES, baseline
from tests.fuzz.text import GLOBS, NAMES, NUMBERS, REFS, argument, mangled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from convcost.cli._output import Outcome

SPECS = ("tiny.yaml", "tiny.yaml", "nets/tiny.yaml@wide", "lenet", "tiny.yaml@width=8", "-", "tiny.yaml@wide")
WRITABLE = ("out.txt", "", "-", "no/where", "nets", ".", "/dev/null", "/dev/full", "new\nline", "é")
_LONGEST = 20_000  # characters of complaints; a sentence for each of a few mistakes is far less

# A run of 100,000 passes, or one compiled by torch, takes minutes, as asked: what counts is what is refused.
_ASKED_FOR = {"--compile"}
_NUMBERS = tuple(n for n in NUMBERS if n != "1000000000")


class Call(NamedTuple):
    """A command line, the input it reads, and variables of a shell's completion."""

    arguments: tuple[str, ...]
    stdin: bytes
    variables: dict[str, str]


@cache
def commands() -> tuple[tuple[tuple[str, ...], click.Command], ...]:
    """Return every command of the tree by its words."""
    return tuple(_walk((), root))


def _walk(words: tuple[str, ...], command: click.Command) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        yield words, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        if below is not None:
            yield from _walk((*words, name), below)


def draw(random: Random) -> Call:
    """Return a call of the program."""
    words, command = random.choice(commands())
    arguments = [*words, *_positional(command, random)]
    for option in random.sample(_options(command), min(len(_options(command)), random.randrange(5))):
        arguments += _option(option, random)
    if random.random() < 0.05:
        arguments.insert(random.randrange(len(arguments) + 1), argument(random))
    if words == ("ops",):
        arguments += ["-o", random.choice(WRITABLE)]  # or a new op would be written into the package
    stdin = random.choice((b"", TINY.encode(), mangled(TINY, random).encode("utf-8", "surrogatepass")))
    return Call(tuple(arguments), stdin, _variables(arguments, random) if random.random() < 0.05 else {})


def _options(command: click.Command) -> list[click.Option]:
    found = [p for p in command.get_params(click.Context(command)) if isinstance(p, click.Option)]
    return [option for option in found if not _ASKED_FOR & set(option.opts)]


def _positional(command: click.Command, random: Random) -> list[str]:
    found = []
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            most = 3 if parameter.nargs == -1 else 1
            count = random.randrange(most + 1) if random.random() < 0.3 else 1
            found += [_argument(parameter, random) for _ in range(count)]
    return found


def _argument(parameter: click.Argument, random: Random) -> str:
    known = {"op": ("conv", "new", "residual"), "name": ("square", "conv"), "code": ("CC101", "cc101", "x")}
    known |= {"layer": ("body", "stem", "no"), "old": (*REFS, *SPECS), "shell": ("bash", "zsh", "fish")}
    if random.random() < 0.7:
        return random.choice(known.get(parameter.name or "", SPECS))
    return random.choice((random.choice(NAMES), argument(random)))


def _option(option: click.Option, random: Random) -> list[str]:
    name = random.choice(option.opts)
    if option.is_flag:
        return [name]
    return [name, _value(option, random)]


def _value(option: click.Option, random: Random) -> str:
    if "-o" in option.opts or "--output" in option.opts:
        return random.choice(WRITABLE)
    if "--report" in option.opts:
        forms = ("table", "markdown", "github", "junit", "sarif", "json", "csv", "x", "")
        return f"{random.choice(forms)}{random.choice((':', ''))}{random.choice(WRITABLE)}"
    if isinstance(option.type, click.Choice) and random.random() < 0.7:
        return str(random.choice(tuple(option.type.choices)))
    known = {
        "--input": ("3x16x16", "3x8x8", "1x28x28"),
        "--set": ("width=8", "width=[1]", "w=1", "=", "width="),
    }
    known |= {"--budget": ("convcost.budget.yaml", *NAMES), "--baseline": REFS, "--rule": ("total", "x")}
    known |= {"--only": GLOBS, "--margin": ("5%", "0%", *NUMBERS), "--ratio": ("2", "1.5", *NUMBERS)}
    some = known.get(option.opts[-1], _NUMBERS)
    word = random.choice(some) if random.random() < 0.8 else argument(random)
    return word if word != "1000000000" else "1"


def _variables(arguments: list[str], random: Random) -> dict[str, str]:
    """Return what a shell sets to ask for completion, some of it missing or wrong."""
    asked = random.choice(("bash_complete", "zsh_complete", "fish_complete", "bash_source", "1", "x_y"))
    found = {COMPLETE: asked, "COMP_WORDS": " ".join(["convcost", *arguments])}
    found["COMP_CWORD"] = random.choice(("1", "2", str(len(arguments)), "", " ", "-1", "x", "9" * 5000))
    return {name: value for name, value in found.items() if name == COMPLETE or random.random() < 0.8}


def things(call: Call) -> int:
    """Return how many networks a call may run: all that ship, or each word that could be one."""
    if call.arguments[:1] == ("specs",):
        return len(shipped.names())
    return max(1, sum(not word.startswith("--") for word in call.arguments[1:]))


def judge(call: Call) -> list[str]:
    """Run a call here; its exit code is 0, 1 or 2, and a 2 says why."""
    outcome = _ran(call)
    if outcome.code not in (0, 1, 2):
        raise Finding(f"exit code {outcome.code}: {outcome.err[:500]}")
    if outcome.code == 2 and not outcome.err:
        raise Finding("exit code 2 without a word")
    if len(outcome.err) > _LONGEST:
        raise Finding(f"{len(outcome.err):,} characters of complaints")
    name = call.arguments[0] if call.arguments and call.arguments[0] in COMMANDS else "something else"
    return [f"{name} {outcome.code}"]


@cache
def _warm_up() -> None:
    """Import torch where it is there: its seconds are no input's."""
    with suppress(ImportError):
        import torch._subclasses.fake_tensor
        import torch.utils.flop_counter  # noqa: F401


def _ran(call: Call) -> Outcome:
    for path, text in {**FILES, "old.json": baseline()}.items():
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    _warm_up()
    before, stdin = dict(os.environ), sys.stdin
    os.environ.update({name: value.replace("\x00", "") for name, value in call.variables.items()})
    sys.stdin = io.TextIOWrapper(io.BytesIO(call.stdin))
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            return _outcome(list(call.arguments))
    finally:
        sys.stdin = stdin
        os.environ.clear()
        os.environ.update(before)
