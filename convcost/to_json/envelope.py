"""What every JSON document begins with."""

from __future__ import annotations

from typing import Any

from convcost.version import SCHEMA_VERSION, __version__


def document(**content: Any) -> dict[str, Any]:
    """Return a document: the version of its form, ours, and what it is about."""
    return {"schema_version": SCHEMA_VERSION, "convcost": __version__, **content}
