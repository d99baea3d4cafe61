"""One position's receptive field as plain data (``schemas/field.schema.json``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.to_json import envelope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcost.ir import Node, Shape
    from convcost.report import Box, Span


def document(node: Node, position: Shape, boxes: Mapping[str, Box]) -> dict[str, Any]:
    """Return the boxes by input, and beside them that of the first; None: it depends on no pixel.

    Per dim the first and the last pixel, from 0; ``clipped`` has those that are in the input.
    """
    inputs = {name: {"box": _spans(box.box), "clipped": _spans(box.clipped)} for name, box in boxes.items()}
    first = next(iter(inputs.values()), {"box": None, "clipped": None})
    about = {"layer": node.name, "position": list(position)}
    return envelope.document(**about, **first, inputs=inputs)


def _spans(box: tuple[Span, ...] | None) -> list[list[int]] | None:
    return None if box is None else [list(span) for span in box]
