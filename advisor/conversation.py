"""The path of one message: read, judge, consult, settle, phrase."""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace

from advisor import prompts, wording
from advisor.consult import PROMPTS, consult, translate
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

MAX_MESSAGE_CHARS = 4000
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
    if model is None or opening.turn.kind is not TurnKind.VERDICT or not opening.turn.about:
        return
    latest = opening
    deadline = model.deadline()
    try:
        for latest in translated(opening, conversation, rulebook, model, deadline):
            yield latest.after(conversation)
        opening = latest
        for latest in advised(opening, conversation, rulebook, model, deadline):
            yield latest.after(conversation)
    except ModelUnavailable as problem:
        yield without_model(latest, opening, f"{problem} {OWN_WORDS}", model, rulebook).after(conversation)


def translated(opening: Opening, conversation: Conversation, rulebook: Rulebook, model: Model, deadline: Deadline) -> Iterator[Opening]:
    """The turn with what couldn't be read as the rule layer reads it in the model's translation; the same where all was read."""
    reading = opening.reading
    puzzling = [task for task in reading.tasks if task.unread and task.certainty is not Certainty.CLEAR]
    if puzzling:
        pieces = [unread_words(task, reading.message) for task in puzzling]
        with closing(translate(pieces, model, deadline)) as translating:
            for english in translating:
                if deadline.to_first_words_s() == 0:
                    raise ModelUnavailable(TOO_SLOW)
                if isinstance(english, list):
                    by_task = {task: text if quotable(text) else "" for task, text in zip(puzzling, english, strict=True)}
                    read_now = (read_translation(each, by_task[each], rulebook) if each in by_task else (each,) for each in reading.tasks)
                    reading = replace(reading, tasks=tuple(task for tasks in read_now for task in tasks))
                else:
                    yield opening
    yield judged(reading, conversation, rulebook) if puzzling else opening


def advised(opening: Opening, conversation: Conversation, rulebook: Rulebook, model: Model, deadline: Deadline) -> Iterator[Opening]:
    """The turn as a model's advice settles it, and then as its prose comes in; the rules' own words where that strays."""
    made_with = Provenance(rulebook.version, prompts.version(*PROMPTS), model.name)
    speech = None
    with closing(consult(opening.turn, conversation, rulebook, model, deadline)) as hearing:
        for heard in hearing:
            match heard:
                case Advice():
                    settled = settle(opening.turn.assessments, heard, opening.facts, rulebook)
                    opening = opening.settled(
                        tuple(with_vetted_reason(each, conversation, opening, rulebook) for each in settled), rulebook
                    )
                    speech = Speech(opening.turn.assessments, conversation, opening.turn.said, rulebook)
                case Usage():
                    made_with = replace(made_with, usage=heard)
                case str() if speech is not None:
                    speech.hear(heard)
            if speech is not None and (speech.breaches or opening.turn.question):
                break
            if not (speech and speech.vouched) and deadline.to_first_words_s() == 0:
                raise ModelUnavailable(TOO_SLOW)
            yield spoken(opening, speech, made_with) if speech and speech.vouched else opening
    assert speech is not None, "consult gives advice or raises"
    made_with = replace(made_with, breaches=speech.breaches, passed_over=speech.passed_over)
    if speech.suffices:
        yield spoken(opening, speech, made_with)
        return
    note = STRAYED if speech.breaches else ""
    yield replace(opening, turn=replace(opening.turn, model=ModelUse.USED, note=note, provenance=made_with))


def with_vetted_reason(assessment: Assessment, conversation: Conversation, opening: Opening, rulebook: Rulebook) -> Assessment:
    """An assessment without the model's reason, where the guard wouldn't show that as prose."""
    speech = Speech((assessment,), conversation, opening.turn.said, rulebook)
    speech.hear(assessment.reason)
    return assessment if speech.vouched and not speech.breaches else replace(assessment, reason="")


def spoken(opening: Opening, speech: Speech, made_with: Provenance) -> Opening:
    """The turn in the model's words, as far as they were vouched for."""
    reply = " ".join(speech.vouched)
    return replace(opening, turn=replace(opening.turn, reply=reply, by_model=True, model=ModelUse.USED, provenance=made_with))


def without_model(latest: Opening, opening: Opening, note: str, model: Model, rulebook: Rulebook) -> Opening:
    """The turn after a model failed: what the rules alone say, or what the rules said of what it heard, where that is graver."""
    if len(latest.turn.assessments) == len(opening.turn.assessments):
        pairs = zip(latest.turn.assessments, opening.turn.assessments, strict=True)
        opening = opening.settled(tuple(now if now.verdict.gravity > own.verdict.gravity else own for now, own in pairs), rulebook)
    made_with = Provenance(rulebook.version, prompts.version(*PROMPTS), model.name)
    return replace(opening, turn=replace(opening.turn, model=ModelUse.FAILED, note=note, provenance=made_with))


def open_turn(message: str, conversation: Conversation, rulebook: Rulebook) -> Opening:
    """Read and judge a message by the rules alone; one that is too long is not read, and says so."""
    made_with = Provenance(rulebook.version)
    if len(message) > MAX_MESSAGE_CHARS:
        reading = Reading(message, TurnKind.REDIRECT)
        told = wording.TOO_LONG.format(most=MAX_MESSAGE_CHARS, length=len(message))
        turn = Turn(message, TurnKind.REDIRECT, told, provenance=made_with)
        return Opening(reading, turn, conversation.standing, conversation.facts)
    return judged(read(message, conversation, rulebook), conversation, rulebook)


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
