"""What the catalogue says about one code."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """A diagnostic code: its title, its explanation, and a spec with the mistake and one without.

    Loading ``wrong`` gives exactly this code, loading ``right`` none; ``ref`` stands behind the
    spec's name in both (``@51``). Codes that no spec shows have neither.
    """

    title: str
    explanation: str
    wrong: str = ""
    right: str = ""
    ref: str = ""


def net(*layers: str, head: str = "") -> str:
    """Return a small spec of these lines; ``head`` stands before ``layers:``."""
    lines = "".join(f"  - {line}\n" for line in layers)
    return f"convcost: 1\nname: net\ninput: [3, 32, 32]\n{head}layers:\n{lines}"
