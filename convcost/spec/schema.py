"""The JSON Schema (2020-12) of the spec language, made from the ops' own fields.

It takes whatever the reader takes, and refuses unknown keys and wrong types where they can
be seen without evaluating anything. Keys are text, whatever YAML makes of them.
"""

from __future__ import annotations

from typing import Any

from convcost.ops import INDEX, op_class
from convcost.ops._fields import COUNT, FLAG, INTEGERS, NUMBER, PADDING, PER_DIM, WORD, FieldSpec
from convcost.pointwise import ROLES
from convcost.spec.syntax import BRANCHING, NONE, PROJECT, RESIDUAL, SHORTCUTS
from convcost.spec.words import LINE_KEYS

Schema = dict[str, Any]

_VALUE_OF = "^\\$"
_SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}
_NAMES: Schema = {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]}
_LINES: Schema = {"$ref": "#/$defs/lines"}
_BRANCH: Schema = {"$ref": "#/$defs/branch"}
_ANY: Schema = {"$ref": "#/$defs/any"}


def schema() -> Schema:
    """Return the schema of a whole spec."""
    top: Schema = {
        "convcost": {"enum": [1, "1"], "description": "the version of the language"},
        "name": {**_SCALAR, "description": "what the network is called"},
        "input": {**_input(), "description": "channels, then 1, 2 or 3 sizes, per sample"},
        "inputs": {**_inputs(), "description": "several inputs: a name and a shape for each"},
        "vars": {**_table(_ANY), "description": "values that expressions use"},
        "variants": {
            **_table(_variant()),
            "description": "names of settings: overrides of vars, input, budget",
        },
        "blocks": {
            **_table({"$ref": "#/$defs/block"}),
            "description": "lists of layers with a name and args",
        },
        "layers": {**_LINES, "description": "the network, top to bottom"},
        "outputs": {**_NAMES, "description": "the layers whose results are outputs; default: the last"},
        "budget": {"type": ["object", "null"], "description": "limits that `convcost check` holds it to"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "convcost spec, version 1",
        **_object(top, required=["convcost", "name", "layers"]),
        "oneOf": [{"required": ["input"]}, {"required": ["inputs"]}],
        "$defs": _definitions(),
    }


def _definitions() -> Schema:
    return {
        "any": {"anyOf": [_SCALAR, {"type": "array", "items": _ANY}]},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
        "branch": {"anyOf": [_LINES, _object({"layers": _LINES, "when": _boolean()}, required=["layers"])]},
        "line": _line(),
        "block": _object({"args": _table(_ANY), "layers": _LINES}, required=["layers"]),
        "common": {"properties": _common()},
        "use": {"type": ["object", "null"], "properties": _common(), "additionalProperties": _ANY},
        "norm": _extra("norm"),
        "act": _extra("activation"),
        **{name: _op(name) for name in INDEX},
        **{f"{name}.part": _part(name) for name in INDEX},
        RESIDUAL: _residual(),
        PROJECT: _with_common({}),
        NONE: _with_common({}),
    }


# --- lines -------------------------------------------------------------------------------


def _line() -> Schema:
    """A word, or a mapping with one key: an op, or else the use of a block."""
    names = (*INDEX, RESIDUAL, PROJECT, NONE)
    fields = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "properties": {name: {"$ref": f"#/$defs/{name}"} for name in names},
        "patternProperties": {_VALUE_OF: {"type": ["object", "null"]}},
        "additionalProperties": {"$ref": "#/$defs/use"},
    }
    return {"anyOf": [{"type": ["string", "number"]}, fields]}


def _common() -> Schema:
    takes: Schema = {
        "name": _SCALAR,
        "from": _NAMES,
        "repeat": _integer(0),
        "first": {"type": "object"},
        "last": {"type": "object"},
        "when": _boolean(),
        "expect": _shape(),
        "role": _word(ROLES),
        "share": _SCALAR,
    }
    return {key: {**takes[key], "description": word.doc} for key, word in LINE_KEYS.items()}


def _with_common(fields: Schema, **more: Any) -> Schema:
    """Return a line's mapping: these fields and those that every line may have."""
    return {**_object({**fields, **_common()}, nothing=True), **more}


def _op(name: str) -> Schema:
    cls = op_class(name)
    fields = _fields(name)
    if name in BRANCHING:
        named = {**_object({**_common_refs(name), **fields}), "additionalProperties": _BRANCH}
        return {"anyOf": [named, {"type": "array", "items": _BRANCH}]}
    needed = [key for key, spec in cls.specs().items() if spec.required]
    given = [{"required": needed}, {"required": ["first"]}, {"required": ["last"]}]
    line = _object({**_common_refs(name), **fields}, nothing=not needed)
    return {"title": name, "description": _summary(cls), **line, **({"anyOf": given} if needed else {})}


