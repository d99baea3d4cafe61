"""The specs that ship: where they are, what they are called, what they say.

In a wheel they lie in ``convcost/specs``; in a checkout and in an editable install at the
top, beside ``convcost/``. Paths are strings: ``pathlib`` alone would cost a cold start 10 ms,
``importlib.resources`` 25 ms.
"""

from __future__ import annotations

import os.path

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_SUFFIX = ".yaml"


def folder(name: str = "specs") -> str:
    """Return the folder of the shipped specs, or of another part of the tree that ships."""
    inside = os.path.join(_PACKAGE, name)
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(_PACKAGE), name)


def page(name: str) -> str:
    """Return the text of a page of docs/ that ships."""
    with open(os.path.join(folder("docs"), name), encoding="utf-8") as file:
        return file.read()


def names() -> list[str]:
    """Return the names of all shipped specs, sorted."""
    files = os.listdir(folder())
    return sorted(file[: -len(_SUFFIX)] for file in files if file.endswith(_SUFFIX))


def read(name: str) -> tuple[str, str]:
    """Return the display name (``resnet (shipped)``) and the text of one of ``names()``."""
    with open(os.path.join(folder(), name + _SUFFIX), encoding="utf-8") as file:
        return f"{name} (shipped)", file.read()
