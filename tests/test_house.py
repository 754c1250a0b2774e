"""The order of the house: each module imports only from those above it, and only the page knows Streamlit."""

import ast
import re
from importlib.metadata import metadata, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PACKAGE = Path(__file__).parent.parent / "advisor"
ORDER = (
    "domain vocabulary weights hunch normal phrases statements rulebook reading.parts reading.facts reading.signs "
    "reading.drafts reading.ignorance reading.tasks reading.unread reading.reference reading.heads reading.grasp "
    "reading.answers reading.turns reading.elliptic reading judge wording guard settings prompts model consult conversation "
    "summary todo board store.schema store.database store.tallies store.conversations store.shares store.boards "
    "store.feedback store.allowances store.migrations.env store.migrations.versions.0001_conversations_and_shares "
    "store.migrations.versions.0002_lists_feedback_counts store.migrations.versions.0003_allowances_and_due store budget "
    "redact sharing operating jobs talk visitor logs metrics gate web ui.markdown ui.answers ui.cards ui.turns ui.foot "
    "ui.rating ui.share ui.side ui.rules ui.lists ui.chat ui ui.page __main__"
).split()


def name_of(file: Path) -> str:
    return ".".join(file.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def imported(file: Path) -> set[str]:
    """The modules of this package that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "advisor":
            inner = node.module.removeprefix("advisor").strip(".")
            names = {f"{inner}.{alias.name}".strip(".") for alias in node.names}
            found |= {name if name in ORDER else inner for name in names}
        if isinstance(node, ast.Import):
            found |= {alias.name.removeprefix("advisor.") for alias in node.names if alias.name.startswith("advisor.")}
    return found - {""}


def test_every_module_has_its_place() -> None:
    assert sorted(name_of(file) for file in PACKAGE.rglob("*.py") if name_of(file) != "__init__") == sorted(ORDER)


def test_each_module_imports_only_from_those_above_it() -> None:
    for file in PACKAGE.rglob("*.py"):
        if (name := name_of(file)) in ORDER:
            below = [other for other in imported(file) if ORDER.index(other) >= ORDER.index(name)]
            assert below == [], f"{name} imports {below}"


def test_only_the_page_and_what_serves_it_know_streamlit() -> None:
    knowing = {name_of(file) for file in PACKAGE.rglob("*.py") if "streamlit as st" in file.read_text(encoding="utf-8")}
    assert knowing == {"web", *(f"ui.{name}" for name in "foot rating share side rules lists chat page".split())}


def required(name: str, seen: set[str]) -> set[str]:
    """A distribution's name and those of all that it needs at run time here."""
    if canonicalize_name(name) in seen:
        return seen
    seen.add(canonicalize_name(name))
    for text in requires(name) or ():
        needed = Requirement(text)
        if needed.marker is None or needed.marker.evaluate({"extra": ""}):
            required(needed.name, seen)
    return seen


PERMISSIVE = re.compile(r"\b(?:MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla Public|HPND|Unlicense|Zlib)\b", re.IGNORECASE)
USED_AS_THEY_ARE = {"python-stdnum"}
"""Under the LGPL, which asks nothing of those who use a library unchanged."""


def licence(name: str) -> str:
    """What a distribution says of its licence."""
    about = metadata(name)
    classified = [each for each in about.get_all("Classifier") or () if each.startswith("License")]
    return " ".join(filter(None, (about.get("License-Expression"), (about.get("License") or "")[:300], *classified)))


def test_all_that_it_is_made_of_may_be_used_by_anybody() -> None:
    names = required("advisor", set()) - {"advisor"} - USED_AS_THEY_ARE
    assert len(names) > 40
    assert {name: licence(name) for name in names if not PERMISSIVE.search(licence(name)) or "GPL" in licence(name)} == {}
