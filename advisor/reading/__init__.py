"""What the owner says: a message into tasks, findings, facts, and the kind of turn it is. Pure."""

from dataclasses import replace

from advisor.domain import Certainty, Conversation, Finding, Quote, Reading, RuleNumber, Task, TurnKind
from advisor.normal import words
from advisor.phrases import Message
from advisor.reading import turns
from advisor.reading.facts import heads
from advisor.reading.tasks import sentence_around, tasks, unheard, with_guess, with_unread
from advisor.reading.unread import unread
from advisor.rulebook import Rulebook

__all__ = ["read", "read_translation", "unread_words"]


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
    seen = Message(words(message, rulebook.vocabulary), rulebook.lists)
    matches = rulebook.grammar.find(seen)
    told = heads(seen, matches, rulebook)
    shown = turns.topics(matches)
    brought = tasks(seen, matches, told, rulebook)
    if not brought and not conversation.standing:
        brought = unheard(seen, matches, rulebook)
    whole = Quote(message.strip(), message.find(message.strip()), message.find(message.strip()) + len(message.strip()))

    if conversation.standing and "correction" not in shown and not any(task.findings for task in brought) and turns.fragment(seen, matches):
        brought = ()
    if passages := unread(message, rulebook.vocabulary):
        brought = with_unread(seen, brought, passages)
        guessed = tuple(with_guess(seen, matches, task, brought, rulebook) for task in brought)
        spans = [sentence_around(seen, passage) for passage in passages]
        sure = tuple(
            each for each in told if not (each.present and any(start < each.quote.end and each.quote.start < end for start, end in spans))
        )
        return Reading(message, TurnKind.VERDICT, guessed, sure)
    new = turns.brings_new(brought, matches, conversation)
    if conversation.pending is not None and not new and (given := turns.answers(seen, shown)):
        return Reading(message, TurnKind.VERDICT, heads=told, about=(conversation.pending,), answers=given)
    kind = None if new else turns.follow_up(seen, shown, brought, conversation)
    if kind is TurnKind.CLARIFY:
        return Reading(message, kind, heads=told)
    if conversation.standing and not new and kind is not TurnKind.COUNTERFACTUAL:
        understanding = turns.understanding(seen, shown, brought, whole, conversation)
        about = turns.pointed_at(seen, conversation)
        known = any(RuleNumber.UNDERSTANDING in conversation.standing[place].rules for place in about)
        if understanding and (known or not understanding.enough):
            return Reading(message, TurnKind.VERDICT, heads=told, understanding=understanding, about=about)
        if told and not turns.hands_over(matches):
            return Reading(message, TurnKind.VERDICT, heads=told)
    if kind is not None:
        about = tuple(range(len(conversation.standing))) if kind is TurnKind.RECAP else turns.pointed_at(seen, conversation)
        return Reading(message, kind, heads=() if kind is TurnKind.COUNTERFACTUAL else told, about=about)
    if brought:
        guessed = tuple(with_guess(seen, matches, task, brought, rulebook) for task in brought)
        return Reading(message, TurnKind.VERDICT, guessed, told)
    topic = next((name for name in turns.TOPICS if name in shown), "skip" if "skip" in shown else "")
    return Reading(message, TurnKind.REDIRECT, heads=told, topic=topic)


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
