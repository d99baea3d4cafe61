"""``convcost validate``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from convcost.cli._options import look_options, settings_options, specs_argument
from convcost.cli._output import Outcome, Terminal, render, shown
from convcost.cli._specs import Reader, each, variants
from convcost.cli._warnings import gathered
from convcost.errors import ERROR, ConvcostError
from convcost.to_json.diagnostics import validation
from convcost.views.specs import valid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.cli._options import Look, Settings
    from convcost.errors import Diagnostic
    from convcost.ir import Graph


@click.command(
    epilog="""\b
Examples:
  convcost validate nets/*.yaml
  convcost validate nets/*.yaml --json
  cat net.yaml | convcost validate -
"""
)
@specs_argument
@settings_options
@look_options
def command(*, specs: tuple[str, ...], settings: Settings, look: Look) -> Outcome:
    """Report every mistake in specs and their variants."""
    reader = Reader(settings)
    with gathered() as warned:
        every = [variant for spec in specs for variant in _variants(spec, reader)]
        judged, crashed = each(every, lambda spec: _judged(spec, reader), look.color)
    good = [(spec, result) for spec, result in judged if not isinstance(result, ConvcostError)]
    errors = [result for _, result in judged if isinstance(result, ConvcostError)]
    found = _once([*warned, *(diagnostic for error in errors for diagnostic in error.diagnostics)])
    code = max([crashed.code, *(error.exit_code for error in errors)])
    as_json = look.format == "json"
    said = render(found, Terminal.of(sys.stderr, look.color)) if found and not as_json else ""
    table = valid(good)
    terminal = Terminal.of(sys.stdout, look.color)
    out = shown([table], look.format, terminal, lambda: validation(good, found)) if good or as_json else ""
    return Outcome(out, "\n".join(filter(None, [said, crashed.text])), code)


def _variants(spec: str, reader: Reader) -> list[str]:
    """Return a spec's variants, or the spec alone where they cannot be read: loading it says why."""
    try:
        return variants(spec, reader.stdin(spec))
    except ConvcostError:
        return [spec]


def _judged(spec: str, reader: Reader) -> Graph | ConvcostError:
    try:
        return reader.graph(spec)
    except ConvcostError as error:
        return error


def _once(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return diagnostics without repetition: variants share their spec's mistakes."""
    return list({(d.code, str(d)): d for d in sorted(found, key=lambda d: d.severity == ERROR)}.values())
