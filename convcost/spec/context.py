"""Where a line stands while it is expanded."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.errors import Loc
from convcost.spec.names import join
from convcost.spec.values import Scope

if TYPE_CHECKING:
    from convcost.ir import Node, Shape
    from convcost.spec.arithmetic import Value
    from convcost.spec.layers import Extra
    from convcost.spec.names import Output
    from convcost.spec.syntax import Block, Line
    from convcost.spec.tree import Tree


class ShortcutTarget(NamedTuple):
    """The output of a residual's body, its last convolution's bias and norm, and its nodes."""

    body: Output
    bias: bool
    norm: Extra | None
    nodes: tuple[Node, ...]

    @property
    def shape(self) -> Shape:
        """What the shortcut must become."""
        return self.body.shape


class Context(NamedTuple):
    """The vars and args a line sees, the level it is in, and what is around it.

    ``number`` is the ``index`` of the repeated line it stands in, ``target`` what a shortcut
    must reach; ``within`` is the block it is a line of, ``depth`` counts blocks and containers,
    ``times`` how often all of it is repeated.
    """

    names: dict[str, Value]
    prefix: str = ""
    number: int | None = None
    shortcut: bool = False
    target: ShortcutTarget | None = None
    within: Inside | None = None
    depth: int = 0
    times: int = 1

    def inside(self, level: str) -> Context:
        """Return the context of a further level."""
        return self._replace(prefix=join(self.prefix, level))

    def scope(self, entering: Output | None) -> Scope:
        """Return what expressions see here."""
        return Scope(self.names, entering, self.number)

    def blocks(self) -> list[str]:
        """Return the names of the blocks being expanded, outermost first."""
        if self.within is None:
            return []
        return [*self.within.use.at.blocks(), self.within.block.name]

    def place(self, loc: Loc) -> Loc:
        """Return where a layer is written: where the outermost block is used, ``loc`` inside."""
        within = self.within
        while within is not None:
            loc = Loc(*within.use.loc[:4], loc)
            within = within.use.at.within
        return loc


class Use(NamedTuple):
    """One use of a line: its op looked up, its fields with ``first`` and ``last`` applied.

    ``path`` is its name or level, '' for a container that has none.
    """

    line: Line
    op: str
    fields: dict[str, Tree]
    at: Context
    path: str

    @property
    def loc(self) -> Loc:
        """Where the line stands."""
        return self.line.op.loc

    @property
    def inner(self) -> Context:
        """The context of a container's own lines."""
        return self.at._replace(prefix=self.path or self.at.prefix, depth=self.at.depth + 1)

    def key_loc(self, key: str) -> Loc:
        """Where a field's key stands: in the line, in ``first`` or in ``last``."""
        for part in ("last", "first"):
            override = self.line.part(part)
            if override and key in override.keys:
                return override.keys[key].loc
        at = self.line.fields.keys.get(key)
        return at.loc if at else self.loc


class Inside(NamedTuple):
    """A block during one use of it; ``args`` are the arguments evaluated so far."""

    block: Block
    use: Use
    args: dict[str, Value]
