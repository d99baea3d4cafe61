"""``python -m tests.fuzz --what budgets --inputs 1000000``: the long run; prints what became of the inputs."""
# ruff: noqa: T201  (a program of its own)

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from contextlib import nullcontext
from random import Random

from tests.fuzz.judge import Finding
from tests.fuzz.kinds import KINDS, OTHERS, tried
from tests.fuzz.place import place

_EVERY = 10_000


def main() -> int:
    """Judge inputs until there are enough; return 1 if any broke a promise."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--what", choices=KINDS, default="specs")
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most", type=int, default=20, help="stop after so many findings")
    options = parser.parse_args()
    with place() if options.what in OTHERS else nullcontext():
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    kind = KINDS[options.what]
    random, counts, findings = Random(options.seed), Counter(), 0
    start = time.monotonic()
    for number in range(1, options.inputs + 1):
        try:
            counts.update(set(tried(kind, kind.draw(random))))
        except Finding as finding:
            findings += 1
            print(f"finding {findings} at input {number}: {str(finding)[:3000]}", flush=True)
        if number % _EVERY == 0 or number == options.inputs or findings >= options.most:
            spent = time.monotonic() - start
            print(
                f"{number:,} {options.what}, {findings} findings, {spent:.0f} s, {dict(counts.most_common())}",
                flush=True,
            )
        if findings >= options.most:
            break
    return bool(findings)


if __name__ == "__main__":
    sys.exit(main())