def _part(name: str) -> Schema:
    """Return what ``first:`` and ``last:`` may replace."""
    return _object(_fields(name))


def _fields(name: str) -> Schema:
    cls = op_class(name)
    fields = {key: _field(spec) for key, spec in cls.specs().items()}
    if cls.TAKES_NORM_ACT:
        fields |= {key: {"$ref": f"#/$defs/{key}"} for key in ("norm", "act")}
    if cls.LIKE:
        fields["like"] = {**_SCALAR, "description": "a layer whose size is taken"}
    return fields


def _common_refs(name: str) -> Schema:
    """Return the common keys by reference; ``first`` and ``last`` take the op's own fields."""
    refs: Schema = {key: {"$ref": f"#/$defs/common/properties/{key}"} for key in _common()}
    return {**refs, **{key: {"$ref": f"#/$defs/{name}.part"} for key in ("first", "last")}}


def _residual() -> Schema:
    shortcut = {"anyOf": [_word(SHORTCUTS), {"type": "null"}, _LINES]}
    fields = {"body": _LINES, "shortcut": shortcut, "inplace": _boolean()}
    return {"anyOf": [_LINES, _object({**fields, **_common()}, required=["body"])]}


def _extra(group: str) -> Schema:
    """Return what ``norm:`` or ``act:`` takes: a word, or a mapping with one key, the op."""
    classes = {name: op_class(name) for name in INDEX if group == op_class(name).GROUP}
    fields = {
        name: _object({key: _field(spec) for key, spec in cls.specs().items()}, nothing=True)
        for name, cls in classes.items()
    }
    mapping = {**_object(fields), "minProperties": 1, "maxProperties": 1}
    mapping["patternProperties"] = {_VALUE_OF: {"type": ["object", "null"]}, f"^{NONE}$": True}
    return {"anyOf": [_word((*classes, NONE)), mapping]}


# --- values ------------------------------------------------------------------------------


def _field(spec: FieldSpec) -> Schema:
    """Return what a field takes; an empty value is none."""
    one = _integer(spec.ge, spec.le)
    kinds: dict[str, Schema] = {
        COUNT: one,
        PER_DIM: _one_or_more(one),
        PADDING: _one_or_more(_pad(spec)),
        INTEGERS: {"type": ["array", "string"], "items": one},
        FLAG: _boolean(),
        NUMBER: {"type": ["number", "string"], **_range(spec.ge, spec.le)},
        WORD: _word(spec.choices),
    }
    kind = kinds[spec.kind]
    return {"description": spec.doc, "anyOf": [kind, {"type": "null"}]}


def _integer(low: int | None = None, high: int | None = None) -> Schema:
    """Return an integer or an expression."""
    return {"type": ["integer", "string"], **_range(low, high)}


def _range(low: int | None, high: int | None) -> Schema:
    return {key: value for key, value in (("minimum", low), ("maximum", high)) if value is not None}


def _one_or_more(item: Schema) -> Schema:
    return {"anyOf": [_integer(item.get("minimum")), {"type": "array", "items": item}]}


def _pad(spec: FieldSpec) -> Schema:
    one = _integer(spec.ge, spec.le)
    pair = {"type": "array", "items": one, "minItems": 2, "maxItems": 2}
    return {"anyOf": [one, pair], **_range(spec.ge, None)}


def _boolean() -> Schema:
    return {"type": ["boolean", "string"]}


def _word(choices: tuple[str, ...]) -> Schema:
    """Return one of some words, or the value of a var."""
    return {"anyOf": [{"enum": list(choices)}, {"type": "string", "pattern": _VALUE_OF}]}


def _shape() -> Schema:
    size = {"type": ["integer", "string", "null"], "minimum": 1}
    return {"type": ["array", "string"], "items": size}


def _input() -> Schema:
    return {"type": ["array", "string"], "items": _integer(1), "minItems": 2, "maxItems": 4}


def _inputs() -> Schema:
    return {"type": "object", "minProperties": 1, "additionalProperties": _input()}


def _variant() -> Schema:
    known = {
        "input": _ANY,
        "inputs": {"type": "object", "additionalProperties": _input()},
        "budget": {"type": ["object", "null"]},
    }
    return {"type": ["object", "null"], "properties": known, "additionalProperties": _ANY}


def _table(values: Schema) -> Schema:
    return {"type": ["object", "null"], "additionalProperties": values}


def _object(properties: Schema, *, required: list[str] | None = None, nothing: bool = False) -> Schema:
    """Return a mapping with these keys and no others; ``nothing``: it may also be empty (null)."""
    kind: Any = ["object", "null"] if nothing else "object"
    needed = {"required": required} if required else {}
    return {"type": kind, "properties": properties, "additionalProperties": False, **needed}


def _summary(cls: type) -> str:
    return " ".join((cls.__doc__ or "").split("\n\n")[0].split())
