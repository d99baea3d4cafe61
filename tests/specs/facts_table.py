"""The fact tables of this folder, and how their rows are addressed on the command line."""

from __future__ import annotations

import csv
from pathlib import Path

FACTS = Path(__file__).parent / "facts"


def rows(table: str) -> list[dict[str, str]]:
    """Return the rows of ``facts/<table>.csv``."""
    with (FACTS / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def address(row: dict[str, str]) -> str:
    """Return how a row's network is asked for: ``mobilenet_v1@width=0.5,input=3x160x160``."""
    settings = row["variant"].replace("input ", "input=").replace(" ", "")
    return f"{row['preset']}@{settings}" if settings else row["preset"]


def shape(text: str) -> tuple[int, ...]:
    """Return ``3x224x224`` as a tuple."""
    return tuple(map(int, text.split("x")))
