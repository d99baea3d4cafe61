"""The options that commands share, and the words they take."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from convcost.cli._click import ParamType
from convcost.cli._output import FORMATS
from convcost.cost import DTYPES, MAX_BATCH
from convcost.errors import brief

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem


class Settings(NamedTuple):
    """What applies to every spec of a command, and how its output looks."""

    sets: dict[str, str]
    input: str | None
    batch: int
    dtype: str
    device: str


class Look(NamedTuple):
    """The format of the output, and the word of --color."""

    format: str
    color: str


class Whole(ParamType[int]):
    """An integer from ``least`` to ``most``; a refusal stays short, however long the text."""

    name = "integer"

    def __init__(self, most: int, least: int = 1) -> None:
        self.least = least
        self.most = most

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it."""
        text = str(value).strip()
        digits = text.isascii() and text.isdigit() and len(text) <= len(str(self.most))
        if not digits or not self.least <= int(text) <= self.most:
            message = f"{brief(text)} is not an integer from {self.least:,} to {self.most:,}"
            self.fail(message, param, ctx)
        return int(text)


class FileType(click.Path):
    """The path of a file to read or write."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse the empty name, which some calls take for the folder."""
        if not value:
            self.fail("a file needs a name", param, ctx)
        return super().convert(value, param, ctx)


DEPTH = Whole(1000)
ROWS = Whole(10**9)
BATCH = Whole(MAX_BATCH)


class SpecType(ParamType[str]):
    """A SPEC argument; completes to the shipped names and to files."""

    name = "spec"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return what a shell may offer for a word that has been begun."""
        from convcost.cli._complete import specs

        return specs(ctx, param, incomplete)


def offer(name: str, *kinds: str) -> Callable[..., list[CompletionItem]]:
    """Return what completes an argument, by its name in ``_complete``, which is imported when a shell asks."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from convcost.cli import _complete

        found = getattr(_complete, name)
        items: list[CompletionItem] = (found(*kinds) if kinds else found)(ctx, param, incomplete)
        return items

    return complete


def specs_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    """Take one SPEC or more."""
    return click.argument("specs", nargs=-1, required=True, metavar="SPEC...", type=SpecType())(function)


def settings_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Take --set, --input, --batch, --dtype and --device, as one ``settings``."""

    @click.option("--set", "sets", multiple=True, metavar="VAR=VALUE", help="Override a var of the spec.")
    @click.option("--input", "size", metavar="3x224x224", help="Override the input shape, per sample.")
    @click.option("--batch", type=BATCH, default=1, show_default=True, metavar="N", help="Batch size.")
    @click.option(
        "--dtype", type=click.Choice(list(DTYPES)), default="float32", show_default=True, help="Element type."
    )
    @click.option(
        "--device",
        type=click.Choice(["cpu", "cuda"]),
        default="cpu",
        show_default=True,
        help="Device whose memory rules apply.",
    )
    @wraps(function)
    def wrapper(
        *, sets: tuple[str, ...], size: str | None, batch: int, dtype: str, device: str, **others: Any
    ) -> Any:
        return function(settings=Settings(pairs(sets), size, batch, dtype, device), **others)

    return wrapper


def metric_option(help_text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Take --metric, one that layers have."""
    from convcost.cost import SUMMABLE

    return click.option(
        "--metric",
        type=click.Choice(SUMMABLE),
        default="macs",
        show_default=True,
        metavar="METRIC",
        help=help_text,
    )


def full_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Take --full."""
    return click.option("--full", is_flag=True, help="Show all rows of long tables.")(function)


def look_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Take --format, --json and --color, as one ``look``."""

    @click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        default="table",
        show_default=True,
        help="Output format.",
    )
    @click.option("--json", "as_json", is_flag=True, help="Same as --format json.")
    @click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        help="Use colour; auto: as NO_COLOR, FORCE_COLOR and the terminal say.",
    )
    @wraps(function)
    def wrapper(*, form: str, as_json: bool, color: str, **others: Any) -> Any:
        return function(look=Look("json" if as_json else form, color), **others)

    return wrapper


def pairs(sets: tuple[str, ...]) -> dict[str, str]:
    """Split VAR=VALUE; the last of two for one var wins."""
    pairs = {}
    for word in sets:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{brief(word)} is not VAR=VALUE", param_hint="--set")
        pairs[name] = value
    return pairs
