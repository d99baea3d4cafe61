"""The pages of docs/: complete, and linked to one another where they say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import convcost
from convcost.codes import CODES
from convcost.cost import METRICS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
SCHEMAS = sorted(
    {path.name.partition(".")[0] for path in (ROOT / "convcost" / "schemas").iterdir()} - {"spec", "budget"}
)
WRITTEN_WHOLE = {"cli.md", "ops.md", "diagnostics.md"}
_FENCED = re.compile(
    r"(^<!-- (?:run|wrong|file|shell)\b[^\n]*-->\n)?^(`{3,})(\w*)\n(.*?)^\2$", re.DOTALL | re.MULTILINE
)
TOLD = {
    "README.md": ["sh"],  # the two make targets, which CI runs
    "docs/language.md": ["text"],  # held to the program by tests/spec/test_language_page.py
}
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def keys(schema: object) -> set[str]:
    """Return every key that a schema describes, at any depth."""
    if isinstance(schema, list):
        return set().union(*map(keys, schema))
    if not isinstance(schema, dict):
        return set()
    own = set(schema["properties"]) if isinstance(schema.get("properties"), dict) else set()
    return own.union(*map(keys, schema.values()))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, made as GitHub makes them."""
    plain = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.*)$", plain, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_its_links_lead_somewhere(page: Path) -> None:
    plain = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    local = [link for link in _LINK.findall(plain) if not re.match(r"\w+:", link)]
    broken = []
    for link in local:
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *PAGES], ids=lambda page: page.name
)
def test_each_of_its_blocks_is_run(page: Path) -> None:
    """Python and YAML by sybil, consoles by walkthrough.py, what is marked or whole by generate.py."""
    if page.name in WRITTEN_WHOLE:
        return
    blocks = _FENCED.findall(page.read_text(encoding="utf-8"))
    unrun = [kind or text[:40] for mark, _, kind, text in blocks if not (mark or kind in {"python", "yaml"})]
    assert unrun == TOLD.get(str(page.relative_to(ROOT)), [])


def test_the_index_has_every_page() -> None:
    links = set(_LINK.findall(text("README.md")))
    assert {str(page.relative_to(DOCS)) for page in PAGES} - {"README.md"} <= links


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_json_page_explains_every_key(name: str) -> None:
    schema = json.loads((ROOT / "convcost" / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    counters = keys(schema["$defs"]["totals"]["properties"]["counters"]) if name == "report" else set()
    told = set(re.findall(r"`(\w+)`", text("json.md")))
    assert keys(schema) - counters - told == set()


def test_the_python_page_names_what_is_public() -> None:
    told = set(re.findall(r"\w+", text("python_api.md")))
    assert {name for name in convcost.__all__ if not name.startswith("_")} - told == set()


def test_the_cost_model_tells_of_every_metric() -> None:
    assert [name for name in METRICS if f"| `{name}` |" not in text("cost_model.md")] == []


def test_the_page_of_diagnostics_has_every_code() -> None:
    assert re.findall(r"^### (CC\d+):", text("diagnostics.md"), re.MULTILINE) == list(CODES)
