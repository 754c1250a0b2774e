"""Fills the files of ``prompts/``; a missing or unused blank is an error."""

import hashlib
import re
from functools import cache
from importlib.resources import files
from pathlib import Path

BLANK = re.compile(r"\{\{(\w+)\}\}")


class PromptError(Exception):
    """A prompt file and what is to be filled in don't fit; the text names the blank."""


@cache
def text(name: str) -> str:
    """A prompt file's text, from the installed package or the working tree."""
    packaged = files("advisor") / "prompts" / f"{name}.md"
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    return (Path(__file__).parent.parent / "prompts" / f"{name}.md").read_text(encoding="utf-8")


@cache
def version(*names: str) -> str:
    """Tells these prompt files from any others: a digest of their texts, in twelve hexadecimal digits."""
    return hashlib.sha256("\0".join(text(name) for name in names).encode()).hexdigest()[:12]


def fill(name: str, **blanks: str) -> str:
    """A prompt with its blanks filled.

    Raises:
        PromptError: A blank has nothing to fill it, or something has no blank.
    """
    template = text(name)
    wanted = set(BLANK.findall(template))
    if wanted != blanks.keys():
        odd = ", ".join(sorted(wanted ^ blanks.keys()))
        raise PromptError(f"prompts/{name}.md and its filling differ on: {odd}")
    return BLANK.sub(lambda match: blanks[match.group(1)], template)


def fenced(words: str) -> str:
    """Outside words as data: nothing in them can close the fence."""
    return "<owner>\n" + words.replace("<", "‹").replace(">", "›") + "\n</owner>"
