"""Running programs in turn, and how long they took."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DIGITS = 4


class Run(NamedTuple):
    """One run of a program: seconds on the clock, seconds of processor time, peak bytes, its output."""

    wall: float
    cpu: float
    rss: int
    out: str


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Run:
    """Run a program to its end; raises RuntimeError, with what it said, if it fails."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=err, env=environment)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            err.seek(0)
            raise RuntimeError(f"{' '.join(command)}: {err.read().decode()[-2000:]}")
        out.seek(0)
        return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, out.read().decode())


def in_turn(
    commands: Mapping[str, Sequence[str]], rounds: int, environment: Mapping[str, str]
) -> dict[str, list[Run]]:
    """Run all commands once per round, so that whatever else the machine does hits all alike.

    One round before these warms the file cache and writes the .pyc files; it is not kept.
    """
    found: dict[str, list[Run]] = {name: [] for name in commands}
    for turn in range(rounds + 1):
        for name, command in commands.items():
            done = run(command, environment)
            if turn:
                found[name].append(done)
    return found


def summary(seconds: Sequence[float]) -> dict[str, float]:
    """Return the least, the median and the greatest of some times."""
    return {
        "min": short(min(seconds)),
        "median": short(statistics.median(seconds)),
        "max": short(max(seconds)),
    }


def short(value: float) -> float:
    """Return a measured value with the digits worth keeping."""
    return float(f"{value:.{DIGITS}g}")
