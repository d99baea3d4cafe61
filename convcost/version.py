"""The version of this package: the one place where it stands."""

from __future__ import annotations

__version__ = "0.1.0"

SCHEMA_VERSION = 1
"""Of the JSON documents: what keeps it, keeps every key's name, type and meaning."""
