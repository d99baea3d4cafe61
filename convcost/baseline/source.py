"""What a baseline is called: ``git:REF``, ``file:x.json`` or ``spec:old.yaml``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.errors import Diagnostic, UsageError, brief, suggest

if TYPE_CHECKING:
    from convcost.errors import Loc

KINDS = ("git", "file", "spec")
_LONGEST = 500


class Baseline(NamedTuple):
    """Where old figures come from: ``kind`` git, file or spec, and its argument.

    ``on_missing``: what it means if they cannot be had. ``loc`` is None for one that was
    named on the command line.
    """

    kind: str
    argument: str
    on_missing: str = "error"
    loc: Loc | None = None

    def __str__(self) -> str:
        return f"{self.kind}:{self.argument}"


def is_baseline(word: str) -> bool:
    """Whether a word begins as a baseline does, and so is no spec."""
    kind, colon, _ = word.partition(":")
    return bool(colon) and kind in KINDS


def parse_baseline(word: str, on_missing: str = "error", loc: Loc | None = None) -> Baseline:
    """Return the baseline that a word names; raises UsageError for what is none."""
    kind, colon, argument = word.partition(":")
    if kind not in KINDS or not argument:
        hint = suggest(kind, KINDS) if colon else None
        message = f"a baseline is git:REF, file:x.json or spec:old.yaml, not {brief(word)}"
        raise UsageError(Diagnostic("CC609", message, loc, hint))
    if kind == "git" and not _is_ref(argument):
        hint = "a branch, a tag or a commit, as in git:origin/main"
        raise UsageError(Diagnostic("CC609", f"{brief(argument)} is not a git ref", loc, hint))
    if not argument.isprintable():
        raise UsageError(Diagnostic("CC609", f"{brief(argument)} is not a path", loc))
    return Baseline(kind, argument, on_missing, loc)


def _is_ref(ref: str) -> bool:
    """Whether a ref is no option, and has no space, control character or ``:`` (a path, to git)."""
    plain = ref.isprintable() and not any(c in ref for c in " :?*[\\")
    return plain and not ref.startswith("-") and len(ref) <= _LONGEST
