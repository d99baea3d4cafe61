"""Lines to nodes: blocks used, lines repeated, names given, shapes inferred as it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.errors import closest, did_you_mean
from convcost.ir import INPUT, Shape
from convcost.ops import INDEX, op_class
from convcost.ops._fields import COUNT, FieldSpec
from convcost.spec.context import Context, Site, Target
from convcost.spec.document import NONE, PROJECT, RESIDUAL, UNKNOWN, Document, Line
from convcost.spec.log import Log, Reported
from convcost.spec.names import Names, Tensor, join
from convcost.spec.nodes import MAX_LAYERS, NodeMaker, too_many
from convcost.spec.tree import Map, Scalar, Seq
from convcost.spec.values import BROKEN, Scope, boolean, check_integer, evaluate, integer, untyped, word

if TYPE_CHECKING:
    from convcost.errors import Loc
    from convcost.spec.arithmetic import Value
    from convcost.spec.tree import Tree

MAX_BLOCKS = 32

_REPEAT = FieldSpec(COUNT, "how often", ge=0, name="repeat")
_SIZE = FieldSpec(COUNT, "a size", ge=1, name="expect")
_NODE_OP = {RESIDUAL: "add", PROJECT: "conv"}


class Expander:
    """Makes the nodes of one document for one set of vars and one input.

    ``exact`` is False under an overridden input, where ``expect:`` judges channels alone.
    """

    def __init__(self, document: Document, names: dict[str, Value], log: Log, *, exact: bool) -> None:
        self.document = document
        self.log = log
        self.exact = exact
        self.vars = names
        self.names = Names(log)
        self.make = NodeMaker(self.names, log)

    def run(self, shape: Shape, *, sure: bool = True) -> Tensor:
        """Expand all lines; return the last one's output."""
        start = Tensor(INPUT, shape, sure, sure)
        self.names.tensors[INPUT] = start
        return self.lines(self.document.lines, Context(self.vars), start)

    # --- lines ---------------------------------------------------------------------------

    def lines(self, lines: tuple[Line, ...], at: Context, tensor: Tensor) -> Tensor:
        """Expand lines one after the other."""
        self.names.enter(at.prefix, lines)
        for line in lines:
            try:
                tensor = self.line(line, at, tensor)
            except Reported:  # the next line is judged without this one's shape
                tensor = tensor.guess
        return tensor

    def line(self, line: Line, at: Context, tensor: Tensor) -> Tensor:
        """Expand one line, as often as it is to be repeated."""
        op = self.op_word(line, at, tensor)
        path = self.path(line, at, op)
        entering = self.entering(line, at, tensor)
        look = at.scope(entering[0].shape)
        times = self.times(line, look)
        if times == 0 or not self.wanted(line, look) or op == NONE:
            self.names.skipped.add(path)
            return tensor
        out = self.repeat(Site(line, op, line.fields.items, at, path), entering, times)
        if path:
            self.names.tensors[path] = out
        self.expect(line, at, out)
        return out

    def op_word(self, line: Line, at: Context, tensor: Tensor) -> str:
        """Return the op or block of a line; ``$x`` is looked up."""
        op = word(line.op, at.scope(tensor.shape), self.log, "an op")
        if op in INDEX or op in self.document.blocks or op in {RESIDUAL, PROJECT, NONE, UNKNOWN}:
            return op
        hint = did_you_mean(closest(op, [*INDEX, *self.document.blocks]))
        raise self.log.add("CC303", f"{line.op.text} is {op!r}, which is no op or block", line.loc, hint)

    def path(self, line: Line, at: Context, op: str) -> str:
        """Return the path of a line; a container has one only if it is named or repeated."""
        if line.name:
            path, loc = join(at.prefix, line.name), line.common["name"].loc
            self.names.claim(path, loc)
            if line.name.split(".")[0] == INPUT:
                self.log.add("CC306", f"{INPUT!r} is the network's input", loc)
            return path
        container = op == RESIDUAL or bool(line.branches)
        if container and "repeat" not in line.common:
            return ""
        return self.names.number(at.prefix, _NODE_OP.get(op, op))

    def entering(self, line: Line, at: Context, tensor: Tensor) -> list[Tensor]:
        """Return the tensors a line reads: those of ``from:``, else the previous one."""
        given = line.common.get("from")
        if given is None:
            return [tensor]
        items = given.items if isinstance(given, Seq) else (given,)
        try:
            if not items:
                raise self.log.add("CC308", "from: names nothing", given.loc)
            return [self.tensor(item, at) for item in items]
        except Reported:
            return [tensor.guess] * max(len(items), 1)

    def tensor(self, tree: Tree, at: Context) -> Tensor:
        """Return the tensor a name means."""
        name = word(tree, at.scope(None), self.log, "from")
        found = self.names.find(at.prefix, name)
        if found is not None:
            return found
        if not {join(at.prefix, name), name}.isdisjoint(self.names.skipped):
            raise self.log.add("CC308", f"{name!r} was left out by when: or repeat: 0", tree.loc)
        later = self.given_later(name)
        hint = f"it comes later, at line {later.line}" if later else None
        hint = hint or did_you_mean(closest(name, self.names.known(at.prefix)))
        raise self.log.add("CC308", f"there is no earlier layer {name!r}", tree.loc, hint)

    def given_later(self, name: str) -> Loc | None:
        """Return where a name is given further down, if it is."""
        return next((line.common["name"].loc for line in self.document.lines if line.name == name), None)

    def times(self, line: Line, look: Scope) -> int | None:
        """Return how often a line is repeated, None for once and without an index."""
        given = line.common.get("repeat")
        if given is None:
            return None
        times = integer(given, look, self.log, _REPEAT)
        if times + len(self.make.nodes) > MAX_LAYERS:
            raise too_many(self.log, given.loc)
        return times

    def wanted(self, line: Line, look: Scope) -> bool:
        """Whether ``when:`` holds."""
        given = line.common.get("when")
        return given is None or boolean(given, look, self.log, "when")

    def repeat(self, site: Site, entering: list[Tensor], times: int | None) -> Tensor:
        """Expand a line's repetitions, each from the one before."""
        if times is None:
            return self.once(site, entering)
        path = site.path
        for number in range(times):
            fields = self.fields_of(site.line, number, times)
            at = site.at._replace(number=number)
            site = site._replace(fields=fields, at=at, path=f"{path}.{number}")
            out = self.names.tensors[site.path] = self.once(site, entering)
            entering = [out, *entering[1:]]
        return entering[0]

    def fields_of(self, line: Line, number: int, times: int) -> dict[str, Tree]:
        """Return a repetition's fields: those of the line, of ``first:``, of ``last:``."""
        fields = line.fields.items
        for key, there in (("first", number == 0), ("last", number == times - 1)):
            override = line.common.get(key)
            if there and isinstance(override, Map):
                fields = {**fields, **override.items}
        return fields

    def once(self, site: Site, entering: list[Tensor]) -> Tensor:
        """Expand a line once."""
        if site.op in self.document.blocks:
            return self.block(site, entering[0])
        if site.op == RESIDUAL:
            return self.residual(site, entering[0])
        if site.line.branches:
            return self.branching(site, entering[0])
        if site.op == PROJECT:
            return self.project(site, entering[0])
        if site.op == UNKNOWN:
            return entering[0].guess
        likes = []
        if op_class(site.op).LIKE and "like" in site.fields:
            likes.append(self.tensor(site.fields["like"], site.at))
        return self.make.layer(site, entering, likes)

    def expect(self, line: Line, at: Context, out: Tensor) -> None:
        """Compare a line's output with ``expect:``."""
        given = line.common.get("expect")
        if given is None:
            return
        if not isinstance(given, Seq):
            raise self.log.add("CC304", "expect: is a shape, as in [~, 7, 7]", given.loc)
        look = at.scope(None)
        wanted = [self.size(item, look) for item in given.items]
        compared = wanted if self.exact else [*wanted[:1], *(None for _ in wanted[1:])]
        same = len(wanted) == len(out.shape) and all(
            want in {None, size} for want, size in zip(compared, out.shape, strict=True)
        )
        if out.sure and not same:
            shown = ", ".join("~" if want is None else str(want) for want in wanted)
            self.log.add("CC402", f"expected [{shown}], but the output is {list(out.shape)}", given.loc)

    def size(self, tree: Tree, look: Scope) -> int | None:
        """Return one entry of ``expect:``; None matches any size."""
        if isinstance(tree, Scalar) and tree.null:
            return None
        return check_integer(evaluate(tree, look, self.log), tree, self.log, _SIZE)

    # --- blocks --------------------------------------------------------------------------

    def block(self, site: Site, entering: Tensor) -> Tensor:
        """Use a block: its arguments, then its lines, one level deeper."""
        name, uses = site.op, site.at.uses
        if name in uses:
            circle = " -> ".join([*uses[uses.index(name) :], name])
            raise self.log.add("CC310", f"blocks that use themselves: {circle}", site.loc)
        if len(uses) >= MAX_BLOCKS:
            raise self.log.add("CC310", f"blocks nested deeper than {MAX_BLOCKS}", site.loc)
        if "role" in site.line.common:
            loc = site.line.common["role"].loc
            self.log.add("CC407", "role: stands on a 1×1 convolution, not on a block", loc)
        self.check_args(site)
        args = self.arguments(site, entering)
        inner = Context({**self.vars, **args}, site.path, None, site.at.shortcut, None, (*uses, name))
        return self.lines(self.document.blocks[name].lines, inner, entering)

    def check_args(self, site: Site) -> None:
        """Refuse arguments a block does not have."""
        declared = self.document.blocks[site.op].args
        for key, tree in site.fields.items():
            if key not in declared:
                hint = did_you_mean(closest(key, declared)) or f"it has {', '.join(declared) or 'none'}"
                self.log.add("CC302", f"block {site.op} has no arg {key!r}", tree.loc, hint)

    def arguments(self, site: Site, entering: Tensor) -> dict[str, Value]:
        """Return a block's arguments: those given, then the defaults, in order."""
        args: dict[str, Value] = {}
        given = site.at.scope(entering.shape)
        for key, default in self.document.blocks[site.op].args.items():
            try:
                if key in site.fields:
                    args[key] = untyped(site.fields[key], given, self.log)
                elif isinstance(default, Scalar) and default.null:
                    raise self.log.add("CC305", f"block {site.op} needs {key}:", site.loc)
                else:
                    args[key] = untyped(default, Scope({**self.vars, **args}, entering.shape), self.log)
            except Reported:
                args[key] = BROKEN
        return args

    # --- containers ----------------------------------------------------------------------

    def residual(self, site: Site, entering: Tensor) -> Tensor:
        """Expand ``body + shortcut``."""
        make, outer = self.make, self.make.last_conv
        make.last_conv = None
        body = self.lines(site.line.body, site.inner, entering)
        bias, norm = make.last_conv or (True, None)
        last = make.last_conv or outer
        short = self.shortcut(site, Target(body.shape, body.sure, bias, norm), entering)
        make.last_conv = last
        return body if short is None else self.joined(site, [body, short])

    def shortcut(self, site: Site, target: Target, entering: Tensor) -> Tensor | None:
        """Return what is added to a residual's body, None for nothing."""
        line, at = site.line, site.inner.inside("shortcut")._replace(shortcut=True, target=target)
        if isinstance(line.shortcut, tuple):
            return self.same(site, self.lines(line.shortcut, at, entering), target)
        kind = "identity"
        if line.shortcut is not None:
            kind = word(line.shortcut, at.scope(entering.shape), self.log, "shortcut")
        if kind == PROJECT:
            if entering.shape == target.shape:
                return entering
            path = self.names.number(at.prefix, "conv")
            return self.project(Site(line, PROJECT, {}, at, path), entering)
        if kind == "when_same":
            return entering if entering.shape == target.shape else None
        if kind != "identity":
            message = f"a shortcut is identity, project or when_same, not {kind}"
            raise self.log.add("CC207", message, line.shortcut.loc if line.shortcut else line.loc)
        return self.same(site, entering, target)

    def same(self, site: Site, short: Tensor, target: Target) -> Tensor:
        """Check that a shortcut fits the body."""
        if short.sure and target.sure and short.shape != target.shape:
            message = f"the shortcut is {list(short.shape)}, but the body's output {list(target.shape)}"
            hint = "shortcut: project puts a 1×1 convolution there; when_same adds only where shapes agree"
            raise self.log.add("CC403", message, site.loc, hint)
        return short

    def project(self, site: Site, entering: Tensor) -> Tensor:
        """Expand a ``project``: nothing where the shapes agree already."""
        target = site.at.target
        if target is None:
            raise self.log.add("CC404", "project stands only in a residual's shortcut", site.loc)
        if entering.shape == target.shape:
            return entering
        strides = [_project_stride(a, b) for a, b in zip(entering.shape[1:], target.shape[1:], strict=False)]
        found = tuple(stride for stride in strides if stride)
        if not found or len(found) != len(target.shape) - 1 or len(target.shape) != len(entering.shape):
            if not (entering.sure and target.sure):
                raise Reported
            message = f"no stride takes {list(entering.shape)} to {list(target.shape)}"
            raise self.log.add("CC404", message, site.loc, "write the shortcut out as a list of layers")
        return self.make.project(site, found[0] if len(set(found)) == 1 else found, [entering])

    def branching(self, site: Site, entering: Tensor) -> Tensor:
        """Expand the branches of concat, add, mul or matmul, and join them."""
        outer = self.make.last_conv
        ends = [self.lines(lines, site.inner.inside(key), entering) for key, lines in site.line.branches]
        self.make.last_conv = outer
        return self.joined(site, ends)

    def joined(self, site: Site, inputs: list[Tensor]) -> Tensor:
        """Make a container's own node: ``concat1``, or ``mix.concat`` in one named mix."""
        op = _NODE_OP.get(site.op, site.op)
        path = join(site.path, op) if site.path else self.names.number(site.at.prefix, op)
        return self.make.layer(site._replace(op=op, path=path), inputs, [])


def _project_stride(size: int, out: int) -> int | None:
    """Return the smallest s with ⌊(size − 1) / s⌋ + 1 = out, None where there is none."""
    stride = (size - 1) // out + 1
    return stride if (size - 1) // stride + 1 == out else None
