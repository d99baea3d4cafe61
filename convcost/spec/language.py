"""The language page, ``docs/language.md``, by section: it ships with the program."""

from __future__ import annotations

import re

from convcost.spec import shipped

_HEADING = re.compile(r"^##+ (.+)\n", re.MULTILINE)
_COMMENT = re.compile(r"^<!--.*?-->\n", re.MULTILINE)


def sections() -> dict[str, str]:
    """Return the page's sections by their headings, in order, as Markdown without comments."""
    text = _COMMENT.sub("", shipped.page("language.md"))
    _, *parts = _HEADING.split(text)
    return {heading: body.strip() for heading, body in zip(parts[::2], parts[1::2], strict=True)}
