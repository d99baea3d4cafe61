"""How the figures come about: every formula with its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.cost import FLOPS_PER
from convcost.report import Field
from convcost.units import full, human, sizes
from convcost.view import Column, Heading, Note, Table, View
from convcost.views.arithmetic import cost_of, explained, plain, shape_of, sized, terms_of, total, written
from convcost.views.cells import field_sizes, pairs, per_dim

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from convcost.cost import Cost
    from convcost.engine.op_facts import OpFacts
    from convcost.engine.run import Run
    from convcost.ir import Node, Window
    from convcost.reductions.roles import Roles
    from convcost.reductions.sites import Site
    from convcost.report import Report
    from convcost.view import Block
    from convcost.views.arithmetic import Term


def overview(run: Run, label: str) -> View:
    """Return the arithmetic of all layers that multiply, and their sum."""
    rows: list[tuple[str, str]] = []
    total = 0
    for node, rule in zip(run.graph.nodes, run.rules, strict=True):
        if rule.cost.macs:
            total += rule.cost.macs * run.batch
            rows.append((node.name, explained(_made(rule).macs, run.batch)))
    if not rows:
        return View((Heading(label), Note("Nothing in it multiplies: 0 macs.")))
    columns: tuple[Column[tuple[str, str]], ...] = (
        Column("layer", lambda row: row[0], style="name"),
        Column("macs", lambda row: row[1], wrap=True),
    )
    hint = Note("`convcost explain SPEC LAYER` adds parameters, memory and receptive field.", "dim")
    table = Table(columns, rows, ("total", full(total)))
    return View((Heading(label), table, hint), Table(columns, (*rows, ("total", str(total)))))


def layers(run: Run, report: Report, roles: Roles, nodes: Sequence[Node]) -> View:
    """Return the whole arithmetic of some layers; a reduction's with its readers', and without."""
    blocks: list[Block] = []
    rows: list[tuple[str, str, str]] = []
    for node in nodes:
        lines = list(_lines(run, report, node))
        rule = run.rules[run.index[node.name]]
        inputs = ", ".join(sizes(each) for each in rule.inputs[: len(node.inputs)])
        blocks += [
            Heading(f"{node.name} · {node.op.NAME} · {inputs} → {sizes(node.shape)}"),
            pairs(lines),
        ]
        role = roles.by_name.get(node.name)
        if role is not None:
            blocks.append(Note(f"Its role: {role}.", "dim"))
        rows += [(node.name, *line) for line in lines]
    for site in _sites(roles, nodes):
        blocks += _comparison(run, site)
    columns: tuple[Column[tuple[str, str, str]], ...] = (
        Column("layer", lambda row: row[0]),
        Column("figure", lambda row: row[1]),
        Column("arithmetic", lambda row: row[2]),
    )
    return View(tuple(blocks), Table(columns, rows))


def _lines(run: Run, report: Report, node: Node) -> Iterator[tuple[str, str]]:
    rule = run.rules[run.index[node.name]]
    size = _size(rule)
    if size:
        yield "size", size
    made = _made(rule)
    if rule.cost.macs:
        yield "macs", explained(made.macs, run.batch)
    yield from _flops(made, run.batch)
    if rule.cost.params:
        yield "params", explained(made.params)
    yield from _memory(run, node, rule)
    yield from _receptive_field(run, report, node, rule)


def _made(rule: OpFacts) -> Cost:
    """Return a layer's counters per sample, which remember how they were made."""
    return cost_of(rule.op, rule.inputs, rule.output)


def _size(rule: OpFacts) -> str:
    """Return how the output's sizes follow from the input's, where that takes arithmetic."""
    each = zip(shape_of(rule.op, rule.inputs), rule.output, strict=True)
    parts = [f"{how} = {full(size)}" for value, size in each if (how := sized(value))]
    return ", ".join(dict.fromkeys(parts))


def _flops(made: Cost, batch: int) -> Iterator[tuple[str, str]]:
    """Explain the counters besides macs, then flops as their weighted sum."""
    terms = []
    for name, per in FLOPS_PER.items():
        count = getattr(made, name)
        if not count:
            continue
        if name != "macs":
            yield name.replace("_", " "), explained(count, batch)
        terms.append(plain(per, int(count) * batch) if per != 1 else plain(int(count) * batch))
    if terms:
        yield "flops", written(terms)


def _memory(run: Run, node: Node, rule: OpFacts) -> Iterator[tuple[str, str]]:
    index = run.index[node.name]
    step = run.inference.steps[index]
    element = run.platform.element
    batch = () if run.batch == 1 else (run.batch,)
    if step.is_new:
        yield "activation_bytes", written([plain(*batch, node.shape, element)])
    else:
        how = "overwrites its input" if step.memory.writes else "is its input under another shape or name"
        yield "activation_bytes", f"0: the output {how}"
    if rule.weights:
        yield "weight_bytes", _weights(rule, element)
    yield "saved_bytes", _saved(run, index)
    extra = step.memory.temporary.at(run.batch)
    held = run.alive[index] - extra
    more = f", {full(held)} in tensors and {full(extra)} while it computes" if extra else ""
    yield "peak_bytes", f"{full(run.alive[index])} alive while it runs{more}"
    yield from _traffic(run, node, rule)


