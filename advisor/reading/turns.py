"""What a message does in a conversation: it brings a task, tells a fact, answers, corrects, or follows up on what was said."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from advisor.domain import Assessment, Certainty, Conversation, Move, RuleNumber, Task, TurnKind, Verdict
from advisor.phrases import Match, Message
from advisor.reading.answers import ANSWERS, LONGEST_ANSWER
from advisor.reading.drafts import POINTERS
from advisor.reading.parts import HANDING_OVER
from advisor.reading.reference import by_name, by_number, named_in, rules_of, telling
from advisor.rulebook import Entry, Role, Rulebook

FEW = 4
"""How many words are too few to do more than answer."""
LONGEST_POINTER = 5
"""How many words a message may have that only points at a task, or only asks in a set phrase."""
LONGEST_SKIP = 2
"""How many words do no more than pass over a question, where none is open."""
LONGEST_FIRST_FOLLOW_UP = 10
"""How many words a message may have that asks about a task before there is one; a longer one tells of it."""
ABOUT_ADVICE = frozenset({"someone_else", "law", "cost", "rules", "about"})
"""Entries of questions about the advice itself."""
LENGTHS = (1, 2, 4, 7, 12, 20, 35)
"""The steps in which the number of a message's words is told."""
MOST_LETTERS, RUN = 160, 5
"""How much of a message is told by its letters, and in runs of how many: these survive misspelling."""


def topics(matches: Sequence[Match[Entry]]) -> set[str]:
    """The names of the turn entries that a message shows."""
    return {match.owner.name for match in matches if match.owner.role is Role.TURN}


def move(
    message: Message, matches: Sequence[Match[Entry]], brought: Sequence[Task], conversation: Conversation, rulebook: Rulebook
) -> Move:
    """What a message does, by what it shows and what was said before.

    Args:
        message: The message.
        matches: All that the rule files recognise in it.
        brought: The tasks that it would bring, if it brings any.
        conversation: What was said before.
        rulebook: The weights.
    """
    if only_points(message, matches, conversation):
        asked = (turn.kind for turn in reversed(conversation.turns) if turn.kind is not TurnKind.REDIRECT)
        return next((each for kind in asked for each in Move if each.follows and each.kind is kind), Move.WHY)
    whole = {match.owner.kind for match in matches if match.owner.kind and match.start == 0 and match.end >= len(message.read) - 1}
    if len(message.read) <= LONGEST_POINTER and len(whole) == 1:
        return next(each for each in Move if each.kind in whole)
    if len(message.read) <= LONGEST_SKIP and "skip" in topics(matches) and conversation.pending is None:
        return Move.REDIRECT
    scores = rulebook.moves.scores(list(shown(message, matches, brought, conversation)))
    possible = [each for each in Move if is_possible(each, conversation)]
    pointing = by_number(message, conversation) if len(conversation.current) > 1 and not hands_over(matches) else ()
    if pointing and not any(task.findings for task in brought):
        possible.remove(Move.NEW)
    if len(pointing) == 1 and len(message.read) <= LONGEST_POINTER:
        possible.remove(Move.COMPARE)
    return max(possible, key=lambda each: scores[each])


def only_points(message: Message, matches: Sequence[Match[Entry]], conversation: Conversation) -> bool:
    """Whether a message does nothing but point at a task by its number, so that it asks what was asked last: "and the second one?"."""
    if len(message.read) > LONGEST_POINTER or any(match.owner.kind for match in matches) or hands_over(matches):
        return False
    return len(conversation.current) > 1 and len(by_number(message, conversation)) == 1


def is_possible(move: Move, conversation: Conversation) -> bool:
    """Whether a message can do this at this point."""
    if move is Move.ANSWER:
        return conversation.pending is not None
    if move is Move.COMPARE:
        return not conversation.standing or len(conversation.current) > 1
    return bool(conversation.current) or move not in (Move.FACT, Move.CORRECTION)


