"""How long ``convcost check`` takes from cold: 50 specs, 20 rules each, against a git baseline.

``python -m bench.budget`` prints three lines, the best of several runs each: nothing changed, one spec changed, all 50 did
(every network is then analysed twice). ``--limit 3`` exits 1 where the slowest takes longer.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPECS = 50
RULES = (
    "metric: macs, max: 900G",
    "metric: flops, max: 1T",
    "metric: params, max: 500M",
    "metric: buffers, max: 1M",
    "metric: weight_bytes, max: 2 GiB",
    "metric: activation_bytes, max: 9 GiB",
    "metric: peak_bytes, max: 9 GiB",
    "metric: peak_bytes, policy: fused, max: 9 GiB",
    "metric: saved_bytes, max: 9 GiB",
    "metric: traffic_bytes, max: 90 GiB",
    "metric: nonlinearities, max: 10k",
    "metric: intensity, min: 0.001x",
    "metric: receptive_field, max: 99k",
    "metric: macs, max_increase: +20%, and_over: 5M",
    "metric: params, max_increase: +20%",
    "metric: peak_bytes, max_increase: +20%",
    "metric: saved_bytes, max_increase: +20%",
    'metric: macs, layers: "*", of: each, max: 900G',
    'metric: macs, layers: "**.conv*", of: max, allow_empty: true, max: 900G',
    'metric: params, layers: "**", exclude: "*fc*", of: sum, max: 500M',
)
IDENTITY = ("-c", "user.name=bench", "-c", "user.email=bench@example.org")


def main() -> int:
    """Print the figures; return 1 where --limit is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--limit", type=float, help="seconds")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        repository = Path(folder)
        names = prepare(repository)
        slowest = 0.0
        for changed in (0, 1, SPECS):
            change(repository, names[:changed])
            wall, cpu = min(once(repository) for _ in range(options.repeat))
            slowest = max(slowest, wall)
            print(f"{changed:>3} of {SPECS} specs changed: {wall:.2f} s, {cpu:.2f} s of processor time")
    return int(options.limit is not None and slowest > options.limit)


def prepare(repository: Path) -> list[Path]:
    """Commit 50 specs that differ, made of those that ship, and a budget of 20 rules; return them."""
    shipped = sorted((ROOT / "specs").glob("*.yaml"))
    (repository / "nets").mkdir()
    names = []
    for number in range(SPECS):
        source = shipped[number % len(shipped)]
        name = repository / "nets" / f"{number:02}_{source.name}"
        name.write_text(source.read_text("utf-8") + f"# number {number}\n", "utf-8")
        names.append(name)
    rules = "".join(f"  - {{id: r{i}, {rule}}}\n" for i, rule in enumerate(RULES))
    head = 'convcost_budget: 1\nspecs: ["nets/*.yaml"]\nbaseline: git:HEAD\nbudgets:\n'
    (repository / "convcost.budget.yaml").write_text(head + rules, "utf-8")
    for words in (("init", "--quiet"), ("add", "."), (*IDENTITY, "commit", "--quiet", "--message", "base")):
        subprocess.run(["git", *words], cwd=repository, check=True)
    return names


def change(repository: Path, names: list[Path]) -> None:
    """Make specs differ from the baseline."""
    subprocess.run(["git", "checkout", "--quiet", "."], cwd=repository, check=True)
    for name in names:
        name.write_text(name.read_text("utf-8") + "# changed\n", "utf-8")


def once(repository: Path) -> tuple[float, float]:
    """Return the seconds of one cold run, on the clock and of the processor."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "convcost", "check"],
        cwd=repository,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - start
    if done.returncode or "\nno budget exceeded" not in done.stdout:
        raise SystemExit(done.stdout[:2000] + done.stderr[:2000])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(main())
