"""What an owner answers to the question that was put.

An answer that keeps the task is heard in many words (``language/turns.toml``). One that frees it is heard in few: it must be
all that the message says, in a plain way, and fit the question.
"""

import re
from collections.abc import Sequence

from advisor.domain import Assessment, Conversation, RuleNumber
from advisor.phrases import Match, Message
from advisor.reading.facts import OPENERS
from advisor.reading.grasp import grasp
from advisor.rulebook import Entry, Role

ANSWERS = ("skip", "both", "deciding", "people", "vision", "relationship", "ignorance", "legwork", "outsiders", "no", "yes")
"""Answers to a question, the graver first."""
LONGEST_ANSWER = 20
"""How many words an answer to a question may have, at the most, to be taken for one."""
LEADING = (OPENERS - frozenset("yes yeah no nah sure aye".split())) | frozenset(
    "just honestly really eh um er god please i think guess mean would say it is they are for".split()
)
"""Words at the beginning of an answer, or in it, that don't change what it says."""
KEEPING: dict[RuleNumber | None, tuple[str, ...]] = {
    RuleNumber.HIRING: ("both", "deciding"),
    RuleNumber.VISION: ("both", "deciding"),
    RuleNumber.TRAINING: ("both", "people"),
    RuleNumber.RELATIONSHIPS: ("both", "deciding"),
    RuleNumber.UNDERSTANDING: ("ignorance", "no"),
    None: ("deciding", "people", "vision", "relationship", "ignorance"),
}
"""By the rule whose question is open, the answers that keep the task; ``None`` for one that no rule was seen in."""


def some(*words: str) -> str:
    """Any of these, none or several of them one after the other, each with a space before it."""
    return rf"(?: (?:{'|'.join(words)}))*"


def whole(*ways: str) -> re.Pattern[str]:
    """An answer that is all of a message, in any of these ways, each a regular expression over words with a space before each."""
    return re.compile("|".join(ways))


ONLY = some(*"only simply the all my our your do does will she he them things that this so can to there here it".split())
WORK = "legwork|leg work|arrang\\w+|prepar\\w+|research|admin|paperwork|options|gather\\w*|schedul\\w+|draft\\w*|a list|lists?"
DECIDE = "decide|choose|pick|speak|meet|sign"
LEGWORK = whole(
    rf"{ONLY} (?:{WORK}){ONLY}",
    rf"(?: no)?{some('we', 'me', 'will', 'shall', 'still', 'always')} (?:{DECIDE})"
    + some("myself", "in the end", "of course", "it", "them", "that", "who", "alone", "the end"),
    r"(?: the)? (?:decision|final say|last word|choice|call)(?: stays)? (?:with me|mine|me)",
    r" my (?:call|decision|choice)",
)
PAYING = (
    "customers?|clients?|the public|public|users|pupils|students|patients|guests|members|buyers|visitors|subscribers|tourists|parents|kids|"
    "children|onboarding of customers|onboarding of clients|training of customers"
)
CUSTOMERS = whole(
    rf"(?: no)?{some('only', 'all', 'our', 'my', 'the', 'paying', 'external', 'outside')} (?:{PAYING})"
    + some("only", "of ours", "not staff", "not mine", "outside", "who pay", "that pay", "who pay us", "alone")
)
YES = whole(
    r" (?:yes|yep|yeah|yup|sure|aye|of course|definitely|absolutely|certainly|correct|totally|ya|y)"
    + some("could", "can", "do", "certainly", "of course", "tell", "judge", "that", "check", "easily", "well"),
    r" (?:could|can) tell" + some("good", "from", "bad", "easily", "well", "work", "that"),
)
NOTHING_OF_IT = whole(
    r" (?:no|nope|nah|none|neither|nothing|n)(?: of (?:these|those|them|that|the kind|that kind|this))?(?: (?:none|nothing|no))?"
)
BOTH = whole(
    r"(?: the)? (?:both|bit of both|a bit of both|all of them|two of them|the two|everyone|everybody|some of each)"
    r"(?: of (?:them|these|those))?"
)
FREEING: dict[RuleNumber | None, dict[str, re.Pattern[str]]] = {
    RuleNumber.HIRING: {"legwork": LEGWORK, "no": NOTHING_OF_IT},
    RuleNumber.VISION: {"legwork": LEGWORK, "no": NOTHING_OF_IT},
    RuleNumber.TRAINING: {"outsiders": CUSTOMERS, "no": NOTHING_OF_IT},
    RuleNumber.RELATIONSHIPS: {"legwork": LEGWORK, "no": NOTHING_OF_IT},
    RuleNumber.UNDERSTANDING: {"yes": YES},
    None: {"no": NOTHING_OF_IT},
}
"""By the rule whose question is open, the answers that free the task, each as it may be said."""
CORRECTS = re.compile(
    r"^(?:no |nah |oops |sorry |wait |oh |ah |hang on |my bad )*(?:i|we) (?:only |just |actually )?(?:meant|mean)\b"
    r"|\bnot \w+(?: \w+){0,3} (?:but )?i (?:meant|mean)\b"
)


def answers(message: Message, matches: Sequence[Match[Entry]], asked: Assessment, after_correction: bool = False) -> tuple[str, ...]:
    """The answers that a message gives to a question, graver first; none where it asks back, or leaves it open.

    Args:
        message: The message.
        matches: All that the rule files recognise in it.
        asked: The task with the question.
        after_correction: Whether only what follows "I meant" counts.
    """
    if len(message.read) > LONGEST_ANSWER or any(message.read.asked):
        return ()
    forms = [form for form in message.read.forms if form not in LEADING]
    text = "".join(f" {form}" for form in (forms[forms.index("meant") + 1 :] if after_correction and "meant" in forms else forms))
    asking = next((finding.rule for finding in asked.findings if finding.asks), None)
    shown = {match.owner.name for match in matches if match.owner.role is Role.TURN}
    kept = [name for name in KEEPING.get(asking, KEEPING[None]) if name in shown]
    freed = [name for name, way in FREEING[asking].items() if way.fullmatch(text)]
    if asking is RuleNumber.UNDERSTANDING:
        enough = grasp(message, matches, (), Conversation())
        kept += ["no"] if enough is False and "no" not in kept else []
        freed += ["yes"] if enough and not kept else []
    if "skip" in shown and not freed:
        return ("skip",)
    return ("both",) if BOTH.fullmatch(text) else tuple(freed or kept)


def corrects(message: Message) -> bool:
    """Whether a message takes back what was said before, in so many words, rather than adding to it."""
    text = " ".join(message.read.forms)
    return bool(CORRECTS.search(text)) and not any(message.read.asked) and {"both", "too", "also"}.isdisjoint(message.read.forms)
