"""The path of one message: read, judge, consult, settle, phrase."""

import logging
import re
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from advisor import prompts, wording
from advisor.consult import MOST_TASKS, PROMPTS, consult, translate
from advisor.domain import (
    Advice,
    Assessment,
    Certainty,
    Conversation,
    Facts,
    ModelUse,
    Provenance,
    Quote,
    Reading,
    RuleNumber,
    Task,
    Turn,
    TurnKind,
    Usage,
)
from advisor.guard import Speech, quotable
from advisor.judge import all_judged, answered, judge, settle, skipped, understood
from advisor.model import Deadline, Model, ModelUnavailable
from advisor.reading import read, read_translation, unread_words
from advisor.rulebook import Rulebook

logger = logging.getLogger(__name__)
MAX_MESSAGE_CHARS = 4000
SURROGATES = re.compile(r"[\ud800-\udfff]")
"""Half letters, which no text that is sent anywhere may hold."""
STRAYED = "The model's wording strayed from the rules, so these are the rules' own words."
OWN_WORDS = "These are the rules' own words."
TOO_SLOW = "The model took too long."


@dataclass(frozen=True, slots=True)
class Opening:
    """A turn as far as it has come: what was read and judged, and every task as it stands after it."""

    reading: Reading
    turn: Turn
    standing: tuple[Assessment, ...]
    facts: Facts

    def after(self, conversation: Conversation) -> Conversation:
        """The conversation with this turn at its end."""
        return Conversation((*conversation.turns, self.turn), self.standing, self.facts)

    @property
    def made_with(self) -> Provenance:
        """What the turn is decided with."""
        assert self.turn.provenance is not None
        return self.turn.provenance

    def turned(self, **changes: Any) -> "Opening":
        """The same with parts of its turn changed."""
        return replace(self, turn=replace(self.turn, **changes))

    def settled(self, assessments: tuple[Assessment, ...], rulebook: Rulebook) -> "Opening":
        """The turn with these verdicts on its tasks, in the rules' own words."""
        now = dict(zip(self.turn.about, assessments, strict=True))
        turn = replace(self.turn, assessments=assessments, reply=wording.reply(self.turn.kind, assessments, rulebook))
        return replace(self, turn=turn, standing=tuple(now.get(place, each) for place, each in enumerate(self.standing)))


def respond(message: str, conversation: Conversation, rulebook: Rulebook, model: Model | None = None) -> Conversation:
    """Answer one message, and wait for the whole answer: the last of what ``answer`` gives."""
    *_, last = answer(message, conversation, rulebook, model)
    return last


def answer(message: str, conversation: Conversation, rulebook: Rulebook, model: Model | None = None) -> Generator[Conversation, None, None]:
    """Answer one message, step by step.

    Args:
        message: What the owner typed.
        conversation: What was said before.
        rulebook: The rules and their language.
        model: What phrases the answer and judges the unclear; ``None`` for the rules alone.

    Yields:
        The conversation with one more turn, each time as it may be shown and kept. First comes the rules' own answer,
        whole; then, with a model, the settled verdicts and as much of its prose as was vouched for, several times a
        second; the last is the answer. Closing the iterator stops the model.
    """
    opening = open_turn(message, conversation, rulebook)
    yield opening.after(conversation)
    turn = opening.turn
    if model is None or turn.kind is not TurnKind.VERDICT or not 0 < len(turn.about) <= MOST_TASKS:
        return
    made_with = Provenance(rulebook.version, prompts.version(*PROMPTS), model.name)
    latest = opening = opening.turned(provenance=made_with)
    deadline = model.deadline()
    try:
        for latest in translated(opening, conversation, rulebook, model, deadline):
            yield latest.after(conversation)
        opening = latest
        for latest in advised(opening, conversation, rulebook, model, deadline):
            yield latest.after(conversation)
    except ModelUnavailable as problem:
        logger.warning("model %s failed: %s", model.name, problem.cause)
        yield without_model(latest, opening, problem, rulebook).after(conversation)


