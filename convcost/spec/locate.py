"""What a SPEC on the command line means: a path, ``-``, or the name of a shipped spec."""

from __future__ import annotations

import os
from typing import NamedTuple

from convcost.errors import Diagnostic, SpecError, UsageError, brief
from convcost.spec import shipped

STDIN = "-"
_DIGITS = 18


def is_path(text: str) -> bool:
    """Whether a text means a file, or files: it has a slash, or ends in .yaml or .yml."""
    return "/" in text or os.sep in text or text.endswith((".yaml", ".yml"))


class SpecRef(NamedTuple):
    """A SPEC taken apart: ``resnet@50,width=2,input=3x160x160``.

    ``spec`` is a path, ``-`` or a shipped name; ``sets`` are (var, text) pairs.
    """

    spec: str
    variant: str | None = None
    sets: tuple[tuple[str, str], ...] = ()
    input: str | None = None

    @property
    def is_path(self) -> bool:
        """Whether it names a file."""
        return is_path(self.spec)


def parse_ref(text: str) -> SpecRef:
    """Take a SPEC apart at its last ``@``, unless a file of that very name exists."""
    if "@" not in text or os.path.exists(text):
        return SpecRef(text)
    spec, _, settings = text.rpartition("@")
    variant: str | None = None
    sets: list[tuple[str, str]] = []
    size: str | None = None
    for number, item in enumerate(_split(settings)):
        key, equals, value = item.partition("=")
        if not equals:
            if number or not item:
                raise UsageError(Diagnostic("CC313", f"{text}: {item!r} is neither a variant nor var=value"))
            variant = item
        elif key.strip() == "input":
            size = value
        else:
            sets.append((key.strip(), value))
    return SpecRef(spec, variant, tuple(sets), size)


def parse_size(text: str) -> tuple[int, ...] | None:
    """Read ``3x224x224``, channels and sizes; None for what is not written so."""
    parts = [part.strip() for part in text.lower().split("x")]
    if not all(part.isascii() and part.isdigit() and len(part) <= _DIGITS for part in parts):
        return None
    return tuple(map(int, parts))


def checked_size(text: str) -> tuple[int, ...]:
    """Read a size that was asked for; raises UsageError for what is not written so."""
    size = parse_size(text)
    if size is None:
        message = f"an input is channels and sizes, as in 3x224x224, not {brief(text)}"
        raise UsageError(Diagnostic("CC304", message))
    return size


def _split(settings: str) -> list[str]:
    """Split at the commas that no bracket encloses."""
    items, depth = [""], 0
    for character in settings:
        depth += (character in "[(") - (character in "])")
        if character == "," and depth == 0:
            items.append("")
        else:
            items[-1] += character
    return items


def read_bytes(ref: SpecRef, stdin: bytes | None = None) -> tuple[str, bytes]:
    """Return a spec's display name and its bytes; SpecError or UsageError where it cannot be had."""
    if ref.spec == STDIN:
        return "<stdin>", stdin if stdin is not None else b""
    if ref.is_path:
        return ref.spec, _file(ref.spec)
    if ref.spec not in shipped.names():
        from convcost.spec.misnamed import hint

        message = f"there is no shipped spec {ref.spec!r}"
        raise UsageError(Diagnostic("CC101", message, hint=hint(ref.spec)))
    name, text = shipped.read(ref.spec)
    return name, text.encode()


def _file(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read((1 << 20) + 1)
    except OSError as error:
        from convcost.spec.misnamed import hint

        reason = (error.strerror or str(error)).lower()
        raise SpecError(Diagnostic("CC101", f"{path} cannot be read: {reason}", hint=hint(path))) from None
    except ValueError:  # a NUL in the path
        raise SpecError(Diagnostic("CC101", f"{path!r} is not a path")) from None
