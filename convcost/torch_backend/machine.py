"""The machine that torch runs on: whether it has the device, its memory, its names."""

from __future__ import annotations

import os
import platform
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from convcost.errors import Diagnostic, UsageError
from convcost.units import human

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Machine(NamedTuple):
    """What a timing was taken on: names, versions, and the flags that change it."""

    device: str
    processor: str
    cores: int
    threads: int
    gpu: str | None
    system: str
    python: str
    torch: str
    flags: dict[str, str | bool | None]


def pick_device(word: str) -> str:
    """Return ``cpu`` or ``cuda`` for a word that may be ``auto``; raises UsageError where there is no GPU."""
    if word == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if word == "cuda" and not torch.cuda.is_available():
        raise UsageError(
            Diagnostic("CC702", f"there is no CUDA device that torch {torch.__version__} can use")
        )
    return word


def describe(device: str) -> Machine:
    """Return what this machine is, as it is set up now."""
    gpu = torch.cuda.get_device_name() if device == "cuda" else None
    return Machine(
        device=device,
        processor=_processor(),
        cores=os.cpu_count() or 1,
        threads=torch.get_num_threads(),
        gpu=gpu,
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        torch=torch.__version__,
        flags=_cuda_flags() if device == "cuda" else _cpu_flags(),
    )


def _cpu_flags() -> dict[str, str | bool | None]:
    return {
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "onednn": torch.backends.mkldnn.is_available() and torch.backends.mkldnn.enabled,
        "float32_matmul_precision": torch.get_float32_matmul_precision(),
    }


def _cuda_flags() -> dict[str, str | bool | None]:
    return {
        "cuda": torch.version.cuda,
        "cudnn": str(torch.backends.cudnn.version()),
        "cudnn_benchmark": torch.backends.cudnn.benchmark,
        "cudnn_tf32": torch.backends.cudnn.allow_tf32,
        "matmul_tf32": torch.backends.cuda.matmul.allow_tf32,
    }


def _processor() -> str:
    named = _values("/proc/cpuinfo", "model name")
    return named[0] if named else platform.processor() or platform.machine()


def available_bytes(device: str) -> int | None:
    """Return the memory a program may still take; None where the system does not say."""
    if device == "cuda":
        return int(torch.cuda.mem_get_info()[0])
    rooms = [int(value.split()[0]) * 1024 for value in _values("/proc/meminfo", "MemAvailable")]
    group = "/sys/fs/cgroup/memory."
    limit, used = _lines(group + "max"), _lines(group + "current")
    if limit and limit[0].isdecimal() and used:
        # Files in memory are dropped when room is needed.
        cached = sum(
            int(line.split()[1]) for line in _lines(group + "stat") if line.startswith("inactive_file ")
        )
        rooms.append(int(limit[0]) - int(used[0]) + cached)
    return min(rooms, default=None)


def _values(path: str, name: str) -> list[str]:
    """Return the values of a kernel file's ``name: value`` lines of this name."""
    pairs = [line.partition(":") for line in _lines(path)]
    return [value.strip() for key, _, value in pairs if key.strip() == name]


def _lines(path: str) -> list[str]:
    """Return the lines of one of the kernel's files; none where it has no such file."""
    file = Path(path)
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def check_room(what: str, needs: Mapping[str, int], device: str) -> None:
    """Raise UsageError if the sum of ``needs`` (bytes, by what they are for) is more than there is."""
    total, room = sum(needs.values()), available_bytes(device)
    if room is None or total <= room:
        return
    parts = ", ".join(f"{human(size, 'bytes')} {name}" for name, size in needs.items())
    raise UsageError(
        Diagnostic(
            "CC703",
            f"{what}: {human(total, 'bytes')} of memory are needed ({parts}), but "
            f"{human(max(room, 0), 'bytes')} are free on {device}",
            hint="a smaller --batch or --input needs less",
        )
    )


@contextmanager
def threads(count: int | None) -> Iterator[None]:
    """Let torch use this many threads inside (None: as many as it does)."""
    before = torch.get_num_threads()
    if count is not None:
        torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def first_line(error: BaseException) -> str:
    """Return what torch says, without the pages that may follow."""
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__


def kind_of(dtype: str) -> Any:
    """Return torch's dtype; raises UsageError for one that its convolutions do not run in."""
    kind = getattr(torch, dtype)
    if not kind.is_floating_point:
        raise UsageError(Diagnostic("CC902", f"torch does not run convolutions in {dtype}: not measurable"))
    return kind
