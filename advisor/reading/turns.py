"""What kind of turn a message is, and which task of the conversation it speaks of."""

from collections.abc import Sequence, Set
from itertools import pairwise

from advisor.domain import Certainty, Conversation, Quote, RuleNumber, Task, TurnKind, Understanding
from advisor.phrases import Match, Message
from advisor.reading.ignorance import stem
from advisor.reading.parts import HANDING_OVER, IDLE
from advisor.reading.signs import OTHERS
from advisor.rulebook import Entry, Role

FOLLOW_UPS = ("recap", "compare", "brief", "learn", "parts", "counterfactual", "why", "pushback")
"""Kinds of follow-up by the names of their entries, the more telling first."""
ANSWERS = ("skip", "both", "deciding", "people", "vision", "relationship", "ignorance", "legwork", "outsiders", "no", "yes")
"""Answers to a pending question, the graver first."""
TOPICS = ("order", "about", "thanks", "greeting")
LESSONS = frozenset("course class certification training workshop".split())
SUPPOSING = frozenset("if once when will would might unless until could should suppose imagine wish".split())
ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4}
SHORT_ANSWER = 14
"""How many words an answer to a question may have, at the most, to be taken for one."""


def topics(matches: Sequence[Match[Entry]]) -> set[str]:
    """The names of the turn entries that a message shows."""
    return {match.owner.name for match in matches if match.owner.role is Role.TURN}


def answers(message: Message, shown: Set[str]) -> tuple[str, ...]:
    """The answers to a pending question that a message gives; none where it asks back, or says what is not the case."""
    if len(message.read) > SHORT_ANSWER or any(message.read.asked):
        return ()
    given = tuple(name for name in ANSWERS if name in shown)
    denied = {"not", "never"} & set(message.read.forms)
    return () if denied and given[:1] not in (("skip",), ("no",)) else given


def follow_up(message: Message, shown: Set[str], tasks: Sequence[Task], conversation: Conversation) -> TurnKind | None:
    """The kind of follow-up that a message is, or ``None`` where it brings something new."""
    if not conversation.standing:
        if shown & {"why", "recap", "counterfactual", "parts", "brief", "learn"} and not tasks:
            return TurnKind.CLARIFY
        return None
    kind = next((TurnKind(name) for name in FOLLOW_UPS if name in shown), None)
    if kind is None and not tasks and numbered(message, conversation) is not None:
        return TurnKind.WHY
    if kind is None:
        return None
    brings = any(names_new_work(task, conversation) for task in tasks)
    return None if brings and not asks_first(message, kind) else kind


def brings_new(tasks: Sequence[Task], matches: Sequence[Match[Entry]], conversation: Conversation) -> bool:
    """Whether a message brings a task that no follow-up may hide: one under a clear rule, or one handed over in so many words.

    A clear task is an earlier one only where that falls under the same rules and shares a word with it.
    """
    handing = hands_over(matches)
    told = any(match.owner.role is Role.TURN and match.owner.name in FOLLOW_UPS for match in matches)
    for task in tasks:
        if task.certainty is Certainty.CLEAR:
            if not handing and rules_of(task) == {RuleNumber.UNDERSTANDING}:
                continue
            if not any(again(task, standing.task) for standing in conversation.standing):
                return True
        elif handing and not told and task.certainty is not Certainty.UNKNOWN:
            return True
    return False


def hands_over(matches: Sequence[Match[Entry]]) -> bool:
    """Whether a message speaks of somebody else doing something."""
    return any(match.owner.name in HANDING_OVER for match in matches)


def again(task: Task, standing: Task) -> bool:
    """Whether a clear task is one already spoken of."""
    return rules_of(task) == rules_of(standing) and bool(
        content(task.quote.words.lower().split()) & content(standing.quote.words.lower().split())
    )


def rules_of(task: Task) -> set[RuleNumber]:
    """The rules that clearly apply to a task."""
    return {each.rule for each in task.findings if each.certainty is Certainty.CLEAR}


def names_new_work(task: Task, conversation: Conversation) -> bool:
    """Whether a task's words tell of work that no earlier task is about."""
    if task.certainty is Certainty.UNKNOWN:
        return False
    stems = content(task.quote.words.lower().split())
    return not any(stems & content(standing.task.quote.words.lower().split()) for standing in conversation.standing)


def asks_first(message: Message, kind: TurnKind) -> bool:
    """Whether a message is too short to bring a task of its own beside its question."""
    limit = 4 if kind is TurnKind.PUSHBACK else 7
    return len(message.read) <= limit


def fragment(message: Message, matches: Sequence[Match[Entry]]) -> bool:
    """Whether a message is a few words that hand nothing over: an answer or an aside, not a task."""
    return len(message.read) <= 4 and not any(match.owner.role is Role.FRAME for match in matches)


def understanding(
    message: Message, shown: Set[str], tasks: Sequence[Task], words: Quote, conversation: Conversation
) -> Understanding | None:
    """What an owner says of their own grasp of a task, now; suppositions and other people's grasp are nothing."""
    forms = set(message.read.forms)
    if any(message.read.asked) or forms & SUPPOSING:
        return None
    if "not_understood" in shown or any(RuleNumber.UNDERSTANDING in rules_of(task) for task in tasks):
        return Understanding(False, words)
    if learnt_elsewhere(message, conversation):
        return None
    others = forms & OTHERS or message.has("<else>", 0, len(message.read))
    return Understanding(True, words) if "understood" in shown and not others and not forms & {"not", "never", "nothing", "none"} else None


def learnt_elsewhere(message: Message, conversation: Conversation) -> bool:
    """Whether a course is spoken of that was about something else: "a course in pottery"."""
    forms = message.read.forms
    named = any(one in LESSONS and other in ("in", "on", "about") for one, other in pairwise(forms))
    return named and not any(content(forms) & content(each.task.quote.words.lower().split()) for each in conversation.standing)


def content(words: Sequence[str]) -> set[str]:
    """The stems of the words that carry meaning."""
    return {stem(word.strip(".,?!'\"")) for word in words} - IDLE


def pointed_at(message: Message, conversation: Conversation) -> tuple[int, ...]:
    """The places of the tasks that a follow-up speaks of: the last turn's, unless its words say otherwise."""
    standing = conversation.standing
    forms = message.read.forms
    place = numbered(message, conversation)
    if place is not None:
        return (place,)
    if len(standing) > 1 and any(form in forms for form in ("both", "all")):
        return tuple(range(len(standing)))
    said = content(forms)
    scores = [len(said & content(each.task.quote.words.lower().split())) for each in standing]
    best = max(scores, default=0)
    if best and scores.count(best) == 1:
        return (scores.index(best),)
    last = next((turn.about for turn in reversed(conversation.turns) if turn.about), ())
    return last or tuple(range(len(standing)))[-1:]


def numbered(message: Message, conversation: Conversation) -> int | None:
    """The place of the task that a message points at by its number: "what about the second one?"."""
    forms = message.read.forms
    if "time" in forms or not any(word in forms for word in ("one", "task", "thing", *ORDINALS)):
        return None
    return next((place for form, place in ORDINALS.items() if form in forms and place < len(conversation.standing)), None)
