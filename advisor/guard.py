"""Names each way a model's prose strays from what was settled. Pure.

Where any task of a turn is not simply handed off, the rules speak for themselves: no model's wording is shown, so none
can soften it. Where all may go, prose is read as an owner's message is, and falls if it speaks of a task that the rules
keep. A check that finds anything makes the whole prose fall; the rulebook's own words take its place.
"""

import re
from collections.abc import Sequence

from advisor.domain import Assessment, Certainty, Conversation, Verdict
from advisor.normal import fold
from advisor.reading import read
from advisor.rulebook import Rulebook

MAX_PROSE_CHARS = 2400

MARKUP = re.compile(r"https?:|www\.|\]\(|!\[|<[a-z/!]|&#|data:|```|\|\s*-|:\w+\[|\$\$", re.IGNORECASE)
ADDRESS = re.compile(r"\b[\w-]+\.(?:com|net|org|io|co|ai|app|dev|info|biz|me|uk|de|eu)\b|\w@\w|javascript:", re.IGNORECASE)
OPINION = re.compile(
    r"\blegal(?:ly)?\b|\billegal|\blaw ?suit|\battorney|\bsue[ds]?\b|\bthief\b|\bcrook|\bliar\b|\blazy\b|\bstupid\b|\bpassword",
    re.IGNORECASE,
)
SIXTH_RULE = re.compile(
    r"\brules?\s+(?:zero|[ivx]{1,4})\b|\brules?\s*(?:number|no\.?|#)?\s*(?:[06-9]|\d\d+|six|seven|eight|nine|ten)\b|\bsixth rule\b",
    re.IGNORECASE,
)
HUMAN = re.compile(
    r"\b(?:as a (?:human|person|fellow)|i(?:'m| am) (?:(?:a )?(?:human|person|real)|an? (?:lawyer|attorney|coach|hr)|\w+ from))\b",
    re.IGNORECASE,
)
LEAK = re.compile(r"system prompt|my instructions|<owner|json schema|developer message|you phrase the answers", re.IGNORECASE)
KEEPING = re.compile(
    r"\b(?:keep (?:it|this|that|the)|do (?:it|this) yourself|never outsource|(?:don't|do not|must not) (?:outsource|hand|delegate))\b",
    re.IGNORECASE,
)
BY_PATTERN = {
    "markup": MARKUP,
    "an address": ADDRESS,
    "an opinion about a person": OPINION,
    "a sixth rule": SIXTH_RULE,
    "a claim to be human": HUMAN,
    "the prompt": LEAK,
    "a contradiction": KEEPING,
}


def breaches(prose: str, assessments: Sequence[Assessment], rulebook: Rulebook) -> tuple[str, ...]:
    """What is wrong with a model's prose, by name; empty where it may be shown.

    Args:
        prose: What the model wrote for the owner.
        assessments: The settled verdicts that it must not contradict.
        rulebook: For reading the prose as an owner's message is read.
    """
    plain = fold(prose)[0]
    found = [name for name, pattern in BY_PATTERN.items() if pattern.search(plain) or pattern.search(prose)]
    if not prose.strip():
        found.append("nothing")
    if len(prose) > MAX_PROSE_CHARS:
        found.append("too much")
    if not is_plain_english(prose):
        found.append("more than plain English")
    if not all_may_go(assessments) or speaks_of_a_kept_task(prose[:MAX_PROSE_CHARS], rulebook):
        found.append("a kept task")
    return tuple(found)


def all_may_go(assessments: Sequence[Assessment]) -> bool:
    """Whether every task of a turn is handed off, so that a model may do the talking."""
    return all(each.verdict is Verdict.HAND_OFF for each in assessments)


def speaks_of_a_kept_task(prose: str, rulebook: Rulebook) -> bool:
    """Whether prose names something that a rule clearly keeps, read as an owner's words would be."""
    tasks = read(prose, Conversation(), rulebook).tasks
    return any(task.certainty is Certainty.CLEAR for task in tasks)


def is_plain_english(prose: str) -> bool:
    """Whether prose is made of ordinary words: no other script, no encoded text, no invisible letters."""
    odd = sum(1 for letter in prose if ord(letter) > 0x2FF and letter not in "’‘“”–—…•\u2009\u202f")
    return odd == 0 and all(len(word) <= 30 for word in prose.split())
