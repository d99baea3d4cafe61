"""``convcost profile``."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from convcost.cli._options import (
    BATCH,
    DEPTH,
    Settings,
    Whole,
    full_option,
    look_options,
    pairs,
    specs_argument,
)
from convcost.cli._output import Outcome, Terminal, shown
from convcost.cli._specs import Reader, each
from convcost.cli._torch import need_torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from convcost.cli._options import Look
    from convcost.torch_backend.profile import Profile
    from convcost.torch_backend.profile_without import Pair
    from convcost.torch_backend.runner import How
    from convcost.view import View

MOST_PASSES = 100_000
MOST_THREADS = 1024  # torch takes any number, and ends the process where the system has no more
DTYPES = ("float64", "float32", "float16", "bfloat16")


@click.command(
    epilog="""\b
Examples:
  convcost profile resnet@50 --threads 2 --repeat 20
  convcost profile googlenet --without-reductions
  convcost profile squeezenet --device cuda --dtype float16 --batch 32 --backward --json
"""
)
@specs_argument
@click.option("--without-reductions", is_flag=True, help="Run with and without the 1×1 reductions, in turn.")
@click.option(
    "--depth", type=DEPTH, default=1, show_default=True, metavar="N", help="Levels of names to group by."
)
@click.option("--layers", is_flag=True, help="Show every layer.")
@click.option("--set", "sets", multiple=True, metavar="VAR=VALUE", help="Override a var of the spec.")
@click.option("--input", "size", metavar="3x224x224", help="Override the input shape, per sample.")
@click.option("--batch", type=BATCH, default=1, show_default=True, metavar="N", help="Batch size.")
@click.option(
    "--dtype", type=click.Choice(DTYPES), default="float32", show_default=True, help="Element type."
)
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="Where to run.",
)
@click.option("--backward", is_flag=True, help="Run forward and backward, as in training.")
@click.option("--compile", "compiled", is_flag=True, help="Compile with torch.compile first.")
@click.option("--channels-last", is_flag=True, help="Use the channels-last memory format.")
@click.option(
    "--threads", type=Whole(MOST_THREADS), metavar="N", help="CPU threads; by default, torch chooses."
)
@click.option(
    "--warmup",
    type=Whole(MOST_PASSES, 0),
    default=3,
    show_default=True,
    metavar="N",
    help="Untimed passes before them.",
)
@click.option(
    "--repeat", type=Whole(MOST_PASSES), default=10, show_default=True, metavar="N", help="Timed passes."
)
@full_option
@look_options
def command(  # noqa: PLR0913  (one parameter per option)
    *,
    specs: tuple[str, ...],
    without_reductions: bool,
    depth: int,
    layers: bool,
    sets: tuple[str, ...],
    size: str | None,
    batch: int,
    dtype: str,
    device: str,
    backward: bool,
    compiled: bool,
    channels_last: bool,
    threads: int | None,
    warmup: int,
    repeat: int,
    full: bool,
    look: Look,
) -> Outcome:
    """Run networks and show where the time goes.

    It is shown next to where the macs are. Needs torch.
    """
    need_torch("profile")
    from convcost.torch_backend.runner import How
    from convcost.views.profile import view

    how = How(batch, dtype, device, backward, compiled, channels_last, threads, warmup, repeat)
    reader = Reader(Settings(pairs(sets), size, batch, dtype, "cpu"))
    if without_reductions:
        return _pairs(specs, reader, how, look, full=full)
    show = partial(view, depth=None if layers else depth, full=full)
    return _profiles(specs, reader, how, look, show)


def _profiles(
    specs: tuple[str, ...], reader: Reader, how: How, look: Look, view: Callable[[Profile, str], View]
) -> Outcome:
    from convcost.to_json.profile import profiles
    from convcost.torch_backend.profile import passes_of, profile

    def work(spec: str) -> Profile:
        graph = reader.settled(spec)
        with _progress(spec, passes_of(how)) as tick:
            return profile(graph, how, tick)

    done, failures = each(specs, work, look.color)
    views = [view(found, spec) for spec, found in done]
    terminal = Terminal.of(sys.stdout, look.color)
    out = shown(views, look.format, terminal, lambda: profiles(p for _, p in done))
    return Outcome(out if done else "", *failures)


def _pairs(specs: tuple[str, ...], reader: Reader, how: How, look: Look, *, full: bool) -> Outcome:
    from convcost.to_json.profile import pairs
    from convcost.torch_backend.profile import passes_of
    from convcost.torch_backend.profile_without import profile_without
    from convcost.views.profile_without import view

    def work(spec: str) -> Pair:
        graph = reader.settled(spec)
        with _progress(spec, passes_of(how, 2)) as tick:
            return profile_without(graph, how, tick)

    done, failures = each(specs, work, look.color)
    views = [view(found, spec, full=full) for spec, found in done]
    terminal = Terminal.of(sys.stdout, look.color)
    out = shown(views, look.format, terminal, lambda: pairs(p for _, p in done))
    return Outcome(out if done else "", *failures)


@contextmanager
def _progress(label: str, steps: int) -> Iterator[Callable[[], None]]:
    """Show a bar on stderr while it is a terminal; yield what moves it on by a step."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    with click.progressbar(length=steps, label=label, file=sys.stderr) as bar:
        yield lambda: bar.update(1)
