"""Names each way a model's prose strays from what was settled. Pure.

A check that finds anything makes the whole prose fall; the rulebook's own words take its place.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from advisor.domain import Assessment, Verdict
from advisor.normal import Break, fold, words

MAX_PROSE_CHARS = 2400

HELPER = (
    r"(?:va|assistant|someone|somebody|anyone|agency|freelancer|manager|them|her|him|they|staff|team|recruiter|consultant"
    r"|contractor|ai|bot|else|wife|husband|brother|sister|friend)"
)
CAN = r"(?:can|could|may|might|should|will|would|is able to)"
CONSENT = (
    r"(?:outsourc|delegat|offload|entrust|go(?:es)? ahead|green ?light|feel free|by all means|no problem|perfectly fine|is fine|it'?s fine"
    r"|that'?s fine|of course|sure(?! you)|absolutely|certainly|definitely|why not|approved?|permitted|allowed)"
)
HANDING_OVER = re.compile(
    r"\b(?:hand(?:s|ed|ing)?|pass(?:es|ed|ing)?|giv(?:e|es|ing)|gave|farm(?:s|ed|ing)?)\b[^.!?\n]{0,60}?\b(?:off|over|on|away|to|out)\b"
    rf"|\b{CONSENT}\w*|hand_off"
    r"|\b(?:let|lets|letting|leave|allow|step aside|welcome to|worry|forget|yours to give)\b"
    rf"|\b{HELPER}\b"
    rf"|\b(?:your|an?|another|any)\s+\w+(?:\s+\w+)?\s+{CAN}\b"
    r"|\b(?:yes|yep|yeah|ok|okay|sure|fine|good idea|great idea|isn't yours|not yours|don't have to|needn't|need not)\b",
    re.IGNORECASE,
)
"""Words that invite handing over, or might; naming anybody who could do it is one of them."""
REFUSED = re.compile(
    r"\b(?:do not|don't|never|not|cannot|can't|should not|shouldn't|must not|mustn't|nobody else|no one else)\s+(?:\w+\s+){0,2}?"
    r"(?:hand|pass|give|farm|outsourc|delegat|offload|let|leave|ask|for)\w*[^.!?;:,\n]*",
    re.IGNORECASE,
)
"""A handing over that is refused in so many words, to the end of its clause."""
KEEPING = re.compile(
    r"\b(?:keep|kept|yours|yourself|stays? with you|with you|your own|not yet|learn|stay involved|share|never outsourced|rule [1-5])\b",
    re.IGNORECASE,
)
KEEPING_ALL = re.compile(
    r"\b(?:keep (?:it|this|that|the)|do (?:it|this) yourself|never outsource|(?:don't|do not|must not) (?:outsource|hand|delegate))\b",
    re.IGNORECASE,
)
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
LEAK = re.compile(r"system prompt|my instructions|<owner|json schema|developer message|you are (?:the voice|an adviser)", re.IGNORECASE)


def breaches(prose: str, assessments: Sequence[Assessment]) -> tuple[str, ...]:
    """What is wrong with a model's prose, by name; empty where it may be shown.

    Args:
        prose: What the model wrote for the owner.
        assessments: The settled verdicts that it must not contradict.
    """
    found: list[str] = []
    plain = fold(prose)[0]
    if not prose.strip():
        found.append("empty")
    if len(prose) > MAX_PROSE_CHARS:
        found.append("too long")
    if MARKUP.search(plain) or MARKUP.search(prose):
        found.append("markup")
    if SIXTH_RULE.search(plain):
        found.append("sixth rule")
    if HUMAN.search(plain):
        found.append("claims to be human")
    if LEAK.search(plain):
        found.append("leaks the prompt")
    if not is_plain_english(prose):
        found.append("not plain English")
    if ADDRESS.search(plain):
        found.append("address")
    if OPINION.search(plain):
        found.append("opinion about a person")
    kept = [each for each in assessments if each.verdict is not Verdict.HAND_OFF]
    if kept and (any(endorses(sentence) for sentence in sentences(plain)) or not KEEPING.search(plain)):
        found.append("softens a verdict")
    if assessments and not kept and KEEPING_ALL.search(plain):
        found.append("contradicts a verdict")
    return tuple(found)


def sentences(plain: str) -> list[str]:
    """Prose in sentences."""
    read = words(plain)
    cuts = [read.starts[place] for place in range(len(read)) if read.breaks[place] >= Break.SENTENCE] + [len(plain)]
    return [plain[start:end] for start, end in pairwise(cuts)]


def endorses(sentence: str) -> bool:
    """Whether a sentence invites handing over, or might, beyond what it refuses outright."""
    return bool(HANDING_OVER.search(REFUSED.sub(" ", sentence)))


def is_plain_english(prose: str) -> bool:
    """Whether prose is made of ordinary words: no other script, no encoded text, no invisible letters."""
    odd = sum(1 for letter in prose if ord(letter) > 0x2FF and letter not in "’‘“”–—…•\u2009\u202f")
    return odd == 0 and all(len(word) <= 30 for word in prose.split())
