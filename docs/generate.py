"""Writes every number in README.md and docs/ by running the program; ``--check`` only compares.

In a page, ``<!-- run: convcost ... -->`` stands before a fenced block: its content becomes
what the command prints, 88 columns wide. ``<!-- file: NAME -->`` before a block makes its
content a file that later commands of the page can read. ``docs/cli.md`` and ``docs/ops.md``
are written whole.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from convcost.cli._group import COMMANDS
from convcost.ops import INDEX

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = "88"
_BLOCK = re.compile(r"(<!-- (run|file): ([^\n]*?) -->\n)(```[^\n]*\n)(.*?)(^```$)", re.DOTALL | re.MULTILINE)


def main() -> int:
    """Write the pages, or with --check name the stale ones; return the exit code."""
    stale = [(path, text) for path, text in pages() if not path.exists() or path.read_text("utf-8") != text]
    check = "--check" in sys.argv[1:]
    for path, text in stale:
        if not check:
            path.write_text(text, "utf-8")
        print(f"{'stale' if check else 'written'}: {path.relative_to(ROOT)}")
    return int(check and bool(stale))


def pages() -> list[tuple[Path, str]]:
    """Return every page with generated parts, and what it ought to say."""
    written = {ROOT / "docs" / "cli.md": cli_page(), ROOT / "docs" / "ops.md": ops_page()}
    sources = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    filled = [(path, fill(path.read_text("utf-8"))) for path in sources if path not in written]
    return [*written.items(), *filled]


def fill(text: str) -> str:
    """Return a page with the content of every marked block made anew."""
    with tempfile.TemporaryDirectory() as folder:

        def block(match: re.Match[str]) -> str:
            marker, kind, what, fence, content, end = match.groups()
            if kind == "file":
                Path(folder, what).write_text(content, "utf-8")
                return match.group()
            return f"{marker}{fence}{run(shlex.split(what)[1:], folder)}{end}"

        return _BLOCK.sub(block, text)


def run(arguments: list[str], folder: str | Path = ROOT) -> str:
    """Return what a command prints: its results, then its diagnostics."""
    environment = {k: v for k, v in os.environ.items() if k not in ("FORCE_COLOR", "NO_COLOR")}
    environment |= {"COLUMNS": COLUMNS, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "convcost", *arguments]
    done = subprocess.run(  # noqa: S603  (our own program)
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode not in (0, 1, 2):
        raise RuntimeError(f"{shlex.join(command)}: {done.stderr}")
    return done.stdout + done.stderr


def cli_page() -> str:
    """Return the page of all commands' help."""
    parts = ["# The command line\n", _fenced(run(["--help"]))]
    for name in COMMANDS:
        parts += [f"## convcost {name}\n", _fenced(run([name, "--help"]))]
    return "\n".join(parts)


def ops_page() -> str:
    """Return the page of all ops, made from their own files."""
    parts = ["# Ops\n", run(["ops", "--format", "markdown"])]
    parts += [run(["ops", name, "--format", "markdown"]) for name in sorted(INDEX)]
    return "\n".join(parts)


def _fenced(text: str) -> str:
    return f"```text\n{text}```\n"


if __name__ == "__main__":
    sys.exit(main())
