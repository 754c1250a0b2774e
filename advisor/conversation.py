"""The path of one message: read, judge, consult, settle, phrase."""

import logging
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from advisor import prompts, wording
from advisor.consult import MOST_TASKS, PROMPTS, consult, translate
from advisor.domain import (
    Advice,
    Answer,
    Assessment,
    Certainty,
    Conversation,
    DepartmentHead,
    Fact,
    Facts,
    ModelUse,
    Provenance,
    Quote,
    Reading,
    Turn,
    TurnKind,
    Usage,
    Verdict,
)
from advisor.guard import Speech, quotable
from advisor.judge import UNREAD_QUESTION, all_judged, leads, replayed, settle, told, under_heads
from advisor.model import Deadline, Model, ModelUnavailable
from advisor.reading import TAKEN_BACK, read, read_translation, taken_back, unread_words
from advisor.rulebook import Rulebook

logger = logging.getLogger(__name__)
MAX_MESSAGE_CHARS = 4000
SURROGATES = re.compile(r"[\ud800-\udfff]")
"""Half letters, which no text that is sent anywhere may hold."""
STRAYED = "The model's wording strayed from the rules, so these are the rules' own words."
OWN_WORDS = "These are the rules' own words."
UNCHANGED = "The answer is as it was."
MOST_WORDINGS = 6
"""Among how many repetitions of a turn other words for it are looked for."""
TOO_SLOW = "The model took too long."


@dataclass(frozen=True, slots=True)
class Opening:
    """A turn as far as it has come: what was read and judged, and the conversation as it stands after it."""

    reading: Reading
    turn: Turn
    left: Conversation
    """The conversation after this turn, still without it."""
    brought: int
    """From which place of its tasks on the turn brought them."""
    opens: bool = False
    """Whether it opens a decision: it brings a task, or a fact that moves a verdict."""

    def after(self) -> Conversation:
        """The conversation with this turn at its end."""
        return replace(self.left, turns=(*self.left.turns, self.turn))

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
        standing = tuple(now.get(place, each) for place, each in enumerate(self.left.standing))
        first = (*self.left.first[: self.brought], *standing[self.brought :])
        left = replace(self.left, standing=standing, first=first)
        turn = asking(replace(self.turn, assessments=assessments), left)
        return replace(self, left=left, turn=replace(turn, reply=in_own_words(turn, left, rulebook)))


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
    yield opening.after()
    turn = opening.turn
    if model is None or not opening.opens or turn.kind is not TurnKind.VERDICT or len(turn.about) > MOST_TASKS:
        return
    made_with = Provenance(rulebook.version, prompts.version(*PROMPTS), model.name)
    latest = opening = opening.turned(provenance=made_with)
    deadline = model.deadline()
    try:
        for latest in translated(opening, conversation, rulebook, model, deadline):
            yield latest.after()
        opening = latest
        for latest in advised(opening, conversation, rulebook, model, deadline):
            yield latest.after()
    except ModelUnavailable as problem:
        logger.warning("model %s failed: %s", model.name, problem.cause)
        yield without_model(latest, opening, problem, rulebook).after()


def rephrased(conversation: Conversation, rulebook: Rulebook, model: Model | None = None) -> Generator[Conversation, None, None]:
    """Give the last answer again in other words; what was decided stands.

    Args:
        conversation: The conversation, with that answer at its end.
        rulebook: The rules and their language.
        model: What phrases verdicts; ``None`` for the rules' own words alone.

    Yields:
        The conversation with other words at its end, as ``answer`` does: the rules' own first, then a model's.
    """
    turn = conversation.turns[-1]
    left = replace(conversation, turns=conversation.turns[:-1])
    opening = Opening(Reading(turn.said, turn.kind), turn, left, len(left.standing))
    if model is None or not is_phrased_by_models(turn):
        yield opening.turned(reply=next_wording(turn, left, rulebook)).after()
        return
    made_with = Provenance(rulebook.version, prompts.version(*PROMPTS), model.name)
    own = opening.turned(reply=next_wording(turn, left, rulebook), by_model=False, provenance=made_with, note="")
    yield own.after()
    try:
        for latest in advised(own, left, rulebook, model, model.deadline(), decided=True):
            yield latest.after()
    except ModelUnavailable as problem:
        logger.warning("model %s failed: %s", model.name, problem.cause)
        yield opening.turned(note=f"{problem} {UNCHANGED}").after()