def shown(message: Message, matches: Sequence[Match[Entry]], brought: Sequence[Task], conversation: Conversation) -> Iterator[str]:
    """All that may tell what a message does: its words, what the files recognise in it, and where the conversation stands."""
    forms, asked = message.read.forms, message.read.asked
    yield from (f"w {form}" for form in forms)
    yield from (f"b {one} {other}" for one, other in pairwise(["^", *forms, "$"]))
    yield from (f"first {at} {form}" for at, form in enumerate(forms[:3]))
    yield from (f"last {form}" for form in forms[-2:])
    text = f" {message.read.message[:MOST_LETTERS].lower()} "
    yield from (f"letters {text[at : at + RUN]}" for at in range(len(text) - RUN + 1))
    yield from (label for here in message.chart for label in here if label[0] == "<" and label not in ("<verb>", "<thing>"))
    for match in matches:
        owner = match.owner
        yield f"{owner.role} {owner.name}" if owner.rule is None or owner.role is Role.HEAD else f"{owner.role} of rule"
        if owner.kind:
            yield f"kind {owner.kind}"
        if owner.kind and match.start == 0:
            yield f"kind {owner.kind} first"
    yield f"words {sum(len(forms) > most for most in LENGTHS)}"
    yield f"asks {bool(asked and asked[-1])} {any(asked)}"
    yield f"hands over {hands_over(matches)}"
    yield f"points {not POINTERS.isdisjoint(forms)}"
    yield f"tasks {min(len(brought), 2)}"
    yield from (f"task {task.certainty}" for task in brought)
    known = {each for standing in conversation.standing for each in named_in(standing.task.quote.words)}
    told = (task for task in brought if task.certainty is not Certainty.UNKNOWN)
    yield f"new work {any(names_new_work(task, conversation) for task in told)}"
    yield f"old words {min(len(telling(forms) & known), 2)}"
    yield f"standing {min(len(conversation.current), 2)}"
    yield f"pending {conversation.pending is not None}"
    if conversation.turns:
        last = conversation.turns[-1]
        yield f"after {last.kind}"
        yield from (f"after verdict {each.verdict}" for each in last.assessments)
    if conversation.pending is not None:
        yield from (f"pending {name}" for name in sorted(topics(matches) & set(ANSWERS)))


def aspect(kind: TurnKind, matches: Sequence[Match[Entry]]) -> str:
    """The side of a kind of turn that a message asks about: the name of the longest phrase that shows it; empty for none."""
    here = [match for match in matches if match.owner.kind is kind and match.owner.name != kind.value]
    return max(here, key=lambda match: match.end - match.start).owner.name if here else ""


def is_short(message: Message) -> bool:
    """Whether a message is too short to do more than answer."""
    return len(message.read) <= FEW


def waiting(message: Message, conversation: Conversation) -> tuple[TurnKind, tuple[int, ...]] | None:
    """What was asked before the advisor asked which task is meant, and the task that this message names in answer."""
    last = conversation.turns[-1] if conversation.turns else None
    if last is None or last.kind is not TurnKind.CLARIFY or not last.aspect:
        return None
    said = message.read.message.strip()
    exactly = tuple(place for place in last.about if conversation.standing[place].task.quote.words == said)
    if exactly:
        return TurnKind(last.aspect), exactly
    if len(message.read) > LONGEST_ANSWER:
        return None
    named = by_number(message, conversation) or by_name(message, conversation, best=True)
    return (TurnKind(last.aspect), named) if len(named) == 1 or (named and is_short(message)) else None


def only_grasp(task: Task, matches: Sequence[Match[Entry]], conversation: Conversation) -> bool:
    """Whether a task is nothing but what the owner says of their grasp of one already spoken of."""
    if not task.findings or {each.rule for each in task.findings} != {RuleNumber.UNDERSTANDING} or hands_over(matches):
        return False
    named = named_in(task.quote.words)
    spoken = {each for place in conversation.current for each in named_in(conversation.standing[place].task.quote.words)}
    return not named or not named.isdisjoint(spoken)


def covered(task: Task, standing: Assessment, by_evidence: bool = False) -> bool:
    """Whether a clear task is one already judged: under some of the same rules, which keep that one, and naming nothing else.

    Speaking of it again is then no new task, and whatever is answered about it, nothing is made milder. Where a message
    follows up, only the words that show the rule count (``by_evidence``).
    """
    rules = rules_of(task)
    if not rules or not rules <= rules_of(standing.task) or standing.verdict.gravity < Verdict.LEARN_FIRST.gravity:
        return False
    said = " ".join(quote.words for finding in task.findings for quote in finding.evidence) if by_evidence else task.quote.words
    return named_in(said) <= named_in(standing.task.quote.words + " " + standing.task.sentence)


def hands_over(matches: Sequence[Match[Entry]]) -> bool:
    """Whether a message speaks of somebody else doing something."""
    return any(match.owner.name in HANDING_OVER for match in matches)


def names_new_work(task: Task, conversation: Conversation) -> bool:
    """Whether a task's words tell of work that no earlier task is about."""
    named = named_in(task.quote.words)
    return bool(named) and all(named.isdisjoint(named_in(standing.task.quote.words)) for standing in conversation.standing)
