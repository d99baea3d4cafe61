"""Running the program, or a piece of Python, as another process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_OWN = (
    "COVERAGE_PROCESS_CONFIG",
    "COLUMNS",
    "NO_COLOR",
    "FORCE_COLOR",
    "CONVCOST_TRACEBACK",
    "_CONVCOST_COMPLETE",
)


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment without what changes our output, and with ``more``."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    kept = {name: value for name, value in os.environ.items() if name not in _OWN}
    return {**kept, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", **more}


def convcost(
    *arguments: str, stdin: bytes = b"", cwd: Path = ROOT, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run ``convcost``; its output is text, its exit code the result's."""
    done = subprocess.run(
        [sys.executable, "-m", "convcost", *arguments],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=environment(**env),
        timeout=60,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def loaded_by(code: str) -> set[str]:
    """Return the modules that are loaded once a piece of Python has run."""
    script = f"{code}\nimport sys\nprint('\\n' + ' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        env=environment(),
        timeout=60,
        check=True,
        text=True,
    )
    return set(done.stdout.splitlines()[-1].split())