def is_phrased_by_models(turn: Turn) -> bool:
    """Whether a model may put a turn's answer into words: one that gives verdicts, not too many."""
    return turn.kind is TurnKind.VERDICT and 0 < len(turn.assessments) <= MOST_TASKS and turn.question is None


def next_wording(turn: Turn, left: Conversation, rulebook: Rulebook) -> str:
    """The rules' own words for a turn, other than they are, where they have others: the next of those that vary with repetition."""
    told = list(dict.fromkeys(wordings(turn, left, rulebook)))
    if turn.reply not in told:
        return told[0] if turn.by_model else turn.reply
    return told[(told.index(turn.reply) + 1) % len(told)]


def has_other_wording(turn: Turn, left: Conversation, rulebook: Rulebook) -> bool:
    """Whether the rules have other words for a turn; none is put together that isn't needed to tell."""
    seen = set()
    for words in wordings(turn, left, rulebook):
        seen.add(words)
        if len(seen) > 1 and turn.reply in seen:
            return True
    return turn.by_model and turn.reply not in seen


def wordings(turn: Turn, left: Conversation, rulebook: Rulebook) -> Iterator[str]:
    """The rules' own words for a turn as they vary with repetition, in order; some may come again."""
    return (wording.reply(turn, replace(left, turns=(*left.turns, *[turn] * times)), rulebook) for times in range(MOST_WORDINGS))


def judged_together(
    talks: Sequence[Conversation], rulebook: Rulebook, model: Model
) -> Generator[tuple[Conversation, ...] | None, None, None]:
    """Several conversations of one message each, whose tasks a model judges in one call, without a word of prose.

    Args:
        talks: The conversations, with no more tasks in all than a model is asked about at once.
        rulebook: The rules and their language.
        model: Whom to ask.

    Yields:
        ``None`` as time goes by; at the end the conversations as the rules settle what the model says.

    Raises:
        ModelUnavailable: It gave no usable answer.
    """
    made_with = Provenance(rulebook.version, prompts.version(*PROMPTS), model.name)
    assessments = tuple(each for talk in talks for each in talk.standing)
    facts = talks[0].facts
    about = tuple(range(len(assessments)))
    turn = Turn("\n".join(talk.turns[-1].said for talk in talks), TurnKind.VERDICT, "", assessments=assessments, about=about)
    with closing(consult(turn, Conversation(standing=assessments, facts=facts), rulebook, model, model.deadline())) as hearing:
        for heard in hearing:
            if not isinstance(heard, Advice):
                yield None
                continue
            settled = iter(settle(assessments, heard, facts, rulebook, about))
            together = []
            for talk in talks:
                opening = Opening(Reading("", TurnKind.VERDICT), talk.turns[-1], replace(talk, turns=()), 0)
                opening = opening.settled(tuple(next(settled) for _ in talk.standing), rulebook)
                together.append(opening.turned(model=ModelUse.USED, provenance=made_with).after())
            yield tuple(together)
            return


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


