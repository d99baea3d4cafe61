"""What files said at a git ref: no shell, no checkout, one process for all files."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from convcost.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.errors import Loc

_TIMEOUT = 60.0


def main_of(folder: str) -> str | None:
    """Return the ref that a folder's changes start from; None outside a repository, or without git."""
    try:
        return Repository(folder).main()
    except UsageError:
        return None


class Repository:
    """The git repository around a folder; raises UsageError where there is none."""

    def __init__(self, folder: str, loc: Loc | None = None) -> None:
        self._loc = loc
        self._folder = folder
        done = self._run(["rev-parse", "--show-toplevel"])
        if done.returncode:
            said = _first_line(done.stderr)
            message = f"{folder} is not in a git repository"
            if "not a git repository" not in said:
                message = f"git cannot be used in {folder}"
            raise UsageError(Diagnostic("CC609", message, loc, notes=(f"git says: {said}",) if said else ()))
        self.top = os.fsdecode(done.stdout).rstrip("\n")

    def commit(self, ref: str) -> str | None:
        """Return the commit a ref names; None where the repository has no such ref."""
        if ref.startswith("-"):  # the reader refuses it with a position; this is the second lock
            raise UsageError(Diagnostic("CC609", f"{ref!r} is not a git ref", self._loc))
        words = ["rev-parse", "--verify", "--quiet", "--end-of-options", ref + "^{commit}"]
        done = self._run(words)
        return None if done.returncode else done.stdout.decode("ascii").strip()

    def main(self) -> str | None:
        """Return the ref that changes start from: the remote's default branch, main, master, or HEAD.

        None before the first commit.
        """
        done = self._run(["symbolic-ref", "--short", "--quiet", "refs/remotes/origin/HEAD"])
        default = os.fsdecode(done.stdout).strip()
        refs = (default, "origin/main", "origin/master", "main", "master", "HEAD")
        return next((ref for ref in refs if ref and self.commit(ref)), None)

    def read(self, commit: str, paths: Iterable[str]) -> dict[str, bytes]:
        """Return files as they stood at a commit, by path on disk; absent ones are left out."""
        inside = {path: name for path in paths if (name := self.inside(path)) is not None}
        if not inside:
            return {}
        asked = "".join(f"{commit}:{name}\n" for name in inside.values())
        done = self._run(["cat-file", "--batch"], os.fsencode(asked))
        return _parse_batch(done.stdout, list(inside))

    def inside(self, path: str) -> str | None:
        """Return a path from the repository's top on; None outside it, or if git cannot be asked for it."""
        name = os.path.relpath(os.path.realpath(path), self.top).replace(os.sep, "/")
        return None if name.startswith("../") or "\n" in name else name

    def _run(self, words: list[str], text: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = ["git", "-C", self._folder, *words]
        try:
            return subprocess.run(  # noqa: S603  (a list of words; a ref stands behind --end-of-options)
                command,
                input=text,
                capture_output=True,
                check=False,
                timeout=_TIMEOUT,
                env={**os.environ, "LC_ALL": "C"},
            )
        except FileNotFoundError:
            raise UsageError(Diagnostic("CC609", "git is not installed", self._loc)) from None
        except subprocess.TimeoutExpired:
            message = f"git took longer than {_TIMEOUT:.0f} s"
            raise UsageError(Diagnostic("CC609", message, self._loc)) from None


def _parse_batch(output: bytes, paths: list[str]) -> dict[str, bytes]:
    """Take ``cat-file --batch`` apart: a header and the contents for each path asked for."""
    found = {}
    at = 0
    for path in paths:
        end = output.find(b"\n", at)
        if end < 0:
            break
        header = output[at:end].split(b" ")
        at = end + 1
        if header[-1] == b"missing":
            continue
        size = int(header[-1])
        if header[-2] == b"blob":
            found[path] = output[at : at + size]
        at += size + 1
    return found


def _first_line(text: bytes) -> str:
    return text.decode("utf-8", "replace").strip().split("\n")[0][:200]
