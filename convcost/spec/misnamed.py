"""What was probably meant by a SPEC that is neither a file nor the name of a spec that ships."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from convcost.errors import closest, did_you_mean
from convcost.spec import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

_READ = "a SPEC is YAML text: a path, or a name that 'convcost specs' lists"
_OTHERS = {
    **dict.fromkeys((".pt", ".pth", ".ckpt", ".safetensors", ".h5", ".keras", ".pb"), "weights are not read"),
    **dict.fromkeys((".onnx", ".tflite", ".mlmodel"), "a stored network is not read"),
    **dict.fromkeys((".py", ".ipynb"), "source code is not read"),
}


def hint(spec: str) -> str | None:
    """Return what to write instead of a SPEC that cannot be had, None for a path with nothing near."""
    beside = next((path for path in _beside(spec) if os.path.isfile(path)), None)
    what = _OTHERS.get(os.path.splitext(spec)[1].lower())
    if os.path.isdir(spec):
        return f"a folder is not read: name the specs in it, as in {os.path.join(spec, '*.yaml')}"
    if what:
        return f"{what}; {_READ}"
    if beside:
        return did_you_mean(beside)
    if spec == "HEAD" or spec.startswith(("HEAD~", "HEAD^", "origin/")):
        return f"a git ref is written git:{spec}"
    near = closest(spec, shipped.names())
    otherwise = None if spec.endswith((".yaml", ".yml")) or os.path.dirname(spec) else _READ
    return did_you_mean(variant(spec) or near or _near(spec)) or otherwise


def variant(word: str) -> str | None:
    """Return the shipped spec and variant that ``resnet50`` or ``ResNet-50`` runs together."""
    folded = _fold(word)
    for name in sorted(shipped.names(), key=len, reverse=True):
        base = _fold(name)
        if folded == base:
            return name
        if folded.startswith(base):
            known = {_fold(key): key for key in variants(name)}
            found = known.get(folded[len(base) :])
            if found is not None:
                return f"{name}@{found}"
    return None


def variants(name: str) -> list[str]:
    """Return the variants of a shipped spec."""
    from convcost.spec.document import parse_document
    from convcost.spec.log import Log
    from convcost.spec.read import decode, read

    label, text = shipped.read(name)
    log = Log()
    return list(parse_document(read(decode(text.encode(), label), log), log).variants)


def _fold(word: str) -> str:
    return re.sub(r"[\W_]", "", word.lower())


def _beside(spec: str) -> Iterator[str]:
    """Yield the paths under which a file of this name would be read."""
    lead = "" if os.path.dirname(spec) else "./"
    yield from (f"{lead}{spec}{ending}" for ending in ("", ".yaml", ".yml"))


def _near(path: str) -> str | None:
    """Return a spec of nearly this name in the same folder."""
    folder = os.path.dirname(path)
    try:
        names = os.listdir(folder or os.curdir)
    except OSError:
        return None
    found = closest(os.path.basename(path), [name for name in names if name.endswith((".yaml", ".yml"))])
    return found and os.path.join(folder or os.curdir, found)
