"""The path of one message: read, judge, consult, settle, phrase."""

from dataclasses import dataclass, replace

from advisor import wording
from advisor.consult import consult
from advisor.domain import (
    Advice,
    Assessment,
    Certainty,
    Conversation,
    Facts,
    ModelUse,
    Quote,
    Reading,
    RuleNumber,
    Task,
    Turn,
    TurnKind,
)
from advisor.guard import all_may_go, breaches
from advisor.judge import all_judged, answered, judge, settle, skipped, understood
from advisor.model import Model, ModelUnavailable
from advisor.reading import read
from advisor.rulebook import Rulebook

MAX_MESSAGE_CHARS = 4000
STRAYED = "The model's wording strayed from the rules, so these are the rules' own words."


@dataclass(frozen=True, slots=True)
class Opening:
    """A turn as the rules alone see it: ready to be shown before any model is asked."""

    reading: Reading
    turn: Turn
    standing: tuple[Assessment, ...]
    """Every task of the conversation, with what stands after this turn."""
    facts: Facts


def respond(message: str, conversation: Conversation, rulebook: Rulebook, model: Model | None = None) -> Conversation:
    """Answer one message.

    Args:
        message: What the owner typed.
        conversation: What was said before.
        rulebook: The rules and their language.
        model: What phrases the answer and judges the unclear; ``None`` for the rules alone.

    Returns:
        The conversation with one more turn. An answer is always given: a model that fails leaves the rules' own.
    """
    return answer_with(model, open_turn(message, conversation, rulebook), conversation, rulebook)


def answer_with(model: Model | None, opening: Opening, conversation: Conversation, rulebook: Rulebook) -> Conversation:
    """Finish an opened turn with a model's help, where there is one and it has anything to add."""
    advice: Advice | ModelUnavailable | None = None
    if model is not None and wants_model(opening):
        try:
            advice = consult(opening.turn, conversation, rulebook, model)
        except ModelUnavailable as problem:
            advice = problem
    return close_turn(opening, conversation, advice, rulebook)


def open_turn(message: str, conversation: Conversation, rulebook: Rulebook) -> Opening:
    """Read and judge a message by the rules alone; one that is too long is not read, and says so."""
    if len(message) > MAX_MESSAGE_CHARS:
        reading = Reading(message, TurnKind.REDIRECT)
        turn = Turn(message, TurnKind.REDIRECT, wording.TOO_LONG.format(most=MAX_MESSAGE_CHARS, length=len(message)))
        return Opening(reading, turn, conversation.standing, conversation.facts)
    reading = read(message, conversation, rulebook)
    facts = Facts((*conversation.facts.heads, *reading.heads))
    standing, about = stands_after(reading, conversation, facts, rulebook)
    kind, reply = reading.kind, ""
    if kind is TurnKind.REDIRECT:
        reply = wording.REDIRECTS[reading.topic] if message.strip() else wording.EMPTY
    elif kind is not TurnKind.VERDICT and len(about) > 1 and kind not in (TurnKind.RECAP, TurnKind.COMPARE):
        kind = TurnKind.CLARIFY
    if kind is TurnKind.CLARIFY:
        reply = wording.clarify(replace(conversation, standing=standing), about)
    assessments = tuple(standing[place] for place in about)
    if kind is TurnKind.VERDICT and not about:
        reply = wording.noted(reading.heads)
    turn = Turn(message, kind, reply or wording.reply(kind, assessments, rulebook), assessments, about)
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


def wants_model(opening: Opening) -> bool:
    """Whether a model has anything to add: verdicts and talk, yes; explanations come from the record."""
    return opening.turn.kind is TurnKind.VERDICT and bool(opening.turn.about)


def guarded(assessment: Assessment, rulebook: Rulebook) -> Assessment:
    """An assessment without the model's reason, where that strays or may not be shown."""
    return replace(assessment, reason="") if assessment.reason and breaches(assessment.reason, (assessment,), rulebook) else assessment


def close_turn(opening: Opening, conversation: Conversation, advice: Advice | ModelUnavailable | None, rulebook: Rulebook) -> Conversation:
    """Give the rules the last word over what the model said, and record the turn.

    Args:
        opening: The turn as the rules see it.
        conversation: What was said before it.
        advice: The model's answer; why there is none; or ``None`` where no model was asked.
        rulebook: For the rules' own words.
    """
    turn, standing = opening.turn, opening.standing
    if isinstance(advice, ModelUnavailable):
        turn = replace(turn, model=ModelUse.FAILED, note=f"{advice} These are the rules' own words.")
    elif advice is not None:
        assessments = tuple(guarded(each, rulebook) for each in settle(turn.assessments, advice, rulebook))
        strays = breaches(advice.prose, assessments, rulebook)
        own = wording.reply(turn.kind, assessments, rulebook)
        note = STRAYED if strays and all_may_go(assessments) else ""
        turn = replace(
            turn, assessments=assessments, reply=own if strays else advice.prose, model=ModelUse.USED, note=note, by_model=not strays
        )
        settled = dict(zip(turn.about, assessments, strict=True))
        standing = tuple(settled.get(place, each) for place, each in enumerate(standing))
    return Conversation((*conversation.turns, turn), standing, opening.facts)
