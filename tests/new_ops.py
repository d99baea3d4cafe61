"""A copy of the tree that has two files of new ops, so that "an op is one file" is put to the test.

``python -m tests.new_ops FOLDER`` makes it; there ``make tests-without-torch`` runs the tests.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from convcost.ops._scaffold import scaffold
from tests.running import ROOT, environment

ALONE = "my_square"
TOGETHER = ("twin_one", "twin_two")
NAMES = (ALONE, *TOGETHER)
PAGES = ("docs/ops.md", "docs/language.md", "convcost/schemas/spec.schema.json")


def grown(folder: Path) -> Path:
    """Copy the tree to a folder, and begin new ops there: one with ``ops new``, two in one file."""
    shutil.copytree(ROOT, folder, ignore=_unneeded, dirs_exist_ok=True)
    run(folder, "-m", "convcost", "ops", "new", ALONE)
    (folder / "convcost" / "ops" / "twins.py").write_text(_twins(), "utf-8")
    return folder


def run(folder: Path, *arguments: str, stdin: str = "") -> str:
    """Run Python on the copy; return what it prints, or raise AssertionError with that."""
    env = environment(PYTHONPATH=str(folder))
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=env, input=stdin, text=True, stdout=-1, stderr=-1, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def document(folder: Path) -> None:
    """Write the docs, in which every page has the new ops, and the guide says what it said."""
    run(folder, "docs/generate.py")
    poorer = [
        (page, name) for page in PAGES for name in NAMES if name not in (folder / page).read_text("utf-8")
    ]
    assert poorer == []
    guide = "CONTRIBUTING.md"
    assert (folder / guide).read_text("utf-8") == (ROOT / guide).read_text("utf-8")


def _unneeded(folder: str, names: list[str]) -> set[str]:
    """Name what make and Python leave in a tree, and git's own folder."""
    made = shutil.ignore_patterns(
        ".git", ".venv*", ".*_cache", ".hypothesis", "*.egg-info", "__pycache__", "build", "dist"
    )
    return set(made(folder, names))


def _twins() -> str:
    """Return a file of two ops: the scaffold's, and one derived from it."""
    one, two = TOGETHER
    derived = f'class TwinTwo(TwinOne):\n    """The same again.\n\n    As above.\n    """\n\n    NAME = "{two}"\n\n\n'
    return scaffold(one).replace("OPS = (TwinOne,)", f"{derived}OPS = (TwinOne, TwinTwo)")


if __name__ == "__main__":
    document(grown(Path(sys.argv[1])))
