"""``python -m tests.mutants budget --sample 60``: does a test fail if a line of an area is changed?

Cosmic Ray makes the changes, one at a time, in a copy of the tree, and runs the area's tests
for each. The sample is drawn by its seed, first a place, then one of the changes possible
there, so that a sum with its eleven other operators counts no more than a condition.
"""
# ruff: noqa: T201  (a program of its own)

from __future__ import annotations

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from cosmic_ray.commands import init
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome

from tests.mutants.areas import AREAS, EQUIVALENT
from tests.running import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosmic_ray.work_item import MutationSpec

# On values as we have them these change nothing (`is` for `==` on small integers and words), or
# put one name for another at random, of which nearly all fail at once.
_LEFT_OUT = ("_Is", "_IsNot", "VariableReplacer", "VariableInserter")


def main() -> int:
    """Try the sample of each area; return 1 if fewer than nine in ten of an area's changes fail a test."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("areas", nargs="*", choices=[*AREAS, []], metavar="AREA", help=", ".join(AREAS))
    parser.add_argument("--sample", type=int, default=100, help="changes for each area")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="convcost-mutants-") as name:
        folder = _copied(Path(name))
        shares = [_area(area, folder, options) for area in options.areas or AREAS]
    return int(min(shares) < 0.9)


def _copied(folder: Path) -> Path:
    """Copy what git knows, and what it would; the copy's modules are compiled."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout.splitlines()
    for name in listed:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    os.chdir(folder)
    os.environ["PYTHONPATH"] = str(folder)
    subprocess.run([sys.executable, "-m", "compileall", "-q", "convcost"], check=True)
    return folder


def _area(area: str, folder: Path, options: argparse.Namespace) -> float:
    """Try an area's sample; print what survived, and return the share that was killed."""
    modules, tests = AREAS[area]
    paths = [path for name in modules for path in _modules(folder / name)]
    every = _changes([path.relative_to(folder) for path in paths])
    places = sorted(every)
    chosen = Random(options.seed).sample(places, min(options.sample, len(places)))
    pick = Random(options.seed)
    command = f"{sys.executable} -m pytest -x -q -p no:cacheprovider --hypothesis-seed=0 {' '.join(tests)}"
    start = time.monotonic()
    subprocess.run(command.split(), check=True, stdout=subprocess.DEVNULL)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"  # or a changed module's old bytecode could be taken for it
    limit = 3 * (time.monotonic() - start) + 10
    killed = equivalent = 0
    for place in chosen:
        change = pick.choice(every[place])
        result = mutate_and_test([change], command, limit)
        lines = tuple(line for line in (result.diff or "").splitlines() if _changed(line))
        why = EQUIVALENT.get((place[0], *lines))
        if result.test_outcome != TestOutcome.SURVIVED:
            killed += 1
        elif why:
            equivalent += 1
        else:
            print(f"survived: {place[0]}:{place[1]} {change.operator_name}", *lines, sep="\n  ", flush=True)
    counted = len(chosen) - equivalent
    print(f"{area}: {killed} of {counted} killed, {killed / counted:.0%}; {equivalent} more change nothing")
    return killed / counted


def _changed(line: str) -> bool:
    """Whether a line of a diff is one of the module's, before or after."""
    return line[:1] in ("+", "-") and not line.startswith(("+++", "---"))


def _modules(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _changes(paths: list[Path]) -> dict[tuple[str, int, int], list[MutationSpec]]:
    """Return every change by its place, but for those in annotations and in what only types need."""
    found = defaultdict(list)
    typed = {path: set(_typed(ast.parse(path.read_text("utf-8")))) for path in paths}
    with use_db("session.sqlite", WorkDB.Mode.create) as db:
        init(paths, db, {})
        for (change,) in (item.mutations for item in db.work_items):
            line, column = change.start_pos
            if line not in typed[change.module_path] and not change.operator_name.endswith(_LEFT_OUT):
                found[str(change.module_path), line, column].append(change)
    return found


def _typed(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that say types alone: signatures, fields, aliases, decorators of data classes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield from range(node.lineno, node.body[0].lineno)
        elif isinstance(node, ast.ClassDef):
            yield from (decorator.lineno for decorator in node.decorator_list)
        elif isinstance(node, ast.AnnAssign) and node.value is None:
            yield node.lineno
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)


if __name__ == "__main__":
    sys.exit(main())
