"""``python -m bench``: measure and write the page; ``--page`` only writes it; ``--check`` compares.

Names of parts (``cold peers inside scale right``) measure only those, and keep the rest as it was.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from bench import cold, inside, right, scale
from bench.conventions import NETWORK, quantities
from bench.environment import ROOT, machine, prepare
from bench.page import render
from convcost import analyze
from convcost.spec import load

RESULTS = Path(__file__).with_name("results.json")
PAGE = ROOT / "docs/benchmarks.md"
PARTS = {
    "cold": cold.measure,
    "peers": cold.measure_peers,
    "inside": inside.measure,
    "scale": scale.measure,
    "right": right.measure,
}


def main(arguments: list[str]) -> int:
    """Do what the arguments say; return the exit code."""
    if arguments == ["--check"]:
        return check()
    if arguments != ["--page"]:
        unknown = set(arguments) - set(PARTS)
        if unknown:
            print(
                f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}", file=sys.stderr
            )
            return 2
        measure(arguments or list(PARTS))
    PAGE.write_text(render(read()), "utf-8")
    return 0


def check() -> int:
    """Say whether the page is what the results make it."""
    stale = PAGE.read_text("utf-8") != render(read())
    if stale:
        print(f"stale: {PAGE.relative_to(ROOT)} (python -m bench --page)", file=sys.stderr)
    return int(stale)


def read() -> dict[str, Any]:
    """Return the committed results."""
    found: dict[str, Any] = json.loads(RESULTS.read_text("utf-8"))
    return found


def measure(parts: list[str]) -> None:
    """Measure some parts, and write them to the results."""
    tools = prepare()
    results = read() if RESULTS.exists() else {}
    loads = results.setdefault("load", {})
    for part in parts:
        print(f"measuring: {part}", flush=True)
        before = os.getloadavg()[0]
        results[part] = PARTS[part](tools)
        loads[part] = [round(before, 1), round(os.getloadavg()[0], 1)]
    report = analyze(load(NETWORK))
    results["conventions"] = {"macs": report.totals.cost.macs, "quantities": quantities(report)}
    results["machine"] = machine(tools)
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
