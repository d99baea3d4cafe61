"""``convcost schema``."""

from __future__ import annotations

import os

import click

from convcost.cli._output import Outcome

_FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "schemas")
_SUFFIX = ".schema.json"


def names() -> list[str]:
    """Return the names of the schemas that ship."""
    return sorted(file[: -len(_SUFFIX)] for file in os.listdir(_FOLDER) if file.endswith(_SUFFIX))


@click.command(
    epilog="""\b
Examples:
  convcost schema > spec.schema.json
  convcost schema report
"""
)
@click.argument("name", type=click.Choice(names()), default="spec")
def command(*, name: str) -> Outcome:
    """Print a JSON Schema, by default that of specs.

    There is one for every file that convcost reads or writes.
    """
    with open(os.path.join(_FOLDER, name + _SUFFIX), encoding="utf-8") as file:
        return Outcome(file.read())