def translated(opening: Opening, conversation: Conversation, rulebook: Rulebook, model: Model, deadline: Deadline) -> Iterator[Opening]:
    """The turn with what couldn't be read as the rule layer reads it in the model's translation; the same where all was read."""
    reading = opening.reading
    puzzling = [task for task in reading.tasks if task.unread and task.certainty is not Certainty.CLEAR]
    if puzzling:
        pieces = [unread_words(task, reading.message) for task in puzzling]
        with closing(translate(pieces, model, deadline)) as translating:
            for heard in translating:
                if deadline.to_first_words_s() == 0:
                    raise ModelUnavailable(TOO_SLOW, "no first words in time")
                if isinstance(heard, Usage):
                    opening = opening.turned(provenance=replace(opening.made_with, usage=heard))
                elif heard is not None:
                    by_task = {task: text if quotable(text) else "" for task, text in zip(puzzling, heard, strict=True)}
                    read_now = (read_translation(each, by_task[each], rulebook) if each in by_task else (each,) for each in reading.tasks)
                    reading = replace(reading, tasks=tuple(task for tasks in read_now for task in tasks))
                yield opening
        opening = judged(reading, conversation, rulebook).turned(provenance=opening.made_with)
    yield opening


def advised(opening: Opening, conversation: Conversation, rulebook: Rulebook, model: Model, deadline: Deadline) -> Iterator[Opening]:
    """The turn as a model's advice settles it, and then as its prose comes in; the rules' own words where that strays."""
    speech = None
    with closing(consult(opening.turn, conversation, rulebook, model, deadline)) as hearing:
        for heard in hearing:
            match heard:
                case Advice():
                    opening = opening.settled(settle(opening.turn.assessments, heard, opening.facts, rulebook), rulebook)
                    speech = Speech(opening.turn.assessments, conversation, opening.turn.said, opening.facts.heads, rulebook)
                case Usage():
                    opening = opening.turned(provenance=replace(opening.made_with, usage=heard + opening.made_with.usage))
                case str() if speech is not None:
                    speech.hear(heard)
            if speech is not None and (speech.breaches or opening.turn.question):
                break
            if not (speech and speech.suffices) and deadline.to_first_words_s() == 0:
                raise ModelUnavailable(TOO_SLOW, "no first words in time")
            yield spoken(opening, speech) if speech and speech.suffices else opening
    assert speech is not None, "consult gives advice or raises"
    opening = opening.turned(provenance=replace(opening.made_with, breaches=speech.breaches, passed_over=speech.passed_over))
    own_words = opening.turned(model=ModelUse.USED, note=STRAYED if speech.breaches else "")
    yield spoken(opening, speech) if speech.suffices else own_words


def spoken(opening: Opening, speech: Speech) -> Opening:
    """The turn in the model's words, as far as they were vouched for."""
    return opening.turned(reply=" ".join(speech.vouched), by_model=True, model=ModelUse.USED)


def without_model(latest: Opening, opening: Opening, problem: ModelUnavailable, rulebook: Rulebook) -> Opening:
    """The turn after a model failed: what the rules alone say, or what the rules said of what it heard, where that is graver."""
    pairs = zip(latest.turn.assessments, opening.turn.assessments, strict=True)
    opening = opening.settled(tuple(now if now.verdict.gravity > own.verdict.gravity else own for now, own in pairs), rulebook)
    made_with = replace(latest.made_with, failure=problem.cause)
    return opening.turned(model=ModelUse.FAILED, note=f"{problem} {OWN_WORDS}", provenance=made_with)


def open_turn(message: str, conversation: Conversation, rulebook: Rulebook) -> Opening:
    """Read and judge a message by the rules alone; one that is too long is not read, and says so."""
    made_with = Provenance(rulebook.version)
    if len(message) > MAX_MESSAGE_CHARS:
        reading = Reading(message, TurnKind.REDIRECT)
        told = wording.TOO_LONG.format(most=MAX_MESSAGE_CHARS, length=len(message))
        turn = Turn(SURROGATES.sub("\ufffd", message), TurnKind.REDIRECT, told, provenance=made_with)
        return Opening(reading, turn, conversation.standing, conversation.facts)
    readable = SURROGATES.sub("\ufffd", message)
    return judged(read(readable, conversation, rulebook), conversation, rulebook)


