"""Networks side by side as plain data: their documents, and exact ratios to the baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.cost import SUMMABLE
from convcost.to_json.report import networks

if TYPE_CHECKING:
    from convcost.comparison import Comparison


def comparison(found: Comparison) -> dict[str, Any]:
    """Return the JSON document of all networks, and their ratios as exact fractions."""
    ratios = [
        {name: None if (r := found.ratio(name, i)) is None else str(r) for name in SUMMABLE}
        for i in range(len(found.reports))
    ]
    about = {"labels": list(found.labels), "baseline": 0, "ratios": ratios}
    return networks(found.reports, comparison=about)
