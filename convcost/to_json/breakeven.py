"""Where 1×1 reductions stop paying, as plain data (``schemas/breakeven.schema.json``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.to_json.envelope import document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.reductions.breakeven import BreakEven


def breakeven(rows: Iterable[BreakEven]) -> dict[str, Any]:
    """Return the document of ``breakeven``: one entry per site, null where no width saves."""
    return document(breakeven=[_row(row) for row in rows])


def _row(row: BreakEven) -> dict[str, Any]:
    return {
        "layer": row.layer,
        "readers": list(row.readers),
        "channels": row.wide,
        "width": row.width,
        "sandwich": row.sandwich,
        "largest": row.largest,
        "points": [point._asdict() for point in row.points],
        "without": {"macs": row.macs.without, "params": row.params.without},
    }
