"""Lines to nodes: blocks used, lines repeated, names given, shapes inferred as it goes."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from convcost.ir import INPUT
from convcost.ops import INDEX, op_class
from convcost.spec.blame import blamed
from convcost.spec.context import Context, Inside, ShortcutTarget, Use
from convcost.spec.expect import check_shape
from convcost.spec.growth import ENOUGH, Enough, Growth, alike, check_least
from convcost.spec.inputs import GUESS
from convcost.spec.literals import REPEAT
from convcost.spec.log import Log, Reported
from convcost.spec.names import Names, Output, join
from convcost.spec.nodes import NodeMaker
from convcost.spec.remedies import fitting, project_strides
from convcost.spec.shares import Share
from convcost.spec.sources import Sources
from convcost.spec.syntax import MAX_LEVELS, NONE, PROJECT, RESIDUAL, UNKNOWN, Document, Line
from convcost.spec.tree import Scalar
from convcost.spec.values import BROKEN, Scope, boolean, integer, untyped, word

if TYPE_CHECKING:
    from convcost.spec.arithmetic import Value
    from convcost.spec.inputs import Entry
    from convcost.spec.tree import Tree

_NODE_OP = {RESIDUAL: "add", PROJECT: "conv"}


class Expander:
    """Makes the nodes of one document for one set of vars and one input.

    ``exact`` is False under an overridden input, where ``expect:`` judges channels alone.
    ``ahead``: look for mistakes only, and go through two repetitions where there are more.
    """

    def __init__(
        self, document: Document, names: dict[str, Value], log: Log, *, exact: bool, ahead: bool = False
    ) -> None:
        self.document = document
        self.log = log
        self.exact = exact
        self.vars = names
        self.ahead = ahead
        self.names = Names(log)
        self.growth = Growth(log)
        self.sources = Sources(document, self.names, log)
        self.make = NodeMaker(self.names, self.growth, log)
        self.inputs: dict[str, Entry] = {}
        self.shares: list[Share] = []

    def run(self, inputs: tuple[Entry, ...]) -> Output:
        """Expand all lines, the first of which follows the first input; return the last one's output."""
        self.inputs = {entry.name: entry for entry in inputs}
        start = Output(INPUT, GUESS, channels=False, sizes=False)
        for entry in reversed(inputs):
            sure = entry.shape is not None
            start = self.names.tensors[entry.name] = Output(entry.name, entry.shape or GUESS, sure, sure)
        return self.lines(self.document.lines, Context(self.vars), start)

    # --- lines ---------------------------------------------------------------------------

    def lines(self, lines: tuple[Line, ...], at: Context, tensor: Output) -> Output:
        """Expand lines one after the other."""
        self.names.enter(at.prefix, lines)
        for line in lines:
            before = self.step()
            try:
                tensor = self.line(line, at, tensor)
            except Reported:  # what follows is judged without this one's shape
                tensor = tensor.guess
                if line.name:
                    self.names.tensors.setdefault(join(at.prefix, line.name), tensor)
                    self.names.cut(join(at.prefix, line.name))
            self.growth.done(before, len(self.make.nodes), line.loc)
        return tensor

    def step(self) -> int:
        """Begin a line or a repetition; return how many layers there are before it."""
        if self.growth.step():
            self.look_ahead()
        return len(self.make.nodes)

    def look_ahead(self) -> None:
        """Find out what is wrong with a large network before the rest of it is gone through."""
        if self.ahead:
            raise Enough
        check_least(self.document, self.growth)
        log = Log()
        with suppress(Enough):
            Expander(self.document, self.vars, log, exact=self.exact, ahead=True).run(
                tuple(self.inputs.values())
            )
        log.raise_if_any()

    def line(self, line: Line, at: Context, tensor: Output) -> Output:
        """Expand one line, as often as it is to be repeated."""
        op = self.op_word(line, at, tensor)
        if self.goes_with(line, at, tensor):
            self.leave_out(line, at, op)
            return tensor
        entering = self.sources.entering(line, at, tensor)
        look = at.scope(entering[0])
        try:
            times = self.times(line, at, look)
        except Reported:
            self.wanted(line, look)
            raise
        if times == 0 or op == NONE or not self.wanted(line, look):
            self.leave_out(line, at, op)
            return tensor
        path = self.path(line, at, op)
        if line.name:
            self.claim(line, path)
        out = self.repeat(Use(line, op, line.fields.items, at, path), entering, times)
        if path:
            self.names.tensors[path] = out
        if "expect" in line.common:
            check_shape(line.common["expect"], out, look, self.log, exact=self.exact)
        if "share" in line.common:
            self.share(line.common["share"], at, line, path)
        return out

    def share(self, given: Tree, at: Context, line: Line, path: str) -> None:
        """Note whose weights a line uses."""
        if not path:
            raise self.log.add("CC316", "share: needs a name: on the same line", given.loc)
        other = self.names.path_of(at.prefix, word(given, at.scope(None), self.log, "share"))
        if other == path or other in self.inputs or path.startswith(f"{other}."):
            raise self.log.add("CC316", f"{path!r} cannot share the weights of {other!r}", given.loc)
        self.sources.tensor(given, at, line)
        self.shares.append(Share(path, other, given.loc))

    def leave_out(self, line: Line, at: Context, op: str) -> None:
        """Keep the number of a line left out, and of the lines that would have stood in its scope."""
        path = self.path(line, at, op)
        if not path:
            for inner in line.body:
                self.leave_out(inner, at, inner.op.text)
            path = self.names.number(at.prefix, _NODE_OP.get(op, op))
        self.names.skipped.add(path)

    def op_word(self, line: Line, at: Context, tensor: Output) -> str:
        """Return the op or block of a line; ``$x`` is looked up."""
        op = word(line.op, at.scope(tensor), self.log, "an op")
        if op == RESIDUAL and line.op.text != op:
            message = f"{line.op.text} is residual, whose layers must be written out"
            raise self.log.add("CC303", message, line.loc, "choose with when: between two lines")
        if op in INDEX or op in self.document.blocks or op in {RESIDUAL, PROJECT, NONE, UNKNOWN}:
            return op
        from convcost.spec.synonyms import op_hint

        hint = op_hint(op, [*INDEX, *self.document.blocks])
        raise self.log.add(
            "CC303", f"{line.op.text} is {op!r}, which is not an op or a block", line.loc, hint
        )

    def path(self, line: Line, at: Context, op: str) -> str:
        """Return the path of a line; a container has one only if it is named or repeated."""
        if line.name:
            return join(at.prefix, line.name)
        container = op == RESIDUAL or bool(line.branches)
        if container and "repeat" not in line.common:
            return ""
        return self.names.number(at.prefix, _NODE_OP.get(op, op))

    def claim(self, line: Line, path: str) -> None:
        """Take a line's given name."""
        loc = line.common["name"].loc
        self.names.claim(path, loc)
        first = (line.name or "").partition(".")[0]
        if first in self.inputs or first == INPUT:
            self.log.add("CC306", f"{first!r} is the network's input", loc)

    def times(self, line: Line, at: Context, look: Scope) -> int | None:
        """Return how often a line is repeated, None for once and without an index."""
        given = line.common.get("repeat")
        if given is None:
            return None
        times = integer(given, look, self.log, REPEAT)
        self.growth.check(times * at.times + len(self.make.nodes), given.loc)
        return times

    def wanted(self, line: Line, look: Scope) -> bool:
        """Whether ``when:`` holds."""
        given = line.common.get("when")
        return given is None or boolean(given, look, self.log, "when")

    def goes_with(self, line: Line, at: Context, tensor: Output) -> bool:
        """Whether a line is left out together with what it reads."""
        try:
            return self.sources.left_out(line, at) and not self.wanted(line, at.scope(tensor.guess))
        except Reported:  # judged again where it is looked up
            return False

    def repeat(self, use: Use, entering: list[Output], times: int | None) -> Output:
        """Expand a line's repetitions, each from the one before."""
        if times is None:
            return self.once(use, entering)
        for number in range(times):
            before = self.log.added
            out = self.repetition(use, entering, number, times)
            same = number > 0 and out == entering[0]._replace(name=out.name)
            entering = [out, *entering[1:]]
            if number and times > ENOUGH and (self.ahead or (number >= ENOUGH and self.log.added > before)):
                self.names.cut(use.path)
                return out if same and alike(use.line) else out.guess
        return entering[0]

    def repetition(self, use: Use, entering: list[Output], number: int, times: int) -> Output:
        """Expand one repetition. All like it are refused where they come to too many layers."""
        fields = use.line.fields_of(number, times)
        left = times - number if fields is use.line.fields.items else 1
        at = use.at._replace(number=number, times=use.at.times * left)
        path, before = f"{use.path}.{number}", self.step()
        out = self.names.tensors[path] = self.once(use._replace(fields=fields, at=at, path=path), entering)
        made = len(self.make.nodes) - before
        self.growth.check(before + made * at.times, use.line.common["repeat"].loc)
        self.growth.done(before, before + made, use.loc)
        return out

    def once(self, use: Use, entering: list[Output]) -> Output:
        """Expand a line once."""
        if use.op in self.document.blocks:
            return self.block(use, self.only(use, entering))
        if use.op == RESIDUAL:
            return self.residual(use, self.only(use, entering))
        if use.line.branches:
            return self.branching(use, self.only(use, entering))
        if use.op == PROJECT:
            return self.project(use, entering[0])
        if use.op == UNKNOWN:
            return entering[0].guess
        likes = []
        if op_class(use.op).LIKE and "like" in use.fields:
            likes.append(self.sources.tensor(use.fields["like"], use.at, use.line))
        return self.make.layer(use, entering, likes)

    def only(self, use: Use, entering: list[Output]) -> Output:
        """Return the one tensor that enters lines within a line."""
        if use.at.depth >= MAX_LEVELS:
            message = f"blocks and containers nested deeper than {MAX_LEVELS}"
            raise self.log.add("CC310", message, use.loc)
        if len(entering) > 1:
            what = f"{use.op} with branches" if use.line.branches else use.op
            hint = "its lines can read others with a from: of their own"
            self.log.add("CC406", f"{what} reads 1 tensor, not {len(entering)}", use.loc, hint)
        return entering[0]

    # --- blocks --------------------------------------------------------------------------

    def block(self, use: Use, entering: Output) -> Output:
        """Use a block: its arguments, then its lines, one level deeper."""
        name, open_ = use.op, use.at.blocks()
        if name in open_:
            circle = " -> ".join([*open_[open_.index(name) :], name])
            raise self.log.add("CC310", f"a block uses itself: {circle}", use.loc)
        if "role" in use.line.common:
            loc = use.line.common["role"].loc
            self.log.add("CC407", "role: belongs on a 1×1 convolution, not on a block", loc)
        self.check_args(use)
        inside = Inside(self.document.blocks[name], use, {})
        look, here = use.at.scope(entering), use.inner
        given = {key: self.argument(use.fields[key], look) for key in inside.block.args if key in use.fields}
        with self.log.within(inside.block.loc, use.at.place(use.loc), partial(blamed, inside)):
            self.arguments(inside, given, entering)
            names = {**self.vars, **inside.args}
            inner = Context(names, use.path, None, here.shortcut, None, inside, here.depth, here.times)
            return self.lines(inside.block.lines, inner, entering)

    def check_args(self, use: Use) -> None:
        """Refuse arguments a block does not have."""
        declared = self.document.blocks[use.op].args
        for key in use.fields:
            if key not in declared:
                from convcost.spec.synonyms import field_hint

                hint = field_hint(key, declared) or f"it has {', '.join(declared) or 'none'}"
                self.log.add("CC302", f"block {use.op} has no arg {key!r}", use.key_loc(key), hint)

    def argument(self, tree: Tree, look: Scope) -> Value:
        """Return an argument's value, BROKEN where it has none."""
        try:
            return untyped(tree, look, self.log)
        except Reported:
            return BROKEN

    def arguments(self, inside: Inside, given: dict[str, Value], entering: Output) -> None:
        """Complete a block's arguments with the defaults, in order: each may use those before it."""
        block, use, args = inside
        for key, default in block.args.items():
            if key in given:
                args[key] = given[key]
            elif isinstance(default, Scalar) and default.null:
                self.log.add("CC305", f"block {use.op} needs {key}:", use.loc)
                args[key] = BROKEN
            else:
                args[key] = self.argument(default, Scope({**self.vars, **args}, entering))

    # --- containers ----------------------------------------------------------------------

    def residual(self, use: Use, entering: Output) -> Output:
        """Expand ``body + shortcut``."""
        make, outer, before = self.make, self.make.last_conv, len(self.make.nodes)
        make.last_conv = None
        body = self.lines(use.line.body, use.inner._replace(target=None), entering)
        bias, norm = make.last_conv or (True, None)
        last = make.last_conv or outer
        try:
            short = self.shortcut(use, ShortcutTarget(body, bias, norm, tuple(make.nodes[before:])), entering)
        except Reported:  # the body is what it is
            short = None
        make.last_conv = last
        return body if short is None else self.joined(use, [body, short])

    def shortcut(self, use: Use, target: ShortcutTarget, entering: Output) -> Output | None:
        """Return what is added to a residual's body, None for nothing."""
        line, at = use.line, use.inner.inside("shortcut")._replace(shortcut=True, target=target)
        if isinstance(line.shortcut, tuple):
            return self.same(use, self.lines(line.shortcut, at, entering), target)
        kind = "identity"
        if line.shortcut is not None:
            kind = word(line.shortcut, at.scope(entering), self.log, "shortcut")
        if kind == PROJECT:
            if entering.shape == target.shape:
                return entering
            path = self.names.number(at.prefix, "conv")
            return self.project(Use(line, PROJECT, {}, at, path), entering)
        if kind == "when_same":
            return entering if entering.shape == target.shape else None
        if kind != "identity":
            message = f"a shortcut must be identity, project or when_same, not {kind}"
            raise self.log.add("CC207", message, line.shortcut.loc if line.shortcut else line.loc)
        return self.same(use, entering, target)

    def same(self, use: Use, short: Output, target: ShortcutTarget) -> Output:
        """Check that a shortcut fits the body."""
        body = target.body
        channels = short.channels and body.channels and short.shape[0] != body.shape[0]
        sizes = short.sizes and body.sizes and short.shape[1:] != body.shape[1:]
        if channels or sizes:
            message = f"the shortcut is {list(short.shape)}, but the body's output is {list(target.shape)}"
            hint = fitting(short.shape, target.shape, target.nodes) if use.line.shortcut is None else None
            raise self.log.add("CC403", message, use.loc, hint)
        return short

    def project(self, use: Use, entering: Output) -> Output:
        """Expand a ``project``: nothing where the shapes agree already."""
        target = use.at.target
        if target is None:
            raise self.log.add("CC404", "project belongs in a residual's shortcut", use.loc)
        if entering.shape == target.shape:
            return entering
        found = project_strides(entering.shape, target.shape)
        if not found:
            if not (entering.sure and target.body.sure):
                raise Reported
            message = f"no stride takes {list(entering.shape)} to {list(target.shape)}"
            hint = fitting(entering.shape, target.shape, target.nodes)
            raise self.log.add("CC404", message, use.loc, hint)
        return self.make.project(use, found[0] if len(set(found)) == 1 else found, [entering])

    def branching(self, use: Use, entering: Output) -> Output:
        """Expand the branches of concat, add, mul or matmul, and join them."""
        outer, ends = self.make.last_conv, []
        for key, lines in use.line.branches:
            if self.stands(key, use, entering):
                ends.append(self.lines(lines, use.inner.inside(key), entering))
        self.make.last_conv = outer
        if not ends:
            raise self.log.add("CC406", f"every branch of {use.op} is left out by its when:", use.loc)
        if len(ends) > 1 or not use.line.guards:
            return self.joined(use, ends)
        if not use.path:
            self.names.skipped.add(self.names.number(use.at.prefix, use.op))
        return ends[0]

    def stands(self, key: str, use: Use, entering: Output) -> bool:
        """Whether the condition of a branch holds, if it has one."""
        given = use.line.guards.get(key)
        try:
            wanted = given is None or boolean(given, use.at.scope(entering), self.log, "when")
        except Reported:
            return True
        if not wanted:
            self.names.skipped.add(use.inner.inside(key).prefix)
        return wanted

    def joined(self, use: Use, inputs: list[Output]) -> Output:
        """Make a container's own node: ``concat1``, or ``mix.concat`` in one named mix."""
        op = _NODE_OP.get(use.op, use.op)
        path = join(use.path, op) if use.path else self.names.number(use.at.prefix, op)
        return self.make.layer(use._replace(op=op, path=path), inputs, [])
