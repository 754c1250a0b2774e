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
    rf"|\b{CONSENT}\w*"
    rf"|\b(?:let|have|ask|get|tell|hire|pay|trust)\b[^.!?\n]{{0,40}}\b{HELPER}\b"
    rf"|\b{HELPER}\b[^.!?\n]{{0,20}}\b{CAN}\b"
    rf"|\b(?:your|an?|the|another|any)\s+\w+(?:\s+\w+)?\s+{CAN}\b"
    r"|\b(?:yes|yep|yeah|ok|okay|sure|fine|good idea|great idea)\b",
    re.IGNORECASE,
)
"""Words that invite handing over, or might."""
REFUSING = re.compile(
    r"\b(?:not|never|cannot|no one|nobody|none|without|rather than|instead of|avoid|stays? with you|keep|kept|yours|yourself"
    r"|from you|by you|only you|before you|until|tempting)\b|n't\b",
    re.IGNORECASE,
)
CONTRADICTING = re.compile(r"\b(?:but|however|although|though|that said|except|unless|just this once|in your case|still,)\b", re.IGNORECASE)
MARKUP = re.compile(r"https?:|www\.|\]\(|!\[|<[a-z/!]|&#|data:|```|\|\s*-|:\w+\[|\$\$", re.IGNORECASE)
SIXTH_RULE = re.compile(r"\brules?\s*(?:number|no\.?|#)?\s*(?:[06-9]|\d\d+|six|seven|eight|nine|ten)\b|\bsixth rule\b", re.IGNORECASE)
HUMAN = re.compile(
    r"\b(?:as a (?:human|person|fellow)|i(?:'m| am) (?:a )?(?:human|person|real)|i(?:'m| am) an? (?:lawyer|attorney|coach|hr))\b",
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
    kept = [each for each in assessments if each.verdict is not Verdict.HAND_OFF]
    if kept and any(endorses(sentence) for sentence in sentences(plain)):
        found.append("softens a verdict")
    return tuple(found)


def sentences(plain: str) -> list[str]:
    """Prose in sentences."""
    read = words(plain)
    cuts = [read.starts[place] for place in range(len(read)) if read.breaks[place] >= Break.SENTENCE] + [len(plain)]
    return [plain[start:end] for start, end in pairwise(cuts)]


def endorses(sentence: str) -> bool:
    """Whether a sentence invites handing over, or might: one that refuses plainly and takes nothing back doesn't."""
    if not HANDING_OVER.search(sentence):
        return False
    return not REFUSING.search(sentence) or bool(CONTRADICTING.search(sentence))


def is_plain_english(prose: str) -> bool:
    """Whether prose is made of ordinary words: no other script, no encoded text, no invisible letters."""
    odd = sum(1 for letter in prose if ord(letter) > 0x2FF and letter not in "’‘“”–—…•\u2009\u202f")
    return odd == 0 and all(len(word) <= 30 for word in prose.split())
