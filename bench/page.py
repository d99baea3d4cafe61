"""``docs/benchmarks.md``, made from ``bench/results.json`` and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.cases import CASES
from bench.conventions import ADDS, said
from bench.targets import MEGABYTE, targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HEAD = """# Benchmarks

Made by `python -m bench` from what it measured, `bench/results.json`; every number here comes
from that file. {machine}

What counts are the ratios: all programs of a table run in turn, so that whatever else the
machine does hits all of them. Ratios are given of the least times and of the medians, with the
least and the greatest time beside them; a wide spread says that the machine was busy.
"""
COLD = """## Cold start

From an empty process to figures on the screen. convcost is installed from its wheel, with
compiled modules; each tool is called as its own documentation shows, on torchvision's model
without pretrained weights, with one thread. "On meta" is the fastest way torch offers: no
weights are drawn and nothing is computed. torchvision's GoogLeNet is another network than the
paper's (batch norms, 3×3 for 5×5), which makes no difference to the time.
"""
PEERS = """Against the peers, in a run of their own:
"""
INSIDE = """## In one process

`resnet@50`, the modules imported: the spec's text to its report, the graph to its report, and the
graph to its figures alone, without the question what its 1×1 reductions buy. "Cold" is the first call in a fresh process, which also imports the ops the spec uses; "warm" the best of
nine more. `python -c pass` took {low} to {high} ms beside them.
"""
SCALE = """## Scale

`convcost analyze` on a short spec that expands to many layers: residual blocks all alike, and
convolutions of which no two are alike. Time per layer is processor time, less that of a network of
one unit.
"""
RIGHT = """## Right and wrong

Multiply-accumulates of one layer over the exact ones, which are derived by hand in
`bench/cases.py`. No layer has a bias, a norm or an activation, so no convention explains a
difference. ✓ is exact; anything else is wrong; a name is the exception a tool ended in.
"""
WHY = """## {count} MAC counts of one network

ResNet-50 at 224×224. The multiply-accumulates of its convolutions and its linear layer are
{macs}. What the tools add to them is a sum of quantities that convcost counts apart, and
the sums are exact:
"""


def render(results: dict[str, Any]) -> str:
    """Return the page."""
    inside = results["inside"]
    parts = [
        HEAD.format(machine=_machine(results["machine"], results["load"])),
        _targets(results),
        COLD,
        _times(results["cold"], "pass"),
        PEERS,
        _times(results["peers"]["rows"], "convcost"),
        INSIDE.format(low=_ms(inside["pass"]["min"]), high=_ms(inside["pass"]["max"])),
        _inside(inside),
        SCALE,
        _scale(results["scale"]),
        RIGHT,
        _right(results["right"]),
        _why(results["peers"]["figures"], results["conventions"]),
    ]
    return "\n".join(parts)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; all columns but the first are flush right."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _machine(machine: dict[str, Any], load: dict[str, list[float]]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    busy = ", ".join(f"{part} {before} to {after}" for part, (before, after) in load.items())
    return (
        f"Measured on {machine['processor']}, {machine['cores']} cores, with Python {machine['python']}; "
        f"{versions}. The machine's load, from the beginning to the end of each part: {busy}."
    )


def _targets(results: dict[str, Any]) -> str:
    rows = [
        [
            t.what,
            f"{'≥' if t.least else '≤'} {t.limit:g} {t.unit}",
            f"{t.value:.3g}",
            "✓" if t.met else "missed",
        ]
        for t in targets(results)
    ]
    return table(["limit", "", "measured", ""], rows)


def _times(rows: Sequence[dict[str, Any]], unit: str) -> str:
    head = ["program", f"× {unit}, least", f"× {unit}, median", "least ms", "median ms", "greatest ms"]
    return table(
        head,
        (
            [
                f"`{row['name']}`",
                *(f"{row['ratio']['wall'][which]:.3g}" for which in ("min", "median")),
                *(_ms(row["wall"][which]) for which in ("min", "median", "max")),
            ]
            for row in rows
        ),
    )


def _ms(seconds: float) -> str:
    return f"{1e3 * seconds:,.1f}" if seconds < 1 else f"{1e3 * seconds:,.0f}"


def _inside(inside: dict[str, Any]) -> str:
    rows = [
        [
            f"{way.replace('_', ' ')}, {state}",
            *(f"{found['ratio'][which]:.3g}" for which in ("min", "median")),
            *(_ms(found["wall"][which]) for which in ("min", "median", "max")),
        ]
        for name, found in inside.items()
        if name != "pass"
        for state, way in [name.split()]
    ]
    return table(["", "× pass, least", "× pass, median", "least ms", "median ms", "greatest ms"], rows)


def _scale(rows: Sequence[dict[str, Any]]) -> str:
    head = ["network", "layers", "seconds, least", "median", "processor s", "µs per layer", "peak MB"]
    return table(
        head,
        (
            [
                row["network"],
                f"{row['layers']:,}",
                *(f"{row['wall'][which]:.2f}" for which in ("min", "median")),
                f"{row['cpu']['min']:.2f}",
                f"{row['us_per_layer']:.1f}",
                f"{row['peak_bytes'] / MEGABYTE:,.0f}",
            ]
            for row in rows
        ),
    )


def _right(found: dict[str, dict[str, int | str]]) -> str:
    rows = [
        [
            name,
            f"{case.why} = {case.exact:,}",
            *(_over(figures[name], case.exact) for figures in found.values()),
        ]
        for name, case in CASES.items()
    ]
    wrong = [
        str(sum(figures[name] != case.exact for name, case in CASES.items())) for figures in found.values()
    ]
    return table(["layer", "exact", *found], [*rows, ["**wrong**", "", *wrong]])


def _over(figure: int | str, exact: int) -> str:
    if isinstance(figure, str):
        return f"✗ {figure}"
    if figure == exact:
        return "✓"
    return f"✗ {figure / exact:.3g}×" if figure else "✗ 0"


def _why(figures: dict[str, int], conventions: dict[str, Any]) -> str:
    macs, known = conventions["macs"], conventions["quantities"]
    rows = []
    for tool, figure in sorted(figures.items(), key=lambda pair: pair[1]):
        sums = macs + sum(times * known[name] for name, times in ADDS[tool].items())
        why = said(tool) if sums == figure else "not explained"
        rows.append([tool, f"{figure:,}", f"{figure - macs:,}", why])
    head = WHY.format(count=len(set(figures.values())), macs=f"{macs:,}")
    quantities = table(["quantity", "in ResNet-50"], ([name, f"{value:,}"] for name, value in known.items()))
    return "\n".join([head, table(["tool", "says", "more than the MACs", "which are"], rows), quantities])
