"""What a spec may say but probably doesn't mean: warnings, not errors."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from convcost.errors import WARNING, ConvcostWarning, Diagnostic

if TYPE_CHECKING:
    from convcost.errors import Loc
    from convcost.ir import Shape

_IMAGE = 32  # positions per dim; below that a shape says too little to guess from
_COLOURS = (1, 3)


def doubt_input(shape: Shape, loc: Loc) -> None:
    """Warn where an input looks like ``[batch, 3, 224, 224]`` or ``[224, 224, 3]``."""
    found = _batch_first(shape) or _channels_last(shape)
    if found is None:
        return
    question, meant = found
    hint = f"write {'x'.join(map(str, meant)) if loc.source.name == '--input' else list(meant)}"
    channels = f"{shape[0]} channel{'s' if shape[0] > 1 else ''}"
    message = f"{list(shape)} is {channels} of {'×'.join(map(str, shape[1:]))}; {question}"
    warnings.warn(ConvcostWarning(Diagnostic("CC317", message, loc, hint, severity=WARNING)), stacklevel=3)


def _batch_first(shape: Shape) -> tuple[str, Shape] | None:
    if len(shape) == 4 and shape[1] in _COLOURS and min(shape[2:]) >= _IMAGE:  # noqa: PLR2004  (N, C, H, W)
        return f"is {shape[0]} the batch size? It is set by --batch", shape[1:]
    return None


def _channels_last(shape: Shape) -> tuple[str, Shape] | None:
    if len(shape) == 3 and shape[2] in _COLOURS and min(shape[:2]) >= _IMAGE:  # noqa: PLR2004  (H, W, C)
        return "do the channels come last? Here they come first", (shape[2], *shape[:2])
    return None
