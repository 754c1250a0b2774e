"""What an owner answers to the question that was put.

An answer that keeps the task is heard in many words (``language/turns.toml``). One that frees it is heard in few: it must be
all that the message says, in a plain way, and fit the question.
"""

import re
from collections.abc import Sequence

from advisor.domain import Assessment, RuleNumber
from advisor.phrases import Match, Message
from advisor.reading.facts import OPENERS
from advisor.reading.grasp import grasp
from advisor.reading.reference import named_in
from advisor.rulebook import Entry, Role
from advisor.statements import Statements

ANSWERS = ("skip", "both", "deciding", "people", "vision", "relationship", "ignorance", "legwork", "outsiders", "no", "yes")
"""Answers to a question, the graver first."""
LONGEST_ANSWER = 20
"""How many words an answer to a question may have, at the most, to be taken for one."""
LEADING = (OPENERS - frozenset("yes yeah no nah sure aye right".split())) | frozenset(
    "fine just honestly really eh um er god purely only simply".split()
)
"""Words at the beginning of an answer that don't change what it says."""
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


IT = "(?: (?:it|that|this|she|he|they))?(?: (?:is|are|will|does|do|its|would))?"
"""How the task, or who would do it, is spoken of at the beginning of an answer."""
ONLY = some(*"only simply just purely the all my our of so to there here doing does do be".split())
WORK = (
    "legwork|leg work|shortlist\\w*|sift\\w*|screen\\w*|"
    "arrang\\w+|prepar\\w+|research|admin|paperwork|options|gather\\w*|schedul\\w+|draft\\w*|a list|lists?"
)


def mine(deeds: str) -> str:
    """How an owner says that it is they who do what counts."""
    does = rf"(?: no)?(?: and)? (?:i|we) (?:will |shall |still |always |do the |make the |take the |would |final )*(?:{deeds})"
    return does + some("myself", "in the end", "of course", "it", "them", "that", "who", "alone", "the end", "part", "bit", "things")


DECIDE = "decide|choose|pick|deciding|choosing|decision|decisions|have the (?:final say|last word)"
SPEAK = "speak|talk|meet|go|speaking|talking|meeting"
MINE = (
    r"(?: the)?(?: final)? (?:decision|say|last word|choice|call)(?: stays)? (?:is |are )?(?:with me|mine|me)| my (?:call|decision|choice)"
)


def legwork(deeds: str) -> re.Pattern[str]:
    """That only the legwork would go: the owner does what counts."""
    return whole(
        rf"(?: no)?{IT}{ONLY} (?:{WORK})(?: (?:the )?(?:{WORK}|quotes|applications|cvs|it|that|them|things))?"
        rf"(?: for me| only| part| bit| please)*(?:{mine(deeds)}|{MINE})?",
        mine(deeds),
        MINE,
        rf"{IT}{ONLY} (?:makes?|sends?|brings?|gives?|gets?|finds?|shows?|make|send)(?: me)?(?: a| the| some| up to)?"
        rf" (?:list|shortlist|two|three|four|five|few|options|candidates|names)(?: for me| to me| of them)*(?:{mine(deeds)}|{MINE})",
        rf" no decisions(?:{ONLY} (?:{WORK}))?",
    )


