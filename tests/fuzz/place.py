"""A folder with a small network, a budget, a baseline and a repository, in which inputs are tried."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tests.budget.repository import IDENTITY, TINY

if TYPE_CHECKING:
    from collections.abc import Iterator

BUDGET = """\
convcost_budget: 1
specs: ["nets/*.yaml"]
baseline: {source: "file:old.json", on_missing: warn}   # error | warn | skip
budgets:
  - {id: total, metric: macs, max: 1.6G, warn: 1.5G}
  - {id: no-creep, metric: macs, max_increase: +2%, and_over: 5k}
  - {id: ram, specs: ["nets/t*.yaml"], metric: peak_bytes, policy: fused, dtype: int8, max: 12 KiB}
  - {id: pays, metric: reduction_saving, of: each, layers: "**.body", min: 1.5x, allow_empty: true}
  - {id: field, metric: receptive_field, max: 7, min: 5, level: warn, message: "Smaller."}
  - {id: wide, metric: macs, layers: "*", exclude: "stem.**", of: max, max: 120k, variant: wide, batch: 3}
"""


@cache
def baseline() -> str:
    """Return what ``analyze --json`` writes of the small network, as one baseline of it."""
    from convcost.engine import analyze
    from convcost.spec import load_text
    from convcost.to_json.report import networks

    report = analyze(load_text(TINY.encode(), "nets/tiny.yaml", spec="nets/tiny.yaml"))
    return json.dumps(networks([report]))


FILES = {"nets/tiny.yaml": TINY, "tiny.yaml": TINY, "convcost.budget.yaml": BUDGET}


@contextmanager
def place() -> Iterator[Path]:
    """Make the folder, and work in it."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory(prefix="convcost-fuzz-") as name:
        folder = Path(name).resolve()
        for path, text in {**FILES, "old.json": baseline()}.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(text, "utf-8")
        (folder / "nets/up").symlink_to(folder)
        for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "a"], ["tag", "v1"]):
            subprocess.run(["git", *words], cwd=folder, env={**os.environ, **IDENTITY}, check=True)
        os.chdir(folder)
        try:
            yield folder
        finally:
            os.chdir(before)
