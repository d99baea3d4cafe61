"""Reports out of convcost's own JSON output, so that a file can be a baseline."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from convcost.cost import COUNTERS, SUMMABLE, Cost
from convcost.errors import Diagnostic, UsageError, brief
from convcost.ir import INPUT
from convcost.report import Field, LayerCost, Peak, Report, Totals
from convcost.version import SCHEMA_VERSION

if TYPE_CHECKING:
    from convcost.errors import Loc
    from convcost.ir import Shape

_BYTES = ("weight_bytes", "activation_bytes", "peak_bytes", "saved_bytes", "traffic_bytes")


# No network has more: sizes have 18 digits at most, and a path's strides 4096 bits (spec/bounds.py).
_COUNTS = 10**200
_DIGITS = 4000
_PIXELS = 10 ** (_DIGITS // 2)
_FRACTION = re.compile(r"-?[0-9]+(/0*[1-9][0-9]*)?")


class _NotOurs(Exception):  # noqa: N818  (a signal within this module)
    """The data is JSON, but not what ``convcost analyze --json`` writes."""


def read_reports(data: bytes, name: str, loc: Loc | None = None) -> list[Report]:
    """Return the networks of a JSON output.

    Raises UsageError for what is no such output, one of another schema version, and one
    that counts by another convention.
    """
    import json

    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _unusable(f"{name} is not JSON: {error}", loc) from None
    version = document.get("schema_version") if isinstance(document, dict) else None
    if isinstance(version, int) and version != SCHEMA_VERSION:
        message = f"{name} has schema version {version}; this convcost reads version {SCHEMA_VERSION}"
        raise _unusable(message, loc)
    if version is None:
        raise _unusable(f"{name} is not an output of convcost: it has no schema_version", loc)
    try:
        return [_report(network) for network in document["networks"]]
    except (_NotOurs, KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unusable(f"{name} is not an output of convcost analyze --json: {error}", loc) from None


def _unusable(message: str, loc: Loc | None) -> UsageError:
    hint = "write it again: convcost analyze SPEC... --json > FILE"
    return UsageError(Diagnostic("CC609", message, loc, hint))


def _report(data: dict[str, Any]) -> Report:
    peaks = {
        policy: Peak(policy, _count(peak["bytes"]), _text(peak["at"]), ())
        for policy, peak in data["peak"].items()
    }
    totals = data["totals"]
    return Report(
        name=_text(data["name"]),
        spec=_text(data["spec"]),
        variant=_optional(data["variant"]),
        inputs=_inputs(data),
        batch=_count(data["batch"]),
        dtype=_text(data["dtype"]),
        device=_text(data["device"]),
        layers=tuple(map(_layer, data["layers"])),
        totals=Totals(cost=_cost(totals), **_sizes(totals)),
        peaks={policy: peaks[policy] for policy in ("eager", "fused")},
        untrainable=_optional(data.get("untrainable")),
    )


def _inputs(data: dict[str, Any]) -> dict[str, Shape]:
    """Return the inputs' shapes; a file of an earlier version has one input, by no name."""
    named: dict[str, list[int]] = data.get("inputs") or {INPUT: data["input"]}
    return {name: tuple(map(_count, shape)) for name, shape in named.items()}


def _layer(data: dict[str, Any]) -> LayerCost:
    return LayerCost(
        name=_text(data["name"]),
        op=_text(data["op"]),
        role=_optional(data["role"]),
        inputs=(),
        output=tuple(map(_count, data["output"])),
        cost=_cost(data),
        field=_fields(data),
        loc=None,
        **_sizes(data),
    )


def _sizes(data: dict[str, Any]) -> dict[str, int]:
    """Return the sizes; saved bytes are null where no training step runs, and 0 here."""
    return {
        name: _count(0 if data[name] is None and name == "saved_bytes" else data[name]) for name in _BYTES
    }


def _cost(data: dict[str, Any]) -> Cost:
    """Return the raw counters; the metrics beside them must follow from them, or it is not ours."""
    counters = {name: _count(value) for name, value in data["counters"].items()}
    if not set(counters) <= set(COUNTERS):
        raise _NotOurs(f"it counts {', '.join(sorted(set(counters) - set(COUNTERS)))}")
    cost = Cost(**counters)
    for name in SUMMABLE:
        if name not in _BYTES and getattr(cost, name) != _count(data[name]):
            raise _NotOurs(f"its {name} are counted by another convention")
    return cost


def _fields(data: dict[str, Any]) -> tuple[Field, ...]:
    sizes = data["receptive_field"]
    least = data.get("receptive_field_least", sizes)  # written since fields have phases
    periods = data.get("receptive_field_period", [1] * len(sizes))
    columns = (sizes, data["stride"], data["offset"], least, periods)
    return tuple(Field(*map(_exact, column)) for column in zip(*columns, strict=True))


def _exact(value: object) -> Any:
    """Return a position or distance in pixels: an integer, or a fraction as ``"-3/2"``."""
    if isinstance(value, str) and len(value) <= _DIGITS and _FRACTION.fullmatch(value):
        from fractions import Fraction

        return Fraction(value)
    if type(value) is not int or abs(value) >= _PIXELS:
        raise _NotOurs(f"{_shown(value)} is not a number of pixels")
    return value


def _count(value: object) -> int:
    if type(value) is not int or not 0 <= value < _COUNTS:
        raise _NotOurs(f"{_shown(value)} is not a count")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _NotOurs(f"{_shown(value)} is not text")
    return value


def _optional(value: object) -> str | None:
    return None if value is None else _text(value)


def _shown(value: object) -> str:
    import json

    return brief(json.dumps(value))
