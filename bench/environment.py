"""Two environments of the benchmarks' own: one as users of convcost have it, one with its peers."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv-bench"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
SOURCES = ("convcost", "specs", "docs", "pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE")


class Tools(NamedTuple):
    """The interpreters of the two environments, and the convcost program."""

    python: str
    convcost: str
    peers: str


def prepare() -> Tools:
    """Make what is missing, and install convcost anew, as a wheel, with compiled modules."""
    own, peers = FOLDER / "convcost", FOLDER / "peers"
    if not (own / "bin/python").exists():
        _venv(own)
    _install_wheel(own)
    if not (peers / "installed").exists():
        _venv(peers)
        _pip(peers, "--no-deps", "--requirement", str(REQUIREMENTS))
        (peers / "installed").touch()
    return Tools(str(own / "bin/python"), str(own / "bin/convcost"), str(peers / "bin/python"))


def _venv(folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)


def _pip(folder: Path, *arguments: str) -> None:
    command = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet", *arguments]
    subprocess.run(command, check=True)


def _install_wheel(folder: Path) -> None:
    """Build from a copy, so that no build folder of another day gets into the wheel."""
    with tempfile.TemporaryDirectory() as copy:
        for name in SOURCES:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, Path(copy, name), ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, copy)
        _pip(folder, "--force-reinstall", "--constraint", str(ROOT / "constraints.txt"), copy)


def variables() -> dict[str, str]:
    """Return the environment of all programs: one thread, compiled modules, no colours."""
    unwanted = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "FORCE_COLOR", "COLUMNS"}
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return {**kept, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"}


def machine(tools: Tools) -> dict[str, Any]:
    """Return what the figures were measured on and with."""
    names = ["torch", "torchvision", "fvcore", "thop", "ptflops", "torchinfo", "torchprofile", "torchscan"]
    code = "import sys; from importlib.metadata import version as v; print(*map(v, sys.argv[1:]))"
    listed = [tools.peers, "-c", code, *names, "calflops"]
    versions = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split()
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "versions": dict(zip([*names, "calflops"], versions, strict=True)),
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    found = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return found[0] if found else platform.processor()