def advised(
    opening: Opening, conversation: Conversation, rulebook: Rulebook, model: Model, deadline: Deadline, decided: bool = False
) -> Iterator[Opening]:
    """The turn as a model's advice settles it, and then as its prose comes in; the rules' own words where that strays.

    Where the turn was ``decided`` before, its verdicts stand, and only the prose is heard.
    """
    speech = None
    with closing(consult(opening.turn, conversation, rulebook, model, deadline)) as hearing:
        for heard in hearing:
            match heard:
                case Advice():
                    if not decided:
                        settled = settle(opening.turn.assessments, heard, opening.left.facts, rulebook, opening.turn.about)
                        opening = opening.settled(settled, rulebook)
                    speech = Speech(opening.turn.assessments, conversation, opening.turn.said, opening.left.facts.heads, rulebook)
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
        too_long = wording.TOO_LONG.format(most=MAX_MESSAGE_CHARS, length=len(message))
        turn = Turn(SURROGATES.sub("\ufffd", message), TurnKind.REDIRECT, too_long, provenance=made_with)
        return Opening(reading, turn, conversation, len(conversation.standing))
    readable = SURROGATES.sub("\ufffd", message)
    if forgotten := taken_back(readable, conversation):
        return instead(readable, forgotten, conversation, rulebook)
    return judged(read(readable, conversation, rulebook), conversation, rulebook)


def instead(message: str, forgotten: tuple[Fact, ...], conversation: Conversation, rulebook: Rulebook) -> Opening:
    """A message that takes facts back, and may tell others in their place: first the one, then the other."""
    forgetting = Reading(message, TurnKind.VERDICT, forgets=forgotten)
    left, moved = stands_after(forgetting, conversation, rulebook)
    end = max(len(TAKEN_BACK.format(words=fact.quote.words)) for fact in forgotten)
    rest = message[end:].lstrip(" .")
    asked_again = judged(forgetting, conversation, rulebook).after()
    reading = read(rest.rjust(len(message)), asked_again, rulebook) if rest else forgetting
    both = replace(reading, message=message, kind=TurnKind.VERDICT, aspect="", forgets=forgotten, about=reading.about or moved)
    return judged(both, left, rulebook, moved)


def judged(reading: Reading, conversation: Conversation, rulebook: Rulebook, moved: tuple[int, ...] = ()) -> Opening:
    """What the rules alone make of a message, in their own words; ``moved`` are tasks that it has moved already."""
    left, about = stands_after(reading, conversation, rulebook)
    about = tuple(sorted({*about, *moved}))
    kind, aspect = reading.kind, reading.aspect
    if kind in wording.FOLLOW_UPS and kind is not TurnKind.PUSHBACK and not in_one_breath(left, about):
        kind, aspect = TurnKind.CLARIFY, kind
    spoken_of = () if kind is TurnKind.CLARIFY else tuple(left.standing[place] for place in about)
    turn = Turn(reading.message, kind, "", aspect, spoken_of, about, provenance=Provenance(rulebook.version))
    if kind is TurnKind.VERDICT:
        turn = asking(turn, left)
    brought = len(conversation.standing)
    opens = bool(moved) or any(place >= brought or left.standing[place] is not conversation.standing[place] for place in about)
    noted = kind is TurnKind.VERDICT and not opens and turn.asked is None
    said = wording.noted(reading, turn.assessments, rulebook, len(conversation.turns)) if noted else ""
    reply = in_own_words(turn, left, rulebook, said)
    return Opening(reading, replace(turn, reply=reply), left, brought, opens)


def in_one_breath(conversation: Conversation, about: tuple[int, ...]) -> bool:
    """Whether tasks can be spoken of together: one alone, or several of one sentence that may all go."""
    standing = [conversation.standing[place] for place in about]
    free = all(each.verdict is Verdict.HAND_OFF for each in standing)
    return len(about) < 2 or (free and len({each.task.sentence for each in standing}) == 1)


def in_own_words(turn: Turn, conversation: Conversation, rulebook: Rulebook, said: str = "") -> str:
    """The rules' own answer to a turn, the last of a conversation: what is to be said, marked where it was said before."""
    if not turn.said.strip():
        return wording.EMPTY
    said = said or wording.reply(turn, conversation, rulebook)
    repeated = sum(earlier.reply.endswith(said) and earlier.about == turn.about for earlier in conversation.turns)
    return wording.one_of(rulebook.replies["again.lead"], repeated - 1) + said if repeated else said


