"""A git repository with a small network and a budget, for tests."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from convcost.baseline.source import parse_baseline
from convcost.budget.check import check
from convcost.budget.read import read_budget
from convcost.budget.subjects import target
from tests.running import convcost

if TYPE_CHECKING:
    from pathlib import Path

    from convcost.budget.result import Result

TINY = """\
convcost: 1
name: tiny
input: [3, 32, 32]
vars: {width: 16, kernel: 3}
variants:
  wide: {width: 32}
layers:
  - conv: {name: stem, out: width, kernel: kernel, padding: half, act: relu}
  - conv: {name: reduce, out: 8, kernel: 1}
  - conv: {name: body, out: 32, kernel: 3, padding: half}
  - global_avg_pool
  - flatten
  - linear: {name: fc, out: 10}
"""
MACS = 442_368 + 131_072 + 2_359_296 + 320
"""stem 3·16·9·32², reduce 16·8·32², body 8·32·9·32², fc 32·10."""

IDENTITY = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}


class Repo:
    """A folder with files, and git where it is asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, text: str) -> Path:
        """Write a file."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file

    def budget(self, *rules: str, head: str = 'specs: ["nets/*.yaml"]\n') -> Path:
        """Write a budget file of these rules, each a flow mapping."""
        lines = "".join(f"  - {{{rule}}}\n" for rule in rules)
        return self.write("convcost.budget.yaml", f"convcost_budget: 1\n{head}budgets:\n{lines}")

    def git(self, *words: str) -> str:
        """Run git; return its output."""
        done = subprocess.run(
            ["git", *words],
            cwd=self.path,
            env={**os.environ, **IDENTITY},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, message: str = "a change") -> str:
        """Commit everything (in a repository on branch main); return the commit."""
        if not (self.path / ".git").exists():
            self.git("init", "--quiet", "--initial-branch=main")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def check(self, *specs: str, baseline: str | None = None, only: tuple[str, ...] = ()) -> Result:
        """Judge the budget file here."""
        file = self.path / "convcost.budget.yaml"
        return check(
            read_budget(str(file)) if file.exists() else None,
            [target(spec) for spec in specs],
            parse_baseline(baseline) if baseline else None,
            only,
        )

    def run(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the program here."""
        return convcost(*arguments, cwd=self.path, **{**IDENTITY, **env})
