"""The reduction a convolution could have: a 1×1 before it, of its norm, activation and bias."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from convcost.ir import PLAIN, Node, Origin, altered
from convcost.ops import op_class
from convcost.pointwise import convolution
from convcost.reductions.sites import Site

if TYPE_CHECKING:
    from convcost.ir import Group, Shape
    from convcost.reductions.sites import Links

DECLARED_REDUCE = Origin(role="reduce")
DECLARED_EXPAND = Origin(role="expand")


def new_site(links: Links, conv: Node, width: int, *, sandwich: bool = False) -> Site:
    """Return the site that a dense convolution and a new reduction of ``width`` would form.

    The 1×1 has the convolution's bias setting, and after it come copies of the norm and
    the activation that directly follow the convolution and alone read it. ``sandwich``: the
    convolution works inside at ``width`` too, with copies of its own, and a widening 1×1
    after them gives the channels back. Roles are declared, so that taking the site out
    again is exactly the way back. Shapes are set; names are free in the graph.
    """
    wide = links.shapes[conv.inputs[0]]
    copies = _followers(links, conv)
    base = _free_name(links, _level(conv.name, copies))
    reduce = _conv(conv, f"{base}_reduce", conv.inputs[0], (width, *wide[1:]), named=bool(copies))
    reduce = replace(reduce, origin=DECLARED_REDUCE)
    between = _chain(copies, f"{base}_reduce", reduce)
    inner = replace(conv, inputs=((between or (reduce,))[-1].name,))
    if not sandwich:
        return Site(reduce, between, (inner,))
    inner = replace(inner, op=altered(conv.op, out=width), shape=(width, *conv.shape[1:]))
    after = _chain(copies, f"{base}_inner", inner)
    expand = _conv(conv, f"{base}_expand", (after or (inner,))[-1].name, conv.shape, named=False)
    return Site(reduce, between, (inner,), after, replace(expand, origin=DECLARED_EXPAND))


def _followers(links: Links, conv: Node) -> tuple[Node, ...]:
    """Return the norm and the activation directly after a convolution, each the sole reader."""
    found: list[Node] = []
    name = conv.name
    wanted: tuple[Group, ...] = ("norm", "activation")
    for group in wanted:
        readers = links.readers[name]
        if name in links.outputs or len(readers) != 1 or group != readers[0].op.GROUP:
            continue
        found.append(readers[0])
        name = readers[0].name
    return tuple(found)


def _conv(conv: Node, level: str, source: str, shape: Shape, *, named: bool) -> Node:
    one = op_class("conv")(out=shape[0], kernel=1, bias=convolution(conv.op).bias)  # type: ignore[call-arg]
    return Node(f"{level}.conv" if named else level, one, (source,), shape, conv.loc)


def _chain(copies: tuple[Node, ...], level: str, source: Node) -> tuple[Node, ...]:
    """Return copies of a norm and an activation after another layer."""
    result: list[Node] = []
    for node in copies:
        before = (result or [source])[-1]
        key = "norm" if node.op.GROUP == "norm" else "act"
        origin = Origin(act=True) if node.origin.act else PLAIN
        result.append(Node(f"{level}.{key}", node.op, (before.name,), source.shape, node.loc, origin))
    return tuple(result)


def _level(name: str, copies: tuple[Node, ...]) -> str:
    """Return the name a convolution has in the spec: its level, where it has norm or act."""
    level, _, leaf = name.rpartition(".")
    return level if level and leaf == "conv" and copies else name


def _free_name(links: Links, base: str) -> str:
    """Return the base, numbered where a layer of one of its new names exists already."""
    number, name = 1, base
    while any(f"{name}_{what}" in links.levels for what in ("reduce", "inner", "expand")):
        number += 1
        name = f"{base}_{number}"
    return name