def asking(turn: Turn, conversation: Conversation) -> Turn:
    """A turn with the one question that is due: of a task just spoken of, else of one whose question had to wait for another's."""
    put = {earlier.asked for earlier in conversation.turns}
    due = (*turn.about, *(place for place in conversation.current if place not in put))
    open_now = {place: question for place in due if (question := conversation.standing[place].question)}
    unread = (place for place, question in open_now.items() if question == UNREAD_QUESTION)
    place = next(unread, next(iter(open_now), None))
    return replace(turn, asked=place, question=None if place is None else open_now[place])


def stands_after(reading: Reading, conversation: Conversation, rulebook: Rulebook) -> tuple[Conversation, tuple[int, ...]]:
    """The conversation after what a message tells, and the places of the tasks that the answer is about.

    Every earlier task that a fact touches is judged again; one whose verdict moves is marked with the words that moved it.
    """
    kept = tuple(fact for fact in conversation.facts.told if fact not in reading.forgets)
    before, first = conversation.standing, conversation.first
    spoken_of = frozenset(range(len(before), len(before) + len(reading.tasks))) | set(reading.about)
    facts = Facts((*kept, *(replace(fact, told_of=spoken_of) if isinstance(fact, DepartmentHead) else fact for fact in reading.facts)))
    parted_by = {fact.brought for fact in reading.forgets if isinstance(fact, Answer) and fact.brought is not None}
    withdrawn = conversation.withdrawn | set(reading.withdraws) | parted_by
    standing: list[Assessment] = []
    parted: list[Assessment] = []
    for place, each in enumerate(before):
        now = under_heads(each, place, facts, rulebook)
        if any(fact in reading.forgets for fact in conversation.facts.of(place)):
            now = replayed(first[place], place, facts, rulebook)
        for fact in Facts(reading.facts).of(place):
            now, *more = told(now, fact, facts, rulebook)
            parted += more
            if more and isinstance(fact, Answer):
                facts = parting(facts, fact, len(before) + len(parted) - 1)
        standing.append(changed(now, each, words_for(now, place, reading)))
    moved = tuple(place for place, each in enumerate(standing) if each is not before[place] and place not in withdrawn)
    brought = (*parted, *all_judged(reading.tasks, facts, rulebook, len(before) + len(parted)))
    after = replace(conversation, standing=(*standing, *brought), first=(*first, *brought), facts=facts, withdrawn=withdrawn)
    fresh = tuple(range(len(before), len(after.standing)))
    if reading.kind is not TurnKind.VERDICT:
        return after, reading.about
    return after, tuple(sorted({*moved, *fresh})) or reading.about


def parting(facts: Facts, answer: Answer, place: int) -> Facts:
    """The facts with an answer that knows which task it parted from its own."""
    return Facts(tuple(replace(answer, brought=place) if fact == answer else fact for fact in facts.told))


def words_for(now: Assessment, place: int, reading: Reading) -> Quote:
    """The owner's words that a task's new verdict rests on: what was told of it, else of a head of those it trains, else all of them."""
    own = (fact.quote for fact in reversed(Facts(reading.facts).of(place)))
    theirs = (head.quote for head in reversed(reading.heads) if leads(head, now.task, place) or head.ends)
    last = (fact.quote for fact in reversed(reading.facts))
    return next(own, next(theirs, next(last, Quote(reading.message, 0, len(reading.message)))))


def changed(now: Assessment, before: Assessment, words: Quote) -> Assessment:
    """An assessment after a message, marked with the owner's words where they moved the verdict; the same as before where nothing moved."""
    if now is before:
        return before
    if now.verdict is before.verdict:
        return replace(now, changed_by=before.changed_by, changed_from=before.changed_from)
    return replace(now, changed_by=words, changed_from=before.verdict)
