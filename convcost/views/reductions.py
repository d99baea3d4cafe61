"""What the 1×1 convolutions buy: in a sentence, site by site, and by role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.units import human, quotient
from convcost.view import Amount, Column, Heading, Note, Quotient, Sizes, Table
from convcost.views.cells import effect, left_out, many, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.report import Effect, Reductions, Report, RoleShare, SiteSaving
    from convcost.view import Block, Cell

COMPARED: tuple[str, ...] = (
    "macs",
    "params",
    "activation_bytes",
    "peak_bytes",
    "saved_bytes",
    "traffic_bytes",
)
"""The metrics that are shown with and without reductions."""

MOST_NAMED = 5
MOST_SITES = 5
_PLACES = {
    "shortcut": ("is in a shortcut", "are in shortcuts"),
    "gate": ("is in a gate", "are in gates"),
    "pointwise": ("is next to a depthwise one", "are next to depthwise ones"),
    "classifier": ("classifies at the end", "classify at the end"),
    "reduce": ("reduces", "reduce"),
    "expand": ("widens again", "widen again"),
    "pool_projection": ("follows a pool", "follow a pool"),
    "mix": ("mixes channels", "mix channels"),
}
"""What one 1×1 convolution of a role does, and what several do."""

_GUESSED = {
    "expand": "{} is taken for the end of a bottleneck; if it classifies, declare role: classifier",
    "classifier": "{} is taken for the classifier, since nothing follows; if it does not decide, declare role: mix",
}
"""What is said of a role that was guessed, by that role."""


def meaning(report: Report) -> str:
    """Return what the reductions do to a network, or why it has none, in one sentence."""
    found = report.reductions
    if found is None or not (found.sites or found.projections):
        return none_reason(found) if found else ""
    removed = [many(len(found.sites), "reduction")] if found.sites else []
    removed += [many(len(found.projections), "pool projection")] if found.projections else []
    effects = {name: report.effect(name) for name in ("macs", "params", "peak_bytes", "saved_bytes")}
    said = [f"{_fewer(one)} {name}" for name in ("macs", "params") if (one := effects[name])]
    said += [f"{_memory(one)} at the peak" for one in (effects["peak_bytes"],) if one and one.word != "same"]
    saved = None if report.untrainable else effects["saved_bytes"]
    said += [f"{_memory(saved)} kept for training"] if saved and saved.word != "same" else []
    return f"{' and '.join(removed)}: {', '.join(said)}"


def _fewer(one: Effect) -> str:
    """Return ``6.3× fewer``, or ``4.1% fewer`` where it is not a tenth; ``the same``."""
    low, high = sorted(one)
    if low == high:
        return "the same"
    near = high * 10 < low * 11 or not low
    times = quotient(high - low, one.without, "percent") if near else quotient(high, low, "times", 2)
    return f"{times} {'fewer' if one.word == 'less' else 'more'}"


def _memory(one: Effect) -> str:
    return f"{human(abs(one.present - one.without), 'bytes', 2)} {one.word}"


def short(layer: str) -> str:
    """Return a layer's name as the spec gives it: without the level's ``.conv``."""
    return layer.removesuffix(".conv")


def named(layers: Sequence[str]) -> str:
    """Return the first few names, and how many more there are."""
    shown = ", ".join(short(layer) for layer in layers[:MOST_NAMED])
    return shown if len(layers) <= MOST_NAMED else f"{shown} and {len(layers) - MOST_NAMED} more"


def important(report: Report) -> list[Block]:
    """Return the few sites that change the macs most."""
    found = report.reductions
    if found is None or not found.sites:
        return [*_stay(found.kept), *_guesses(found)] if found else []
    sites = found.sites
    first = sorted(sites, key=lambda site: -abs(site.present.macs - site.without.macs))[:MOST_SITES]
    which = f": {MOST_SITES} of {len(sites)}, largest effect on macs first" if len(sites) > MOST_SITES else ""
    return [
        Heading(f"1×1 reductions{which}"),
        sites_table(first),
        *_costly(sites, names=False),
        *_stay(found.kept),
        *_guesses(found),
    ]


def every_site(report: Report) -> list[Block]:
    """Return all sites, and what stays or works in place no longer, with the reasons."""
    found = report.reductions
    if found is None:
        return []
    blocks: list[Block] = []
    if found.sites:
        blocks += [Heading(f"1×1 reductions ({len(found.sites)})"), sites_table(found.sites)]
        blocks += _costly(found.sites, names=True)
    else:
        blocks.append(Note(none_reason(found)))
    blocks += kept_notes(found.kept)
    blocks += _guesses(found)
    blocks += [
        Note(f"Without the reductions {layer} cannot work in place: {why}", "dim")
        for layer, why in found.lifted
    ]
    if found.projections:
        blocks.append(Note(f"Pool projections removed as well: {named(found.projections)}"))
    return blocks


def sites_table(sites: Sequence[SiteSaving]) -> Table[SiteSaving]:
    """Return the sites: their macs with and without, and whether other figures are less or more."""
    columns: tuple[Column[SiteSaving], ...] = (
        Column("reduction", lambda site: short(site.layer), key="layer", style="name"),
        Column("readers", lambda site: " ".join(site.readers), hidden=True),
        Column("channels", lambda site: channels(site.wide, site.width, site.out, site.expand), key=""),
        Column("channels", lambda site: Sizes((site.wide, site.width, site.out)), hidden=True),
        Column("kernel", lambda site: ", ".join(site.kernels), drop=5),
        Column("with", lambda site: Amount(site.present.macs), key="macs_with", right=True, drop=4),
        Column("without", lambda site: Amount(site.without.macs), key="macs_without", right=True, drop=3),
        Column("macs", lambda site: effect(site.effect("macs")), key="", right=True),
        *(_verdict(metric, drop) for metric, drop in (("params", 0), ("peak_bytes", 1), ("saved_bytes", 2))),
    )
    return Table(columns, sites)


def _verdict(metric: str, drop: int) -> Column[SiteSaving]:
    def cell(site: SiteSaving) -> Cell:
        return verdict(site.effect(metric).word)

    return Column(metric.removesuffix("_bytes"), cell, key=metric, drop=drop)


def channels(wide: int, width: int, out: int, expand: str | None) -> str:
    """Return a site's channels, from the wide tensor on: ``192→16→32``."""
    inner = (width,) if expand is None else (width, width)
    return "→".join(map(str, (wide, *inner, out)))


