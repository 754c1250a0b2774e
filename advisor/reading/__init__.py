"""What the owner says: a message into tasks, findings, facts, and the kind of turn it is. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from advisor.domain import (
    Answer,
    Certainty,
    Conversation,
    DepartmentHead,
    Fact,
    Facts,
    Finding,
    Grasp,
    Move,
    Quote,
    Reading,
    RuleNumber,
    Task,
    TurnKind,
)
from advisor.normal import words
from advisor.phrases import Match, Message
from advisor.reading import turns
from advisor.reading.facts import BARE, heads, told_heads
from advisor.reading.reference import named_in, pointed_at, telling
from advisor.reading.tasks import sentence_around, tasks, unheard, with_guess, with_unread
from advisor.reading.unread import unread
from advisor.rulebook import Entry, Rulebook

__all__ = ["read", "read_translation", "unread_words"]

TAKEN_BACK = "Forget “{words}”"
"""How the page says that a fact is taken back; what follows stands in its place."""


def read(message: str, conversation: Conversation, rulebook: Rulebook) -> Reading:
    """Read one message of a conversation.

    Args:
        message: What the owner typed; any text at all.
        conversation: What was said before; an empty one for a first message.
        rulebook: The rules and their language.

    Returns:
        The tasks it brings, the facts it tells, and what kind of answer it calls for. Tasks and ``about`` exclude
        each other: a message either brings tasks or speaks of earlier ones. One that can't be read to the end answers
        nothing: what can't be read is a task to ask about, and softens nothing.
    """
    if forgotten := taken_back(message, conversation):
        return instead(message, forgotten, conversation, rulebook)
    seen = Message(words(message, rulebook.vocabulary), rulebook.lists)
    matches = rulebook.grammar.find(seen)
    told = heads(seen, matches, rulebook)
    brought = tasks(seen, matches, told, rulebook)
    told = told or heads_of(seen, matches, brought, rulebook)
    if passages := unread(message, rulebook.vocabulary):
        brought = with_unread(seen, brought, passages)
        spans = [sentence_around(seen, passage) for passage in passages]
        sure = (
            each for each in told if not (each.present and any(start < each.quote.end and each.quote.start < end for start, end in spans))
        )
        return Reading(message, TurnKind.VERDICT, tasks=guessed(seen, matches, brought, rulebook), facts=tuple(sure))
    if not len(seen.read):
        return Reading(message, TurnKind.REDIRECT)
    move = turns.move(seen, matches, brought, conversation, rulebook)
    about = pointed_at(seen, move.kind, conversation)
    clear = [task for task in brought if task.certainty is Certainty.CLEAR and not turns.only_grasp(task, matches, conversation)]
    if any(not any(turns.covered(task, conversation.standing[place]) for place in about) for task in clear) and move is not Move.CORRECTION:
        return Reading(message, TurnKind.VERDICT, tasks=guessed(seen, matches, brought, rulebook), facts=told)
    return by_move(move, seen, matches, brought, told, about, conversation, rulebook)


def by_move(
    move: Move,
    seen: Message,
    matches: Sequence[Match[Entry]],
    brought: tuple[Task, ...],
    told: tuple[DepartmentHead, ...],
    about: tuple[int, ...],
    conversation: Conversation,
    rulebook: Rulebook,
) -> Reading:
    """A message as what it does decides; its clear tasks, if it has any, say no more than the ones it speaks of."""
    message, shown = seen.read.message, turns.topics(matches)
    if move in (Move.FACT, Move.CORRECTION) and not turns.hands_over(matches):
        told = told_heads(seen, matches, conversation.facts, rulebook) if is_about_training(conversation) else ()
    aspect = turns.aspect(move.kind, matches)
    if not conversation.current:
        return first(move, seen, matches, brought, told, aspect, rulebook)
    if waiting := turns.waiting(seen, conversation):
        return Reading(message, waiting[0], about=waiting[1])
    pending = conversation.pending
    answering = pending is not None and (move.opens or (turns.is_short(seen) and move in (Move.REDIRECT, Move.PUSHBACK)))
    given = turns.answers(seen, shown, conversation.standing[pending]) if answering and pending is not None else ()
    if pending is not None and given and not (move is Move.NEW and brought):
        return Reading(message, TurnKind.VERDICT, facts=(*told, Answer(pending, given, whole(message))), about=(pending,))
    if pending is not None and turns.is_short(seen) and turns.doubts(seen, shown):
        return Reading(message, TurnKind.VERDICT, facts=told, about=(pending,))
    if move is not Move.COUNTERFACTUAL:
        facts: tuple[Fact, ...] = told
        if move is not Move.NEW:
            facts = (*told, *grasped(seen, matches, brought, about, conversation))
        if not move.opens:
            facts = tuple(fact for fact in facts if makes_graver(fact))
        if facts and not (brought and move is Move.NEW) and not (turns.hands_over(matches) and move.follows):
            return Reading(message, TurnKind.VERDICT, facts=facts, about=about)
    if not brought and (again := answered_anew(shown, about, conversation, message)):
        return Reading(message, TurnKind.VERDICT, facts=(again[1],), forgets=(again[0],), about=about)
    if move is Move.CORRECTION and brought:
        withdrawn = about if "correction" in shown and len(about) == 1 else ()
        return Reading(message, TurnKind.VERDICT, tasks=guessed(seen, matches, brought, rulebook), facts=told, withdraws=withdrawn)
    if move.opens:
        fresh = move is Move.NEW or any(task.certainty is not Certainty.UNKNOWN for task in brought)
        fresh = fresh and not all(task.certainty is Certainty.CLEAR for task in brought)
        brought = brought or (unheard(seen, matches, rulebook, expected=True) if move is Move.NEW else ())
        if brought and (fresh or move is Move.NEW):
            return Reading(message, TurnKind.VERDICT, tasks=guessed(seen, matches, brought, rulebook), facts=told)
        return Reading(message, TurnKind.VERDICT, facts=told, about=(pending,) if move is Move.ANSWER and pending is not None else about)
    if move is Move.REDIRECT:
        return Reading(message, TurnKind.REDIRECT, aspect)
    return Reading(message, move.kind, aspect, about=about)


def heads_of(seen: Message, matches: Sequence[Match[Entry]], brought: Sequence[Task], rulebook: Rulebook) -> tuple[DepartmentHead, ...]:
    """The heads that a message tells of beside the training that it brings, in looser words: those of the very people to be trained."""
    training = [task for task in brought if any(finding.rule is RuleNumber.TRAINING for finding in task.findings)]
    if not training:
        return ()
    apart = (
        head
        for head in told_heads(seen, matches, Facts(), rulebook)
        if not any(task.quote.start < head.quote.end and head.quote.start < task.quote.end for task in brought)
    )
    return tuple(head for head in apart if any(in_common(head, task, seen.read.message) for task in training))


def in_common(head: DepartmentHead, task: Task, message: str) -> bool:
    """Whether a head is told of with a word for the people to be trained, or for their trade."""
    beside = message[: head.quote.start] + " " + message[head.quote.end :]
    theirs = telling(word for word in head.quote.words.split() if word.islower()) - telling(BARE)
    people = named_in(task.quote.words) | telling([task.field or ""])
    return not theirs.isdisjoint(people | named_in(beside))


def first(
    move: Move,
    seen: Message,
    matches: Sequence[Match[Entry]],
    brought: tuple[Task, ...],
    told: tuple[DepartmentHead, ...],
    aspect: str,
    rulebook: Rulebook,
) -> Reading:
    """A message before which no task was spoken of: it brings one, or asks about none that there is."""
    message = seen.read.message
    if move.follows and not turns.hands_over(matches) and all(task.certainty is Certainty.UNKNOWN for task in brought):
        return Reading(message, TurnKind.CLARIFY, move.kind, facts=told)
    if told and not brought and not turns.hands_over(matches):
        return Reading(message, TurnKind.VERDICT, facts=told)
    if brought := brought or unheard(seen, matches, rulebook):
        return Reading(message, TurnKind.VERDICT, tasks=guessed(seen, matches, brought, rulebook), facts=told)
    return Reading(message, TurnKind.REDIRECT, aspect or ("skip" if "skip" in turns.topics(matches) else ""), facts=told)


def whole(message: str) -> Quote:
    """All that an owner said, without the space around it."""
    said = message.strip()
    return Quote(said, message.find(said), message.find(said) + len(said))


def guessed(seen: Message, matches: Sequence[Match[Entry]], brought: tuple[Task, ...], rulebook: Rulebook) -> tuple[Task, ...]:
    """The tasks of a message, with the rule that their words suggest where none was seen."""
    return tuple(with_guess(seen, matches, task, brought, rulebook) for task in brought)


def makes_graver(fact: Fact) -> bool:
    """Whether a fact can only make a verdict graver, so that it is heeded even in a message that asks or argues."""
    return (isinstance(fact, DepartmentHead) and not fact.present) or (isinstance(fact, Grasp) and not fact.enough)


def answered_anew(shown: set[str], about: tuple[int, ...], conversation: Conversation, message: str) -> tuple[Answer, Answer] | None:
    """The answer that a message corrects, and the one that it gives in its place."""
    before = [fact for place in about[:1] for fact in conversation.facts.of(place) if isinstance(fact, Answer)]
    given = tuple(name for name in turns.ANSWERS if name in shown and name not in ("yes", "no", "skip"))
    return (before[-1], Answer(about[0], given, whole(message))) if before and given and "correction" in shown else None


def is_about_training(conversation: Conversation) -> bool:
    """Whether a task was spoken of that a department head could soften."""
    standing = (conversation.standing[place] for place in conversation.current)
    return any(finding.rule is RuleNumber.TRAINING for each in standing for finding in each.findings)


def grasped(
    seen: Message, matches: Sequence[Match[Entry]], brought: Sequence[Task], about: tuple[int, ...], conversation: Conversation
) -> tuple[Grasp, ...]:
    """What an owner says of their own grasp of the tasks spoken of; of the one under rule 5, where they have learnt enough."""
    enough = turns.grasp(seen, matches, brought, conversation)
    if enough is None:
        return ()
    if enough:
        under = [place for place in conversation.current if RuleNumber.UNDERSTANDING in conversation.standing[place].rules]
        about = tuple(place for place in about if place in under) or (tuple(under) if len(under) == 1 else ())
    return tuple(Grasp(place, enough, whole(seen.read.message)) for place in about)


def taken_back(message: str, conversation: Conversation) -> tuple[Fact, ...]:
    """The facts whose words a message begins by taking back."""
    return tuple(fact for fact in conversation.facts.told if message.startswith(TAKEN_BACK.format(words=fact.quote.words)))


def instead(message: str, forgotten: tuple[Fact, ...], conversation: Conversation, rulebook: Rulebook) -> Reading:
    """A message that takes facts back, and may tell others in their place; what these touch is what those did."""
    end = max(len(TAKEN_BACK.format(words=fact.quote.words)) for fact in forgotten)
    left = replace(conversation, facts=Facts(tuple(fact for fact in conversation.facts.told if fact not in forgotten)))
    rest = read(" " * end + message[end:], left, rulebook) if message[end:].strip() else Reading("", TurnKind.VERDICT)
    return replace(rest, message=message, kind=TurnKind.VERDICT, forgets=forgotten, tasks=())


def unread_words(task: Task, message: str) -> str:
    """The owner's words that a translator needs to see of a task that can't be read."""
    assert task.unread is not None
    return message[min(task.quote.start, task.unread.start) : max(task.quote.end, task.unread.end)]


def read_translation(task: Task, english: str, rulebook: Rulebook) -> tuple[Task, ...]:
    """What a task that couldn't be read comes down to, read in a model's translation as if the owner had written that.

    Args:
        task: The task, with what couldn't be read.
        english: What a model says that its words mean.
        rulebook: The rules and their language.

    Returns:
        A task for each that the translation brings, with the owner's own words for evidence; the task as it was where
        the translation is empty or can't be read either.
    """
    brought = read(english, Conversation(), rulebook).tasks or (Task(Quote(english, 0, len(english))),)
    if not english.strip() or any(each.unread for each in brought):
        return (task,)
    return tuple(
        replace(
            task,
            findings=(*task.findings, *(in_own_words(finding, task) for finding in each.findings)),
            work=each.work,
            field=each.field or task.field,
            translation=as_read(each),
        )
        for each in brought
    )


def as_read(task: Task) -> str:
    """What of a translation may be shown again: the words in which a rule was plainly seen; its own words where none was."""
    clear = [quote.words for finding in task.findings if finding.certainty is Certainty.CLEAR for quote in finding.evidence]
    return ", ".join(dict.fromkeys(clear)) or task.quote.words


def in_own_words(finding: Finding, task: Task) -> Finding:
    """A finding of a translation, with the words that were translated for evidence."""
    return replace(finding, evidence=(task.unread or task.quote,))
