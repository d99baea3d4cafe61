"""What the 1×1 convolutions buy: beside the totals, site by site, and by role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.view import Amount, Column, Heading, Note, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.report import Reductions, Report, SiteSaving
    from convcost.view import Block, Cell

COMPARED: tuple[str, ...] = (
    "macs",
    "params",
    "activation_bytes",
    "peak_bytes",
    "saved_bytes",
    "traffic_bytes",
)
"""The metrics with and without stand side by side for."""

MOST_NAMED = 5
_PLACES = {
    "shortcut": ("is in a shortcut", "are in shortcuts"),
    "gate": ("is in a gate", "are in gates"),
    "pointwise": ("is beside a depthwise one", "are beside depthwise ones"),
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


def blocks(report: Report) -> list[Block]:
    """Return all that ``analyze`` says of a network's 1×1 convolutions, besides the totals."""
    found = report.reductions
    if found is None:
        return []
    result: list[Block] = []
    if found.sites:
        result += [Heading(_title(found)), sites_table(found.sites), *_warnings(found.sites)]
    else:
        result.append(Note(none_reason(found)))
    result += kept_notes(found.kept)
    result += [Note(_GUESSED[guess.role].format(short(guess.layer)), "dim") for guess in found.guesses]
    result += [
        Note(f"Without the reductions {layer} cannot work in place: {why}", "dim")
        for layer, why in found.lifted
    ]
    if found.projections:
        result.append(Note(f"Without the pool projections, too: {named(found.projections)}"))
    if found.roles:
        result += [Heading("1×1 convolutions by role"), roles_table(report)]
    return result


def factor(present: int, without: int) -> Cell:
    """Return how many times less the reductions make it, None where there is nothing."""
    return Amount(without / present, "times") if present else None


def short(layer: str) -> str:
    """Return a layer's name as the spec gives it: without the level's ``.conv``."""
    return layer.removesuffix(".conv")


def named(layers: Sequence[str]) -> str:
    """Return the first few names, and how many more there are."""
    shown = ", ".join(short(layer) for layer in layers[:MOST_NAMED])
    return shown if len(layers) <= MOST_NAMED else f"{shown} and {len(layers) - MOST_NAMED} more"


def _title(found: Reductions) -> str:
    count = len(found.sites)
    return f"1×1 reductions ({count}): macs with and without, and what each buys"


def channels(site: SiteSaving) -> str:
    """Return a site's channels, from the wide tensor on: ``192→16→32``."""
    inner = (site.width,) if site.expand is None else (site.width, site.width)
    return "→".join(map(str, (site.wide, *inner, site.out)))


def sites_table(sites: Sequence[SiteSaving]) -> Table:
    """Return the sites: their macs with and without, and the four verdicts."""
    columns = (
        Column("reduction", style="name"),
        Column("channels"),
        Column("kernel", drop=3),
        Column("with", right=True, style="strong"),
        Column("without", right=True),
        Column("factor", right=True),
        Column("macs", drop=2),
        Column("params", drop=1),
        Column("peak", drop=4),
        Column("saved", drop=5),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            short(site.layer),
            channels(site),
            ", ".join(site.kernels),
            Amount(site.present.macs),
            Amount(site.without.macs),
            factor(site.present.macs, site.without.macs),
            *site.verdicts.values(),
        )
        for site in sites
    ]
    return Table(columns, tuple(rows))


def _warnings(sites: Sequence[SiteSaving]) -> list[Block]:
    dear = [site.layer for site in sites if site.verdict("macs") == "costs"]
    if not dear:
        return []
    verb = "costs more macs than it saves" if len(dear) == 1 else "cost more macs than they save"
    return [Note(f"{len(dear)} of the {len(sites)} reductions {verb}: {named(dear)}", "warn")]


def kept_notes(kept: Sequence[tuple[str, str]]) -> list[Block]:
    """Return a sentence for each 1×1 that would be a reduction and stays, up to a few."""
    notes: list[Block] = [
        Note(f"Not removed: {short(layer)}, because {reason}", "dim") for layer, reason in kept[:MOST_NAMED]
    ]
    if len(kept) > MOST_NAMED:
        notes.append(
            Note(f"and {len(kept) - MOST_NAMED} more that are not removed (--json lists them)", "dim")
        )
    return notes


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


def roles_table(report: Report) -> Table:
    """Return how many 1×1 convolutions have each role, their share, the activations behind."""
    shares = report.reductions.roles if report.reductions else ()
    cost = report.totals.cost
    columns = (
        Column("role", style="name"),
        Column("layers", right=True),
        Column("macs", right=True, style="strong"),
        Column("share", right=True, drop=1),
        Column("params", right=True),
        Column("share", right=True, drop=2),
        Column("nonlinearities", right=True, drop=3),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            share.role,
            Amount(share.layers),
            Amount(share.macs),
            Amount(share.macs / (cost.macs or 1), "percent"),
            Amount(share.params),
            Amount(share.params / (cost.params or 1), "percent"),
            Amount(share.nonlinearities),
        )
        for share in shares
    ]
    return Table(columns, tuple(rows))
