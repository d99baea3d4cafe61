"""The catalogue of diagnostic codes: what each means, and a spec that shows it.

CC1xx are about text and YAML, CC2xx expressions, CC3xx structure and names, CC4xx shapes
and layers, CC5xx transforms, CC6xx budgets, CC7xx torch, CC9xx requests. A code keeps its
meaning for good. Only ``convcost errors``, the docs and tests import this.
"""

from __future__ import annotations

from convcost.codes import budgets, expressions, requests, shapes, structure, text, torch_runs, transforms
from convcost.codes._entry import Entry

__all__ = ["CODES", "Entry"]

CODES: dict[str, Entry] = {
    **text.CODES,
    **expressions.CODES,
    **structure.CODES,
    **shapes.CODES,
    **transforms.CODES,
    **budgets.CODES,
    **torch_runs.CODES,
    **requests.CODES,
}
