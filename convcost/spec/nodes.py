"""Nodes: a layer with its norm and activation, checked against the shapes it meets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.errors import closest, did_you_mean
from convcost.ir import Node, Origin
from convcost.ops import op_class
from convcost.pointwise import ROLES, is_pointwise
from convcost.spec.arithmetic import show
from convcost.spec.bounds import Bounds
from convcost.spec.layers import Extra, Made, OpMaker
from convcost.spec.log import Log, Reported
from convcost.spec.names import Names, Output, join
from convcost.spec.syntax import op_fields
from convcost.spec.tree import Scalar
from convcost.spec.values import Scope, word

if TYPE_CHECKING:
    from convcost.errors import Loc
    from convcost.ops._base import OpBase
    from convcost.spec.context import Use
    from convcost.spec.growth import Growth

_OUT = frozenset({"out"})


class NodeMaker:
    """Makes and keeps the nodes of one network.

    ``last_conv`` is the latest convolution outside branches, as (bias, norm): what a
    ``project`` imitates.
    """

    def __init__(self, names: Names, growth: Growth, log: Log) -> None:
        self.names = names
        self.growth = growth
        self.log = log
        self.ops = OpMaker(log)
        self.bounds = Bounds(log)
        self.nodes: list[Node] = []
        self.last_conv: tuple[bool, Extra | None] | None = None

    def layer(self, use: Use, inputs: list[Output], likes: list[Output]) -> Output:
        """Make the nodes of one op with its norm and act."""
        cls = op_class(use.op)
        self._check_late_fields(use, cls)
        look = use.at.scope(inputs[0])
        if cls.ARITY[1] == 0:
            self._check_reads_nothing(use)
            inputs = []
        norm, act = (self._extra(what, use, look, cls) for what in ("norm", "act"))
        fixed = {"bias": False} if norm and "bias" in cls.specs() else {}
        made = self.ops.make(cls, use.fields, use.loc, look, **fixed)
        if cls.GROUP == "conv":
            self.last_conv = (getattr(made.op, "bias", False), norm)
        return self._with_extras(use, made, (norm, act), inputs, likes)

    def _check_reads_nothing(self, use: Use) -> None:
        given = use.line.common.get("from")
        if given is not None:
            self.log.add("CC406", f"{use.op} reads nothing, so it takes no from:", given.loc)

    def project(self, use: Use, stride: int | tuple[int, ...], inputs: list[Output]) -> Output:
        """Make the 1×1 convolution that takes a shortcut to its target."""
        target = use.at.target
        assert target is not None  # noqa: S101  (the caller has a target or no stride)
        values = {"out": target.shape[0], "kernel": 1, "stride": stride, "bias": target.bias}
        made = Made(self.ops.interned(op_class("conv"), values))
        return self._with_extras(use, made, (target.norm, None), inputs, [])

    def _check_late_fields(self, use: Use, cls: type[OpBase]) -> None:
        """Refuse unknown fields of a line whose op is ``$x``."""
        if not use.line.op.text.startswith("$"):
            return
        known = op_fields(cls.NAME)
        for key in use.fields:
            if key not in known:
                from convcost.spec.synonyms import field_hint

                hint = field_hint(key, known) or f"it has {', '.join(known) or 'no fields'}"
                self.log.add("CC302", f"{cls.NAME} has no {key!r}", use.key_loc(key), hint)

    def _extra(self, what: str, use: Use, look: Scope, cls: type[OpBase]) -> Extra | None:
        """Return the norm or act of a line; one that is wrong is left out."""
        if not cls.TAKES_NORM_ACT or what not in use.fields:
            return None
        try:
            return self.ops.norm_or_act(use.fields[what], what, look)
        except Reported:
            return None

    def _with_extras(
        self,
        use: Use,
        made: Made,
        extras: tuple[Extra | None, Extra | None],
        inputs: list[Output],
        likes: list[Output],
    ) -> Output:
        """Make a node, and those of its norm and activation: then its name is a level."""
        leaf = join(use.path, made.op.NAME) if any(extras) else use.path
        origin = Origin(self._role(use, made), use.at.shortcut)
        out = self._node(use, leaf, made, origin, (inputs, likes))
        for key, extra in zip(("norm", "act"), extras, strict=True):
            if extra:
                auto = key == "act" and not extra.made.inplace_given
                origin = Origin(None, use.at.shortcut, auto)
                out = self._node(use, join(use.path, key), extra.made, origin, ([out], []))
        return out

    def _role(self, use: Use, made: Made) -> str | None:
        """Return the declared role, which only a 1×1 convolution has; None for one that is wrong."""
        given = use.line.common.get("role")
        if given is None:
            return None
        try:
            role = word(given, use.at.scope(None), self.log, "role")
        except Reported:
            return None
        if role not in ROLES:
            hint = did_you_mean(closest(role, ROLES))
            self.log.add("CC207", f"role must be one of {', '.join(ROLES)}, not {role}", given.loc, hint)
            return None
        if not is_pointwise(made.op):
            self.log.add("CC407", "role: belongs on a 1×1 convolution", given.loc)
        return role

    def _node(
        self,
        use: Use,
        path: str,
        made: Made,
        origin: Origin,
        reads: tuple[list[Output], list[Output]],
    ) -> Output:
        """Add one node. ``reads`` are its inputs and its likes."""
        inputs, likes = reads
        loc = use.loc
        self.growth.check(len(self.nodes) + 1, loc)
        if not self._right_number(use, made.op, inputs):
            return inputs[0].guess
        tensors = [*inputs, *likes]
        problems, shape = self.ops.answer(made.op, tuple([t.shape for t in tensors]))
        channels = "out" not in made.wrong and False not in [tensor.channels for tensor in tensors]
        sizes = made.wrong <= _OUT and False not in [tensor.sizes for tensor in tensors]
        for problem in problems:
            of_channels, of_sizes = problem.field == "groups", problem.field not in {"groups", None}
            if (channels or of_sizes) and (sizes or of_channels):
                where = self._problem_loc(use, problem.field)
                notes = _as_written(use, made.op, problem.field)
                self.log.add("CC401", problem.message, where, problem.hint, notes)
            channels, sizes = channels and (of_channels or of_sizes), sizes and of_channels
        names, like = tuple([t.name for t in inputs]), tuple([t.name for t in likes])
        self.bounds.check_sizes(shape, loc, sure=channels and sizes)
        self.bounds.check_strides(path, made.op, names, (inputs[0].shape if inputs else shape, shape), loc)
        self.names.leaf(path, loc)
        self.nodes.append(Node(path, made.op, names, shape, use.at.place(loc), origin, like))
        tensor = self.names.tensors[path] = Output(path, shape, channels or _sets_channels(made), sizes)
        return tensor

    def _problem_loc(self, use: Use, field: str | None) -> Loc:
        """Return where the field at fault stands, else the op."""
        return use.fields[field].loc if field in use.fields else use.loc

    def _right_number(self, use: Use, op: OpBase, inputs: list[Output]) -> bool:
        """Whether an op gets as many tensors as it joins."""
        least, most = op.ARITY
        if len(inputs) >= least and (most is None or len(inputs) <= most):
            return True
        wanted = f"{least} or more" if most is None else str(least)
        plural = "" if wanted == "1" else "s"
        hint = "concat, add and mul join several" if most == 1 else "give branches, or from: [a, b]"
        self.log.add("CC406", f"{op.NAME} reads {wanted} tensor{plural}, not {len(inputs)}", use.loc, hint)
        return False


def _as_written(use: Use, op: OpBase, field: str | None) -> tuple[str, ...]:
    """Return what the expression written in the field at fault came to; () for a plain number."""
    spec, tree = op.specs().get(field or ""), use.fields.get(field or "")
    if spec is None or not isinstance(tree, Scalar) or tree.null:
        return ()
    value = getattr(op, spec.attribute)
    return (
        () if isinstance(value, str) or tree.text == show(value) else (f"{tree.text} is {show(value)} here",)
    )


def _sets_channels(made: Made) -> bool:
    """Whether an op's output channels are its own field, and that field is right."""
    return hasattr(made.op, "out") and "out" not in made.wrong
