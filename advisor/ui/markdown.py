"""Outside words made safe to show as Markdown."""

import re

JOINER = "\u2060"
LINKING = re.compile(r"(?<=\w)(?=\\[.@]\w)|(?<=\\:)(?=\S)|(?<=\\[-=<])(?=\\[->])")
"""Where a bare address, a short code or an arrow would be recognised after escaping; an invisible joiner parts it there."""
LIST_MARK = re.compile(r"(?:- |\d{1,2}\. )")
SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&@^=/])")


def plain(text: str) -> str:
    """Text that shows as it is written: no link, image, formula, colour or HTML comes of it."""
    return LINKING.sub(JOINER, SPECIAL.sub(r"\\\1", " ".join(text.split())))


def prose(text: str) -> str:
    """Several lines of somebody's text, as they are written."""
    return "  \n".join(plain(line) if line.strip() else "" for line in text.splitlines())


def plain_keeping_edges(text: str) -> str:
    """Like ``plain``, with a space kept at either end."""
    return (" " if text[:1].isspace() else "") + plain(text) + (" " if text.strip() and text[-1:].isspace() else "")


def reply(text: str, own: bool) -> str:
    """An answer's words: the advisor's own keep their emphasis and lists, a model's are shown as written.

    The advisor's own quote the owner, so in them, too, nothing but emphasis and lists is let through.
    """
    return "\n".join(own_line(line) for line in text.splitlines()) if own else prose(text)


def own_line(line: str) -> str:
    """One line of the advisor's own words."""
    match = LIST_MARK.match(line)
    mark = match.group() if match else ""
    return mark + "**".join(plain_keeping_edges(part) for part in line[len(mark) :].split("**"))
