"""Outside words made safe to show as Markdown."""

import re

from advisor.domain import Quote

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


def marked(message: str, evidence: list[Quote]) -> str:
    """A message with the words that showed a rule set off.

    Args:
        message: The owner's message, or the part of it that names the task.
        evidence: Quotes whose words stand in it; those that don't are passed over.
    """
    spans = sorted({(at, at + len(each.words)) for each in evidence if (at := message.find(each.words)) >= 0})
    shown, done = "", 0
    for start, end in spans:
        if end <= done:
            continue
        start = max(start, done)
        shown += plain_keeping_edges(message[done:start]) + ":orange-background[**" + plain(message[start:end]) + "**]"
        done = end
    return shown + plain_keeping_edges(message[done:])


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
