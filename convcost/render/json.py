"""Plain data as JSON, readable: what holds only scalars stands on one line."""

from __future__ import annotations

from typing import Any


def render(data: Any) -> str:
    """Return JSON text in ASCII: other characters and control codes are escaped."""
    from json import dumps

    return _text(data, "", dumps) + "\n"


def _text(value: Any, indent: str, dumps: Any) -> str:
    if type(value) is int:  # most are
        return str(value)
    parts = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(value, dict | list) or not any(_broken(part) for part in parts):
        return str(dumps(value))
    inner = indent + "  "
    if isinstance(value, dict):
        lines = [f"{inner}{dumps(key)}: {_text(part, inner, dumps)}" for key, part in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    return "[\n" + ",\n".join(inner + _text(part, inner, dumps) for part in value) + f"\n{indent}]"


def _broken(part: Any) -> bool:
    """Return whether a part makes its container run over several lines."""
    if isinstance(part, dict):
        return bool(part)
    return isinstance(part, list) and any(isinstance(item, dict | list) for item in part)