def _costly(sites: Sequence[SiteSaving], *, names: bool) -> list[Block]:
    costly = [site.layer for site in sites if site.effect("macs").word == "more"]
    if not costly:
        return []
    verb = "adds more macs than it saves" if len(costly) == 1 else "add more macs than they save"
    which = f": {named(costly)}" if names else " (--sites names them)"
    return [Note(f"{len(costly)} of {many(len(sites), 'reduction')} {verb}{which}", "warn")]


def _guesses(found: Reductions) -> list[Block]:
    return [Note(_GUESSED[guess.role].format(short(guess.layer)), "dim") for guess in found.guesses]


def _stay(kept: Sequence[tuple[str, str]]) -> list[Block]:
    text = f"{many(len(kept), 'narrowing 1×1 convolution')} cannot be removed (--sites says why)"
    return [Note(text, "dim")] if kept else []


def kept_notes(kept: Sequence[tuple[str, str]]) -> list[Block]:
    """Return a sentence for each 1×1 that would be a reduction and stays, up to a few."""
    notes: list[Block] = [
        Note(f"Not removed: {short(layer)}, because {reason}", "dim") for layer, reason in kept[:MOST_NAMED]
    ]
    return notes + left_out(len(kept) - MOST_NAMED, "convolution", "--json")


def none_reason(found: Reductions) -> str:
    """Return the line for a network without reductions: what its 1×1 convolutions do instead."""
    if not found.roles:
        return "No 1×1 reductions: it has no 1×1 convolutions."
    count = sum(share.layers for share in found.roles)
    if len(found.roles) == 1:
        which = f"all {count} 1×1 convolutions" if count > 1 else "its one 1×1 convolution"
        return f"No 1×1 reductions: {which} {_PLACES[found.roles[0].role][count > 1]}."
    shares = sorted(found.roles, key=lambda share: -share.layers)
    parts = [f"{share.layers} {_PLACES[share.role][share.layers > 1]}" for share in shares]
    return f"No 1×1 reductions: of its {count} 1×1 convolutions, {', '.join(parts)}."


def roles(report: Report) -> list[Block]:
    """Return how many 1×1 convolutions have each role, their share, the activations after them."""
    shares = report.reductions.roles if report.reductions else ()
    cost = report.totals.cost
    columns: tuple[Column[RoleShare], ...] = (
        Column("role", lambda share: share.role, style="name"),
        Column("layers", lambda share: Amount(share.layers), right=True),
        Column("macs", lambda share: Amount(share.macs), right=True, style="strong"),
        Column("share", lambda share: Quotient(share.macs, cost.macs), key="", right=True, drop=1),
        Column("params", lambda share: Amount(share.params), right=True),
        Column("share", lambda share: Quotient(share.params, cost.params), key="", right=True, drop=2),
        Column("nonlinearities", lambda share: Amount(share.nonlinearities), right=True, drop=3),
    )
    return [Heading("1×1 convolutions by role"), Table(columns, shares)] if shares else []
