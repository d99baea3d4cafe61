"""A check's result as findings: one per verdict, error, laxer limit and notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.budget.wording import change, said, sentence
from convcost.units import human
from convcost.view import ERROR, FAIL, NOTE, WARN, Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from convcost.budget.explain import Reason
    from convcost.budget.result import Loosened, Notice, Result
    from convcost.budget.verdict import Verdict
    from convcost.engine.delta import Change
    from convcost.errors import ConvcostError, Loc
    from convcost.report import LayerCost, Live, Peak

    Explain = Callable[[Verdict], Reason]

CHECK = "check"


def findings(result: Result, explain: Explain) -> list[Finding]:
    """Return everything a report says, in the order of the run; ``explain`` gives reasons."""
    return [
        *(_error(diagnostic_of) for diagnostic_of in result.errors),
        *(of_verdict(verdict, explain) for verdict in result.verdicts),
        *(_loosened(change) for change in result.loosened),
        *(_notice(notice) for notice in result.notices),
    ]


def network_of(verdict: Verdict) -> str:
    """Return what a verdict's network is called, with what the rule set of it."""
    conditions = verdict.rule.conditions
    words = [f"batch {conditions.batch}"] if conditions.batch != 1 else []
    words += [conditions.dtype] if conditions.dtype != "float32" else []
    label = verdict.subject.at(conditions).label
    return f"{label} ({', '.join(words)})" if words else label


def where_of(verdict: Verdict) -> str:
    """Return the layers a verdict is about; '' for the whole network."""
    return (verdict.value.where or "") if verdict.value else " ".join(verdict.rule.layers)


def of_verdict(verdict: Verdict, explain: Explain) -> Finding:
    """Return one verdict; only what failed or warns is explained."""
    rule = verdict.rule
    worth = verdict.status in (FAIL, WARN)
    reason = explain(verdict) if worth else None
    details = [rule.message] if rule.message and worth else []
    details += _reasons(verdict, reason) if reason else []
    network, where = network_of(verdict), where_of(verdict)
    return Finding(
        status=verdict.status,
        rule=rule.id,
        network=network,
        where=where,
        text=sentence(verdict),
        details=tuple(details),
        loc=_in_file(reason.edit) if reason else None,
        rule_loc=verdict.limit.loc if verdict.limit else rule.loc,
        key=f"{rule.id}\n{verdict.key}\n{network}\n{where}\n{rule.metric}",
        weight=verdict.overshoot,
    )


def _reasons(verdict: Verdict, reason: Reason) -> list[str]:
    """Return what grew or costs most, a line each."""
    metric, unit = _measured(verdict), verdict.rule.unit
    if verdict.rule.metric in ("reduction_saving", "intensity"):
        unit = "count"
    lines = [grown_line(one, metric, unit) for one in reason.grown]
    lines += [largest_line(one, metric, unit) for one in reason.costliest]
    if reason.peak is not None:
        lines += peak_lines(reason.peak, reason.old_peak)
    if reason.more > 0:
        lines.append(f"and {reason.more} more {'layer' if reason.more == 1 else 'layers'}")
    return lines


def _measured(verdict: Verdict) -> str:
    return {"reduction_saving": "macs", "intensity": "flops"}.get(verdict.rule.metric, verdict.rule.metric)


def grown_line(one: Change, metric: str, unit: str) -> str:
    """Return ``~ stem.conv  100 M → 118 M (+18.0%), +18 M  nets/a.yaml:5:5``."""
    before, after = one.values(metric)
    amount = f"+{said(after - before, unit)}"
    moved = f"{said(after, unit)}" if one.sign == "+" else f"{change(before, after, unit)}, {amount}"
    return f"{one.sign} {one.layer.name}  {moved}{_at(one.new)}"


def largest_line(layer: LayerCost, metric: str, unit: str) -> str:
    """Return ``stem.conv  118 M  nets/a.yaml:5:5``."""
    return f"  {layer.name}  {said(layer.metric(metric), unit)}{_at(layer)}"


def peak_lines(peak: Peak, old: Peak | None) -> list[str]:
    """Return where memory peaks, where it did, and what is alive there."""
    lines = [f"peak at {peak.at}" + (f", it was {_bytes(old.bytes)} at {old.at}" if old else "")]
    live: Iterable[Live] = sorted(peak.live, key=lambda tensor: -tensor.bytes)[:5]
    return lines + [f"  {tensor.layer}  {_bytes(tensor.bytes)} ({tensor.what})" for tensor in live]


def _bytes(value: int) -> str:
    return str(human(value, "bytes"))


def _at(layer: LayerCost | None) -> str:
    return f"  {layer.loc}" if layer and layer.loc else ""


def _in_file(loc: Loc | None) -> Loc | None:
    """Return a position a reader can go to: not one in a spec that ships, or in standard input."""
    return loc if loc and loc.source.is_file else None


def _blocks(loc: Loc | None) -> list[str]:
    """Return where the blocks' own lines are, behind a position where a block is used."""
    inner = loc.inside if loc else None
    return [f"in the block, at {inner}", *_blocks(inner)] if inner else []


def _error(error: ConvcostError) -> Finding:
    first, *others = error.diagnostics
    more = [f"{d.loc}: {d.message}" if d.loc else d.message for d in others[:9]]
    hint = [f"hint: {first.hint}"] if first.hint else []
    network = first.loc.source.name if first.loc else "convcost"
    return Finding(
        ERROR,
        first.code,
        network,
        "",
        first.message,
        (*_blocks(first.loc), *hint, *first.notes, *more),
        _in_file(first.loc),
        key=f"{first.code}\n{network}",
    )


def _loosened(change: Loosened) -> Finding:
    name = change.loc.source.name if change.loc else "budget"
    return Finding(NOTE, change.rule, name, "", change.text, loc=change.loc, key=f"raised\n{change.rule}")


def _notice(notice: Notice) -> Finding:
    status = WARN if notice.counts else NOTE
    return Finding(status, CHECK, "convcost", "", notice.text, loc=notice.loc, key=f"notice\n{notice.text}")