def _weights(rule: OpFacts, element: int) -> str:
    cost = rule.cost
    counts = cost.params + cost.buffers - cost.counters
    terms = [plain(counts, element)]
    if cost.counters:
        terms.append(plain(cost.counters, 8))
    return written(terms)


def _traffic(run: Run, node: Node, rule: OpFacts) -> Iterator[tuple[str, str]]:
    step = run.inference.steps[run.index[node.name]]
    if not step.is_new and not step.memory.writes:
        yield "traffic_bytes", "0: nothing moves"
        return
    read = dict(zip(node.inputs, rule.inputs, strict=False))
    batch = () if run.batch == 1 else (run.batch,)
    terms = [plain(*batch, each, run.platform.element) for each in (*read.values(), node.shape)]
    if rule.weights:
        terms.append(plain(rule.weights))
    yield "traffic_bytes", written(terms)


def _saved(run: Run, index: int) -> str:
    """Return what autograd keeps on this layer's account, and what it shares with others."""
    step = run.training.steps[index]
    parts = []
    for storage in dict.fromkeys(step.saved):
        size = run.training.elements[storage] * run.scale
        first = run.savers[storage][0]
        if first == index:
            parts.append(f"{full(size)} of {_owner(run, storage, index)}")
        else:
            name = run.graph.nodes[first].name
            parts.append(f"{_owner(run, storage, index)} is kept by {name} already")
    kept = step.memory.kept.at(run.batch)
    if kept:
        parts.append(f"{full(kept)} of its own: masks, statistics, indices or copies")
    return f"{full(run.saved[index])}: " + "; ".join(parts) if parts else "0: nothing is kept"


def _owner(run: Run, storage: int, index: int) -> str:
    if run.training.steps[index].storage == storage:
        return "its output"
    node = run.graph.nodes[index]
    reads = [run.training.tensors[name].storage for name in node.inputs]
    return f"its input {node.inputs[reads.index(storage)]}" if storage in reads else "a copy of its input"


def _receptive_field(run: Run, report: Report, node: Node, rule: OpFacts) -> Iterator[tuple[str, str]]:
    index = run.index[node.name]
    layer = report.layers[index - len(run.graph.inputs)]
    after = layer.field
    if not after:
        return
    before = [_fields_of(run, report, name) for name in node.inputs]
    windows = rule.reach.windows
    if len(before) == 1 and before[0] == after:
        yield "receptive_field", f"{per_dim(field_sizes(layer))}, as before it"
    elif len(before) == 1 and len(windows) == len(after):
        steps = zip(before[0], windows, after, strict=True)
        yield "receptive_field", "; ".join(dict.fromkeys([_step(*step) for step in steps]))
    else:
        yield "receptive_field", "; ".join(dict.fromkeys(map(_seen, after)))


def _step(old: Field, window: Window, new: Field) -> str:
    """Return how a window widens a field, where a sum says it."""
    grown = old.size + (window.span - 1) * old.stride
    if window.per != 1 or not window.step or grown != new.size or new.least != new.size:
        return _seen(new)
    return (
        f"{old.size} + ({window.span} − 1) · {old.stride} = {new.size} px, "
        f"stride {window.step} · {old.stride} = {new.stride} px"
    )


def _seen(field: Field) -> str:
    if field.least == field.size:
        return f"{field.size} px, stride {field.stride} px"
    return (
        f"{field.least} to {field.size} px, the same every {field.period} positions; stride {field.stride} px"
    )


def _fields_of(run: Run, report: Report, name: str) -> tuple[Field, ...]:
    if name in run.graph.inputs:
        return (Field(1, 1, 0, 1),) * (len(run.graph.inputs[name]) - 1)
    return report.layers[run.index[name] - len(run.graph.inputs)].field


# --- with and without --------------------------------------------------------------------


def _sites(roles: Roles, nodes: Sequence[Node]) -> list[Site]:
    """Return the sites any of these layers belongs to."""
    wanted = {node.name for node in nodes}
    return [site for site in roles.sites.values() if any(node.name in wanted for node in _convolutions(site))]


def _convolutions(site: Site) -> tuple[Node, ...]:
    return tuple(node for node in site.layers if node.op.GROUP == "conv")


def _comparison(run: Run, site: Site) -> list[Block]:
    """Return a site's macs with its reduction and without, and how they compare."""
    wide = run.graph.shapes[site.reduce.inputs[0]]
    present = [term for node in _convolutions(site) for term in _macs(run, node)]
    without = []
    for reader in site.readers:
        out = reader.shape if site.expand is None else site.expand.shape
        without += terms_of(cost_of(site.widened(reader), (wide,), out).macs)
    low, high = sorted((total(present), total(without)))
    verb = "less" if total(present) < total(without) else "more"
    text = f"{human(high / low, 'times')} {verb} with the reduction" if low != high else "the same"
    return [
        Heading(f"{site.reduce.name}: what the reduction buys, in macs per sample"),
        pairs([("without", written(without)), ("with", written(present))]),
        Note(f"{text}."),
    ]


def _macs(run: Run, node: Node) -> list[Term]:
    return terms_of(_made(run.rules[run.index[node.name]]).macs)
