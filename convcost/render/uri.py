"""Paths as the reports of a repository want them: from its root on, with forward slashes."""

from __future__ import annotations

import posixpath


def inside(prefix: str, path: str) -> str:
    """Return a path from the repository's root on; an absolute one stays."""
    path = path.replace("\\", "/")
    return posixpath.normpath(posixpath.join(prefix, path)) if not path.startswith("/") else path


def uri(path: str) -> str:
    """Return a path as a relative reference (RFC 3986): everything unusual percent-encoded."""
    from urllib.parse import quote  # only a SARIF report needs it

    return quote(path, safe="/~+=@,", errors="surrogateescape")
