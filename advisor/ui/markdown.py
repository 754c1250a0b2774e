"""Outside words made safe to show as Markdown."""

import re

from markdown_it import MarkdownIt
from markupsafe import Markup

JOINER = "\u2060"
LINKING = re.compile(r"(?<=\w)(?=\\[.@]\w)|(?<=\\:)(?=\S)|(?<=\\[-=<])(?=\\[->])")
"""Where a bare address, a short code or an arrow would be recognised after escaping; an invisible joiner parts it there."""
LIST_MARK = re.compile(r"(?:- |\d{1,2}\. )")
OWN = MarkdownIt("zero").enable(["emphasis", "list", "escape"])
"""Reads emphasis, lists and escapes, and nothing else of Markdown."""
SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&@^=/])")


def plain(text: str) -> str:
    """Text that shows as it is written: no link, image, formula, colour or HTML comes of it."""
    return LINKING.sub(JOINER, SPECIAL.sub(r"\\\1", " ".join(text.split())))


def plain_keeping_edges(text: str) -> str:
    """Like ``plain``, with a space kept at either end."""
    return (" " if text[:1].isspace() else "") + plain(text) + (" " if text.strip() and text[-1:].isspace() else "")


def as_html(text: str, own: bool) -> Markup:
    """An answer's words: the advisor's own keep their emphasis and lists, a model's are shown as written.

    The advisor's own quote the owner, so in them, too, nothing but emphasis and lists is let through.
    """
    if not own:
        return Markup('<p class="prose" dir="auto">{}</p>').format(text)
    return Markup(OWN.render("\n".join(own_line(line) for line in text.splitlines())))  # noqa: S704 what the owner typed is escaped, and no HTML is let through


def own_line(line: str) -> str:
    """One line of the advisor's own words."""
    match = LIST_MARK.match(line)
    mark = match.group() if match else ""
    return mark + "**".join(plain_keeping_edges(part) for part in line[len(mark) :].split("**"))
