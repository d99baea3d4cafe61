"""A spec as Python's dicts and lists, written as the YAML it stands for: a mistake has its line there."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import yaml

from convcost.errors import Diagnostic, SpecError
from convcost.spec.read import MAX_DEPTH


class _Dumper(yaml.SafeDumper):
    """Writes every value where it stands, and nothing as ``~``."""

    def ignore_aliases(self, data: Any) -> bool:
        """Return that nothing is named to be repeated."""
        del data
        return True


_Dumper.add_representer(type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", "~"))


def yaml_of(spec: Mapping[Any, Any]) -> str:
    """Return the text of a spec given as a mapping; raises SpecError for a value that no spec has."""
    return yaml.dump(
        _plain(spec, 0), Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None
    )


def _plain(value: Any, level: int) -> Any:
    if level > MAX_DEPTH:
        raise SpecError(Diagnostic("CC105", f"nesting deeper than {MAX_DEPTH} levels"))
    if isinstance(value, Mapping):
        return {str(key): _plain(item, level + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, level + 1) for item in value]
    if isinstance(value, Decimal | Fraction):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    message = (
        f"a spec is made of mappings, lists, text, numbers, true and false, not of {type(value).__name__}"
    )
    raise SpecError(Diagnostic("CC304", message))