PAYING = (
    "customers?|clients?|the public|public|users|pupils|students|patients|guests|members|buyers|visitors|subscribers|tourists|parents|kids|"
    "children|onboarding of customers|onboarding of clients|training of customers|players"
)
NOT_OURS = "(?: (?:not|none of|no) (?:my |our |the )?(?:staff|employees|team|people|workers|crew|own people))?"
"""What may stand beside those who are trained where they are customers."""
CUSTOMERS = whole(
    rf"{IT}{some('just', 'for', 'only', 'all', 'our', 'my', 'the', 'paying', 'external', 'outside')} (?:{PAYING})"
    rf"(?: (?:who|that) (?!\w* ?(?:work|help|train|staff))(?:\w+ ){{1,3}}\w+)?{NOT_OURS}"
    + some("only", "of ours", "not mine", "outside", "who pay", "that pay", "who pay us", "alone", "mostly")
)
YES = whole(
    r" (?:yes|yep|yeah|yup|sure|aye|of course|definitely|absolutely|certainly|totally|ya|y)"
    + some("i", "we", "could", "can", "do", "would", "certainly", "of course", "tell", "judge", "that", "check", "easily", "well", "know"),
    rf"(?:{' yes| yeah| yep| oh'})*(?: i think)? (?:i|we) (?:could|can|would|would be able to)"
    + some("tell", "know", "notice", "spot it", "good", "from", "bad", "easily", "well", "work", "that", "of course", "certainly"),
)
NOTHING_OF_IT = whole(
    r" (?:no|nope|nah|none|neither|nothing|n)(?: of (?:these|those|them|that|the kind|that kind|this))?(?: (?:none|nothing|no))?"
)
BOTH = whole(
    r"(?: the)? (?:both|bit of both|a bit of both|all of them|two of them|the two|everyone|everybody|some of each)"
    r"(?: of (?:them|these|those))?"
)
FREEING: dict[RuleNumber | None, dict[str, re.Pattern[str]]] = {
    RuleNumber.HIRING: {"legwork": legwork(DECIDE), "no": NOTHING_OF_IT},
    RuleNumber.VISION: {"legwork": legwork(DECIDE), "no": NOTHING_OF_IT},
    RuleNumber.TRAINING: {"outsiders": CUSTOMERS, "no": NOTHING_OF_IT},
    RuleNumber.RELATIONSHIPS: {"legwork": legwork(SPEAK), "no": NOTHING_OF_IT},
    RuleNumber.UNDERSTANDING: {"yes": YES},
    None: {"no": NOTHING_OF_IT},
}
"""By the rule whose question is open, the answers that free the task, each as it may be said."""
CORRECTS = re.compile(
    r"(?:no|nah|nope|oops|sorry|wait|oh|ah|hang on|hold on|my bad|my mistake|actually|but|well|ok|not that|not that one| )*"
    r"(?:not (?:the |my |our )?\w+(?: \w+){0,3} (?:but )?)?(?:i|we) (?:only |just |actually |really )*(?:meant|(?P<mean>mean)) (?P<what>.+)"
)
"""How a message takes back what was said, and says what was meant instead."""
SOFTLY = frozenset("no nah nope oops sorry not mistake bad actually wait".split())
"""What must stand before "I mean" for it to take anything back: alone, it is only a way to go on."""
ADDS = frozenset("both too also well addition already besides still".split())
SAYS = frozenset("to what that it he she they i we you in well it's its every everything all".split())
"""What "I meant" is followed by where it names nothing else: "I meant to ask", "I meant what I said"."""


def answers(
    message: Message, matches: Sequence[Match[Entry]], asked: Assessment, statements: Statements, after_correction: bool = False
) -> tuple[str, ...]:
    """The answers that a message gives to a question, graver first; none where it asks back, or leaves it open.

    Args:
        message: The message.
        matches: All that the rule files recognise in it.
        asked: The task with the question.
        statements: What must be said whole.
        after_correction: Whether only what follows "I meant" counts.
    """
    if len(message.read) > LONGEST_ANSWER or any(message.read.asked):
        return ()
    forms = message.read.forms
    text = "".join(f" {form}" for form in (forms[forms.index("meant") + 1 :] if after_correction and "meant" in forms else forms))
    asking = next((finding.rule for finding in asked.findings if finding.asks), None)
    shown = {match.owner.name for match in matches if match.owner.role is Role.TURN}
    shown -= {"people"} if re.search(NOT_OURS[3:-2], text) else set()
    kept = [name for name in KEEPING.get(asking, KEEPING[None]) if name in shown]
    freed = [name for name, way in FREEING[asking].items() if any(way.fullmatch(said) for said in (text, led_in(text)))]
    if asking is RuleNumber.UNDERSTANDING:
        enough = grasp(message, matches, (), named_in(asked.task.sentence), statements)
        kept += ["no"] if enough is False and "no" not in kept else []
        freed += ["yes"] if enough and not kept else []
    if "skip" in shown and not freed:
        return ("skip",)
    return ("both",) if BOTH.fullmatch(led_in(text)) else tuple(freed or kept)


def led_in(text: str) -> str:
    """The words of an answer without those at its beginning that don't change what it says."""
    words = text.split()
    while words and words[0] in LEADING:
        words = words[1:]
    return "".join(f" {word}" for word in words)


def corrects(message: Message) -> bool:
    """Whether a message takes back what was said before, in so many words, and names what was meant, rather than adding to it."""
    match = CORRECTS.fullmatch(" ".join(message.read.forms))
    if match is None or any(message.read.asked) or not ADDS.isdisjoint(message.read.forms):
        return False
    before = message.read.forms[: message.read.forms.index("mean")] if match["mean"] else ["sorry"]
    return match["what"].split()[0] not in SAYS and not SOFTLY.isdisjoint(before)
