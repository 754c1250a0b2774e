"""What an owner says of their own grasp of a task: that they can judge the work now, or that they can't.

That they can is heard strictly, like a department head: a plain statement of the owner's, of now, in one of few shapes.
"""

import re
from collections.abc import Sequence

from advisor.domain import Conversation, RuleNumber, Task
from advisor.phrases import Match, Message
from advisor.reading.facts import clause, in_earnest, pieces
from advisor.reading.reference import named_in, rules_of, telling
from advisor.rulebook import Entry, Role

LESSONS = frozenset("course courses class classes certification certificate training workshop module exam tutorial".split())
LEARNING = frozenset(
    "took did done finished completed passed taken take short free online evening weekend proper full whole two three".split()
)
SUPPOSING = frozenset("if once when whenever will might unless until till after before suppose imagine wish pretend assuming given".split())
LATER = frozenset({"once", "until", "unless", "till", "after", "assuming", "given"})
PLANNED = frozenset(
    "will gonna plan planning booked enrolled starts starting begins beginning next tomorrow soon hope hoping intend march failed".split()
)
DENYING = frozenset("not never nothing none no nobody hardly barely".split())
"""Words by which a grasp is no more than supposed, planned, or denied."""
REPORTING = frozenset("says said thinks reckons told say if assuming suppose before".split())
FAILING = frozenset({"failed", "flunked", "quit"})


def shape(*parts: str) -> re.Pattern[str]:
    """A way of saying something, over words in lower case: its parts one after the other, each a regular expression."""
    return re.compile(" ".join(parts))


I_CAN = r"\b(?:i|we) (?:\w+ ){0,2}?(?:can|could)(?: now| actually| really| already| well| certainly)?"
FAULTS = "mistakes?|errors?|nonsense|rubbish|fake|off|wrong"
HAD = r"\b(?:i|we) (?:\w+ ){0,3}?"
LESSON = "(?:course|class|certification|certificate|training|exam|module|workshop)"
ABLE = (
    shape(I_CAN, "(?:judge|assess|evaluate|check)", r"(?:it|this|that|them|the work|his|her|their|both|what)\b"),
    shape(
        I_CAN,
        "(?:tell|see|spot|catch|find|say)",
        rf"(?:\w+ ){{0,4}}?(?:good|bad|right|difference|well|properly|trash|crap|bull|if|when|what|which|every|where|{FAULTS})\b",
    ),
    shape(
        I_CAN,
        "(?:follow|explain|pick holes|poke holes|compare|read)",
        r"(?:it|this|that|them|in|two|the|a|his|her|their|my|our|every|any)\b",
    ),
    shape(
        r"\b(?:i|we) (?:would|do|can)(?: now| soon| rightly)?", "(?:spot|know|notice|catch)", r"(?:a|an|it|if|when|rightly|now|the|one)\b"
    ),
)
"""What an owner can do who can judge the work, wherever they learnt it."""
CAN = (
    *ABLE,
    shape(r"\b(?:i|we)(?: now)?", "(?:see|catch|find)", rf"(?:\w+ ){{0,4}}?(?:good|bad|{FAULTS})\b"),
    shape(
        r"\b(?:i|we)(?: do| now| really| actually| finally| properly| fully)*",
        "(?:understand|get|follow)",
        r"(?:it|this|that|them|both|how \w+ \w+|what \w+ \w+|enough)(?: (?:now|all|well|enough|again|properly|fully|today|perfectly))*$",
    ),
    shape(
        r"\b(?:i|we)(?: do| now| actually| already| have)*",
        "(?:know|knew|understand|learnt|learned)",
        r"(?:enough|the basics|what good|what it|my way|our way)\b",
    ),
    shape(HAD + "(?:took|did|done|finished|completed|passed|taken)", rf"(?:\w+ ){{0,5}}?{LESSON}(?: \w+){{0,4}}$"),
    shape(r"^(?:\w+ ){0,2}?(?:did|done|finished|completed|passed|took)", rf"(?:the|a|my|an) (?:\w+ ){{0,3}}?{LESSON}\b"),
    shape(HAD + "(?:caught|found|spotted|catching|finding)", rf"(?:\w+ ){{0,5}}?(?:slips?|holes|{FAULTS})\b"),
)
"""How an owner states that they can judge the work now."""


def grasp(message: Message, matches: Sequence[Match[Entry]], tasks: Sequence[Task], conversation: Conversation) -> bool | None:
    """Whether an owner says now that they can judge a task, or that they can't; suppositions and other people's grasp are nothing."""
    told = (match for match in matches if match.owner.role is Role.TURN and match.owner.name == "not_understood")
    denied = any(is_told(message, match.start) for match in told)
    if denied or (not any(message.read.asked) and any(RuleNumber.UNDERSTANDING in rules_of(task) for task in tasks)):
        return False
    if learnt_elsewhere(message, conversation):
        return None
    return True if any(says_can(message, start, end) for start, end in pieces(message)) else None


def is_told(message: Message, place: int) -> bool:
    """Whether words are said as a fact of now: not asked, supposed or planned."""
    start, end = clause(message, place)
    before = message.read.forms[start:place]
    return in_earnest(message, place, end) and SUPPOSING.isdisjoint(before)


def says_can(message: Message, start: int, end: int) -> bool:
    """Whether a piece of a message says plainly that the owner can judge the work."""
    forms = message.read.forms[start:end]
    text = " ".join(forms)
    found = next((match for each in CAN for match in [each.search(text)] if match), None)
    if found is None or not in_earnest(message, start, end) or not (DENYING | LATER | PLANNED).isdisjoint(forms):
        return False
    before = text[: found.start()].split()
    ahead = message.read.forms[clause(message, start)[0] : start + len(before)]
    unsaid = not REPORTING.isdisjoint(ahead) or not FAILING.isdisjoint(message.read.forms)
    return not unsaid and before[-1:] not in (["so"], ["that"], ["to"])


def learnt_elsewhere(message: Message, conversation: Conversation) -> bool:
    """Whether a course is spoken of that was about something else: "a course in pottery", "a Greek class"."""
    forms = message.read.forms
    spoken = {each for standing in conversation.standing for each in named_in(standing.task.sentence + " " + standing.task.quote.words)}
    for start, end in pieces(message):
        about = telling(form for form in forms[start:end] if form not in LESSONS and form not in LEARNING)
        able = any(each.search(" ".join(forms[start:end])) for each in ABLE)
        if not LESSONS.isdisjoint(forms[start:end]) and about and about.isdisjoint(spoken) and not able:
            return True
    return False
