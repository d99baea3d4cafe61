"""Fills the consoles of docs/ci.md by doing what they say; ``--check`` only compares.

Under ``<!-- shell -->`` a console's lines that begin with ``$`` (and ``>``, for more of the
same command) are run, all of a page in one bash session in one empty folder; what they print
becomes the lines below them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "ci.md"
_BLOCK = re.compile(r"(<!-- shell -->\n(```+)console\n)(.*?)(^\2$)", re.DOTALL | re.MULTILINE)
_MARK = "\x1e"
_HEAD = f"""\
exec 2>&1 < /dev/null
convcost() {{ "{sys.executable}" -m convcost "$@"; }}
done_with() {{ printf '\\036'; return "$1"; }}
"""


def main() -> int:
    """Write the page, or with --check say whether it is stale; return the exit code."""
    text = PAGE.read_text("utf-8")
    filled = fill(text)
    stale = filled != text
    check = "--check" in sys.argv[1:]
    if stale and not check:
        PAGE.write_text(filled, "utf-8")
    if stale:
        print(f"{'stale' if check else 'written'}: {PAGE.relative_to(ROOT)}")
    return int(check and stale)


def fill(text: str) -> str:
    """Return a page with what its commands print."""
    blocks = [commands(found[2]) for found in _BLOCK.findall(text)]
    outputs = iter(session([command for block in blocks for command in block]))
    written = iter(["".join(shown(command) + next(outputs) for command in block) for block in blocks])
    return _BLOCK.sub(lambda match: match[1] + next(written) + match[4], text)


def commands(block: str) -> list[str]:
    """Return the commands of a console, each with its further lines."""
    found: list[str] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(line[2:])
        elif line == ">" or line.startswith("> "):
            found[-1] += "\n" + line[2:]
    return found


def shown(command: str) -> str:
    """Return a command as a console shows it."""
    first, *others = command.split("\n")
    return "".join([f"$ {first}\n", *(f"> {line}".rstrip() + "\n" for line in others)])


def session(every: list[str]) -> list[str]:
    """Run commands in one shell; return what each printed."""
    script = _HEAD + "".join(f"{command}\ndone_with $?\n" for command in every)
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603  (our own page's commands)
            ["bash", "--noprofile", "--norc", "-c", script],  # noqa: S607
            cwd=folder,
            env=environment(folder),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    return done.stdout.split(_MARK)[: len(every)]


def environment(folder: str) -> dict[str, str]:
    """Return an environment in which every run prints the same."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": folder,
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "utf-8",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.org",
    }


if __name__ == "__main__":
    sys.exit(main())