def judged(reading: Reading, conversation: Conversation, rulebook: Rulebook) -> Opening:
    """What the rules alone make of a message, in their own words."""
    facts = Facts((*conversation.facts.heads, *reading.heads))
    standing, about = stands_after(reading, conversation, facts, rulebook)
    kind, reply = reading.kind, ""
    if kind is TurnKind.REDIRECT:
        reply = wording.REDIRECTS[reading.topic] if reading.message.strip() else wording.EMPTY
    elif kind is not TurnKind.VERDICT and len(about) > 1 and kind not in (TurnKind.RECAP, TurnKind.COMPARE):
        kind = TurnKind.CLARIFY
    if kind is TurnKind.CLARIFY:
        reply = wording.clarify(replace(conversation, standing=standing), about)
    assessments = tuple(standing[place] for place in about)
    if kind is TurnKind.VERDICT and not about:
        reply = wording.noted(reading.heads)
    reply = reply or wording.reply(kind, assessments, rulebook)
    turn = Turn(reading.message, kind, reply, assessments, about, provenance=Provenance(rulebook.version))
    return Opening(reading, turn, standing, facts)


def stands_after(
    reading: Reading, conversation: Conversation, facts: Facts, rulebook: Rulebook
) -> tuple[tuple[Assessment, ...], tuple[int, ...]]:
    """Every task of the conversation as it stands after a message, and the places of those the message is about."""
    before = conversation.standing
    if reading.tasks:
        standing = (*rejudged(before, facts, reading, rulebook), *all_judged(reading.tasks, facts, rulebook))
        return standing, tuple(range(len(before), len(standing)))
    if reading.answers:
        place = reading.about[0]
        after = after_answer(before[place], reading, facts, rulebook)
        standing = (*before[:place], *after, *before[place + 1 :])
        return standing, tuple(range(place, place + len(after)))
    if reading.understanding:
        words = reading.understanding.quote
        fresh = {place: judge(understood(before[place].task, reading.understanding), facts, rulebook) for place in reading.about}
        return tuple(changed(fresh.get(place, each), each, words) for place, each in enumerate(before)), reading.about
    if reading.heads:
        standing = rejudged(before, facts, reading, rulebook)
        moved = tuple(place for place, each in enumerate(standing) if each is not before[place])
        return standing, moved or training_tasks(standing)[-1:]
    return before, reading.about


def after_answer(assessment: Assessment, reading: Reading, facts: Facts, rulebook: Rulebook) -> tuple[Assessment, ...]:
    """What an answer leaves of an open question."""
    if "skip" in reading.answers:
        return (skipped(assessment),)
    said = reading.message.strip()
    words = Quote(said, reading.message.find(said), reading.message.find(said) + len(said))
    return tuple(changed(judge(task, facts, rulebook), assessment, words) for task in answered(assessment, reading.answers, words))


def changed(fresh: Assessment, before: Assessment, words: Quote) -> Assessment:
    """A fresh assessment, marked with the owner's words where they moved the verdict."""
    return fresh if fresh.verdict is before.verdict else replace(fresh, changed_by=words)


def rejudged(standing: tuple[Assessment, ...], facts: Facts, reading: Reading, rulebook: Rulebook) -> tuple[Assessment, ...]:
    """The standing tasks after what was said of department heads: those whose verdict moves, marked with the words that moved it."""
    if not reading.heads:
        return standing
    result: list[Assessment] = []
    for each in standing:
        fresh = judge(each.task, facts, rulebook) if training(each.task) else each
        result.append(each if fresh.verdict is each.verdict else changed(fresh, each, reading.heads[-1].quote))
    return tuple(result)


def training(task: Task) -> bool:
    """Whether a task clearly falls under the rule that a department head softens."""
    return any(finding.rule is RuleNumber.TRAINING and finding.certainty is Certainty.CLEAR for finding in task.findings)


def training_tasks(standing: tuple[Assessment, ...]) -> tuple[int, ...]:
    """The places of the tasks that a department head could change."""
    return tuple(place for place, each in enumerate(standing) if training(each.task))
