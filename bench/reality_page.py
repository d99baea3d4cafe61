"""``docs/reality.md``, made from ``bench/reality.json`` and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.units import human

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HEAD = """# Predicted and measured

Made by `python -m bench.reality` from what it measured, `bench/reality.json`; every number here
comes from that file. {machine}

Each network is run with its 1×1 reductions and without them, in turn: A B A B. *Fewer macs* is
what the analytic engine predicts, exactly; *less time* is the median over the turns of the time
without over the time with, its quartiles beside it. A ratio below 1 says that the reductions
cost time. *Layers together* is the sum of the layers' times, taken in passes of their own, over
the time of the whole network: how far the times by layer can be trusted.
"""
EXECUTOR = """## The executor

`convcost.torch_backend.build("resnet@50")` beside the same network written by hand as a plain
`nn.Module` (`bench/resnet50.py`), the same weights, outputs equal to the last bit, {turns} turns on
the CPU at batch 1: {ours} ms beside {hand} ms, a ratio of {ratio} (quartiles {low} and {high}). In
processor time, which other programs on the machine touch less, it is {processor} ({processor_low} and
{processor_high}).
"""


_COLUMNS = (
    "network",
    "sites",
    "macs with",
    "without",
    "**fewer macs**",
    "ms with",
    "without",
    "**less time**",
    "quartiles",
    "layers together",
)


def render(results: Mapping[str, Any]) -> str:
    """Return the page."""
    parts = [HEAD.format(machine=_machine(results["machine"]))]
    parts.append(_part("On the CPU", results["cpu"]))
    parts.append(_part("On the GPU", results["gpu"]))
    parts.append(_executor(results["executor"]))
    return "\n".join(parts)


def _machine(machine: Mapping[str, Any]) -> str:
    flags = ", ".join(f"{name} {value}" for name, value in machine["flags"].items())
    gpu = f"{machine['gpu']}, " if machine["gpu"] else ""
    return (
        f"Machine: {gpu}{machine['processor']} with {machine['cores']} cores, {machine['system']}, "
        f"Python {machine['python']}, torch {machine['torch']} ({flags})."
    )


def _part(title: str, part: Mapping[str, Any] | None) -> str:
    if part is None:
        return f"## {title}\n\nNot measured: there was no GPU.\n"
    how = part["how"]
    threads = f", {how['threads']} thread" + ("" if how["threads"] == 1 else "s") if "threads" in how else ""
    lines = [_line(_COLUMNS), _line(["---", *["---:"] * (len(_COLUMNS) - 1)]), *map(_row, part["rows"])]
    return (
        f"## {title}\n\nBatch {how['batch']}, float32{threads}, {how['repeat']} turns.\n\n"
        + "\n".join(lines)
        + "\n"
    )


def _row(row: Mapping[str, Any]) -> str:
    realised, macs, times = row["realised"], row["macs"], row["ns"]
    share = row["layers_together_ns"]["with"] / times["with"]["median"]
    return _line(
        [
            row["network"],
            str(row["sites"]),
            str(human(macs["with"], "count")),
            str(human(macs["without"], "count")),
            f"**{row['predicted']:.2f}×**",
            _ms(times["with"]["median"]),
            _ms(times["without"]["median"]),
            f"**{realised['median']:.2f}×**",
            f"{realised['low']:.2f}×, {realised['high']:.2f}×",
            f"{share:.0%}",
        ]
    )


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _ms(nanoseconds: int) -> str:
    return f"{nanoseconds / 1e6:.4g}"


def _executor(found: Mapping[str, Any]) -> str:
    ratio, processor = found["ratio"], found["processor_ratio"]
    return EXECUTOR.format(
        turns=found["turns"],
        ours=_ms(found["ours_ns"]),
        hand=_ms(found["hand_ns"]),
        ratio=f"{ratio['median']:.3f}",
        low=f"{ratio['low']:.3f}",
        high=f"{ratio['high']:.3f}",
        processor=f"{processor['median']:.3f}",
        processor_low=f"{processor['low']:.3f}",
        processor_high=f"{processor['high']:.3f}",
    )
