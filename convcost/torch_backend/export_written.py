"""A layer in source: the call that makes its module, and the expression that runs it."""

from __future__ import annotations

from typing import Any, NamedTuple

Value = bool | int | float | str | tuple[Any, ...] | None


class Arg(NamedTuple):
    """An argument of a constructor; ``default`` is NEEDED where it has none."""

    name: str
    value: Value
    default: Value


NEEDED = "<needed>"


class Construct(NamedTuple):
    """A constructor call; whichever arguments have no default are given by position.

    ``classes`` are those it needs that are not torch's, as source by name, bases first.
    """

    target: str
    args: tuple[Arg, ...]
    classes: tuple[tuple[str, str], ...] = ()


class Written(NamedTuple):
    """A layer in source: its module if it has one, and a pattern for what runs it.

    In ``pattern``, ``{m}`` is the module, ``{0}``, ``{1}``, ... are its inputs and names in
    braces are ``values``. ``inplace``: the operator of an augmented assignment to the first input; ``then``: of
    one to the result of the first two, for each input after them.
    """

    module: Construct | None
    pattern: str
    values: tuple[tuple[str, Value], ...] = ()
    inplace: str = ""
    then: str = ""

    @property
    def plain(self) -> bool:
        """Whether it is nothing but a module called on one tensor."""
        return self.module is not None and self.pattern == "{m}({0})"
